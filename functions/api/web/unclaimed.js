// Messages of a generation that this page has not heard of yet: a worker may push before the acknowledgement arrives, which takes the
// longer way through a route response.

const LIMIT = 1_000;

export class Unclaimed {
  #messages = [];

  keep(message) {
    if (this.#messages.length < LIMIT) this.#messages.push(message);
  }

  /** Those of a generation; all others are forgotten. */
  take(generationId) {
    const own = this.#messages.filter((message) => message.generationId === generationId);
    this.#messages = [];
    return own;
  }
}
