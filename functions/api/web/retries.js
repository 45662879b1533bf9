// A model that is asked again within a comparison. To the server that is a generation of its own, which says whose repetition it is; here
// it is shown in the pane of the variant that had failed, also when the comparison is opened again.

import { feedPanes } from "./pane-feed.js";
import { Recovery } from "./recovery.js";
import { repeated } from "./requests.js";
import { isRepeatOf } from "./versions.js";

const ENDED_WITHOUT_PAGE = ["failed", "cancelled"];

export class Retries {
  #lines = new Map(); // by the pane's index
  #makeClient;
  #paneOf;
  #on;

  /** `on`: ended(pane), accepted(id, index), refused(pane, {code, value, field, quota}) and connection(client, detail). */
  constructor({ makeClient, paneOf, on }) {
    this.#makeClient = makeClient;
    this.#paneOf = paneOf;
    this.#on = on;
  }

  has(index) {
    return this.#lines.has(index);
  }

  /** The generations that stand in, by the index of their panes. */
  get ids() {
    return new Map([...this.#lines].map(([index, { client }]) => [index, client.generationId]).filter(([, id]) => id !== null));
  }

  clear() {
    for (const { client } of this.#lines.values()) client.close();
    this.#lines.clear();
  }

  /** Asks a variant's model once more. */
  begin(index, { generationId, model }) {
    const pane = this.#paneOf(index);
    pane.restart();
    pane.start(Date.now());
    this.#line(index).client.generate(repeated({ generationId, model }));
  }

  /** Shows the last repetition of each variant of a record that has no page, out of the versions that the server knows. */
  adopt(record, versions) {
    const repeats = versions.filter((version) => isRepeatOf(version, record.id)).reverse();
    for (const { index, model, status } of record.variants) {
      const place = repeats.findIndex(({ models }) => models.length === 1 && models[0] === model);
      if (place < 0 || !ENDED_WITHOUT_PAGE.includes(status)) continue;
      const [{ id }] = repeats.splice(place, 1);
      if (this.ids.get(index) !== id) this.#follow(index, id);
    }
  }

  renew() {
    for (const { client } of this.#lines.values()) client.renew();
  }

  cancel(index) {
    this.#lines.get(index)?.client.cancel(0);
  }

  cancelAll() {
    for (const { client } of this.#lines.values()) client.cancel();
  }

  /** Where the socket does not get through, by HTTP. */
  poll(isStuck) {
    for (const { client, recovery } of this.#lines.values()) if (client.isActive && isStuck(client)) recovery.run();
  }

  #follow(index, generationId) {
    this.#paneOf(index).restart();
    this.#line(index).client.follow(generationId, 1);
  }

  #line(index) {
    this.#lines.get(index)?.client.close();
    const client = this.#makeClient();
    const recovery = new Recovery(client);
    this.#lines.set(index, { client, recovery });
    feedPanes(client, () => (this.#lines.get(index)?.client === client ? this.#paneOf(index) : null), this.#on.ended);
    client.addEventListener("accepted", ({ detail }) => this.#on.accepted(detail.id, index));
    client.addEventListener("refused", ({ detail }) => {
      // What was refused has left nothing to stand in with.
      if (detail.phase === "generate") this.#lines.delete(index);
      this.#on.refused(this.#paneOf(index), detail);
    });
    client.addEventListener("deleted", () => this.#paneOf(index)?.setGone());
    client.addEventListener("incomplete", () => recovery.run());
    client.addEventListener("connection", ({ detail }) => this.#on.connection(client, detail));
    return this.#lines.get(index);
  }
}
