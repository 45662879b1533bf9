// Which page of a comparison is the best one: said of the generation that the page is of, and of no other of the comparison.

import { pickWinner } from "./http.js";

export class Picks {
  #winners = new Map(); // by the generation's id: the index of its best variant

  clear() {
    this.#winners.clear();
  }

  /** What the server knows of a generation. */
  note(generationId, winner) {
    if (Number.isSafeInteger(winner)) this.#winners.set(generationId, winner);
    else this.#winners.delete(generationId);
  }

  /** Whether this variant of this generation is the best one. */
  is({ generationId, variantIndex }) {
    return this.#winners.get(generationId) === variantIndex;
  }

  /** Says that a page is the best one, or that none is. After an error what was said before may hold still. */
  async pick({ generationId, variantIndex }, isPicked) {
    const before = [...this.#winners.keys()].filter((other) => other !== generationId);
    await Promise.all([
      pickWinner(generationId, isPicked ? variantIndex : null),
      ...before.map((other) => pickWinner(other, null)),
    ]);
    this.clear();
    if (isPicked) this.note(generationId, variantIndex);
  }
}
