// A generate on its way: prepared, sent, and sent again under the same name until it is acknowledged. No DOM.

import { compose, fitting } from "./compose.js";

const ACKNOWLEDGE_WITHIN_MS = 10_000;

export class Sending {
  #whole;
  #message; // null while it is too large for a frame
  #sentAt = null;
  #timesSent = 0;

  constructor(params, requestId) {
    this.requestId = requestId;
    this.variants = params.variants;
    this.#whole = { action: "generate", ...params, requestId };
    this.#message = fitting(this.#whole);
  }

  get isReady() {
    return this.#message !== null;
  }

  /** Sent twice means that a socket was lost in between, and with it what had been pushed there. */
  get wasRepeated() {
    return this.#timesSent > 1;
  }

  /** Uploads what is too large for a frame. Resolves to params that name it instead; they can be sent again at any time. */
  async prepare(uploads) {
    const { action, requestId, ...params } = this.#message = await compose(this.#whole, uploads);
    return params;
  }

  send(connection) {
    if (!this.isReady || !connection.send(this.#message)) return;
    this.#sentAt = Date.now();
    this.#timesSent += 1;
  }

  /** Whether it has not been answered for so long that it is to be sent again. */
  isDue(now) {
    return now - (this.#sentAt ?? now) >= ACKNOWLEDGE_WITHIN_MS;
  }

  /** It is due after so many milliseconds from now. */
  postpone(milliseconds) {
    this.#sentAt = Date.now() - ACKNOWLEDGE_WITHIN_MS + milliseconds;
  }
}
