// One WebSocket that comes back by itself for as long as it is wanted. Knows nothing of what the messages mean.

import { note, noteMessage } from "./journal.js";

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 1_500; // who looks at the page is live again within two seconds of the server's return
const LONGEST_UNSEEN_DELAY_MS = 15_000; // and who looks at it again does not wait
const CONNECT_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 4 * 60_000; // API Gateway closes a connection that idles for 10 minutes
const PROBE_TIMEOUT_MS = 10_000;
const PROTOCOL = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // RFC 9110, section 5.6.2

/** Events: `open`, `message` (detail: the parsed object), `state` (detail: {state, delayMs}). */
export class Connection extends EventTarget {
  #socket = null;
  #wanted = false;
  #failures = 0;
  #retryTimer = null;
  #connectTimer = null;
  #pingTimer = null;
  #probeTimer = null;
  #state = "idle";

  #url;
  #identity;

  /** `identity` gives who connects, where the server asks: {token, share}. */
  constructor(url, { WebSocketClass = globalThis.WebSocket, identity = () => ({}) } = {}) {
    super();
    this.#url = url;
    this.#identity = identity;
    this.WebSocketClass = WebSocketClass;
    globalThis.addEventListener?.("online", () => this.#lookAgain());
    globalThis.document?.addEventListener("visibilitychange", () => {
      if (globalThis.document.visibilityState === "visible") this.#lookAgain();
    });
  }

  get state() {
    return this.#state;
  }

  /** How many connects have failed in a row. */
  get failures() {
    return this.#failures;
  }

  /** Connect, and reconnect until `relax` or `close`. */
  want() {
    this.#wanted = true;
    if (this.#socket === null && this.#retryTimer === null) this.#connect();
  }

  /** Keep the socket that is open, but do not fight for it any more. */
  relax() {
    this.#wanted = false;
    if (this.#retryTimer === null) return;
    this.#clearTimers();
    this.#setState("idle");
  }

  close() {
    this.#wanted = false;
    this.#drop("idle");
  }

  /** Connects anew, as whoever asks now. */
  renew() {
    this.#drop("idle");
    if (this.#wanted) this.#connect();
  }

  /** True if the message was handed to an open socket; that is no promise that it arrives. */
  send(message) {
    if (this.#socket?.readyState !== 1) return false;
    const text = JSON.stringify(message);
    this.#socket.send(text);
    noteMessage(">", message, text.length);
    return true;
  }

  /** Finds out whether an open socket still reaches the other side: a dead one can look open for minutes. */
  probe() {
    if (this.#probeTimer !== null || !this.send({ action: "ping" })) return;
    this.#probeTimer = setTimeout(() => this.#lost(this.#socket), PROBE_TIMEOUT_MS);
  }

  #connect() {
    this.#clearTimers();
    this.#setState("connecting");
    let socket;
    try {
      socket = new this.WebSocketClass(...handshake(this.#url, this.#identity()));
    } catch {
      this.#retryLater();
      return;
    }
    this.#socket = socket;
    this.#connectTimer = setTimeout(() => this.#lost(socket), CONNECT_TIMEOUT_MS);
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => this.#received(socket, event.data));
    socket.addEventListener("close", () => this.#lost(socket));
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    clearTimeout(this.#connectTimer);
    this.#pingTimer = setInterval(() => this.probe(), PING_EVERY_MS);
    this.#setState("open");
    this.dispatchEvent(new CustomEvent("open"));
  }

  #received(socket, text) {
    if (socket !== this.#socket) return;
    // Only now is the connection known to be good: a server that accepts and drops at once must meet the back-off.
    this.#failures = 0;
    clearTimeout(this.#probeTimer);
    this.#probeTimer = null;
    const message = parseObject(text);
    if (message !== null) noteMessage("<", message, text.length);
    if (message !== null) this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #lost(socket) {
    if (socket !== this.#socket || socket === null) return;
    this.#drop(this.#wanted ? "waiting" : "idle");
    if (this.#wanted) this.#retryLater();
  }

  #retryLater() {
    const isUnseen = globalThis.document?.visibilityState === "hidden";
    const longest = Math.min(isUnseen ? LONGEST_UNSEEN_DELAY_MS : LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    // Jitter, so that the browsers of one outage do not come back in one wave.
    const delayMs = Math.round(longest * (0.5 + Math.random() / 2));
    this.#failures += 1;
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs);
    this.#setState("waiting", delayMs);
  }

  #lookAgain() {
    if (this.#retryTimer !== null) this.#connect();
    else this.probe();
  }

  #drop(state) {
    const socket = this.#socket;
    this.#socket = null;
    this.#clearTimers();
    socket?.close();
    if (state === "idle") this.#setState(state);
  }

  #clearTimers() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#probeTimer);
    clearInterval(this.#pingTimer);
    this.#retryTimer = null;
    this.#connectTimer = null;
    this.#probeTimer = null;
    this.#pingTimer = null;
  }

  #setState(state, delayMs = 0) {
    this.#state = state;
    note("-", `socket ${state}`, delayMs === 0 ? "" : `again in ${delayMs} ms`);
    this.dispatchEvent(new CustomEvent("state", { detail: { state, delayMs } }));
  }
}

/** What a socket is opened with. A browser lets a page say no more than an address, which logs keep, and subprotocols. */
function handshake(url, { token = null, share = null }) {
  const query = new URLSearchParams();
  const isProtocol = token !== null && PROTOCOL.test(token);
  if (token !== null && !isProtocol) query.set("token", token);
  if (token === null && share !== null) query.set("share", share);
  const address = query.size === 0 ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
  return isProtocol ? [address, ["quartet", token]] : [address];
}

function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
