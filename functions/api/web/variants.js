// The texts of one generation's variants, what is missing of them, and whether all of them have ended. Pure.

import { Assembly } from "./assembly.js";
import { Patience } from "./patience.js";

const ASKS_BEFORE_HOPELESS = 3;

export class Variants {
  #count = null;
  #assemblies = new Map();
  #patience = new Patience();

  get count() {
    return this.#count;
  }

  setCount(count) {
    if (Number.isSafeInteger(count) && count > 0) this.#count = count;
  }

  peek(variantIndex) {
    return this.#assemblies.get(variantIndex);
  }

  of(variantIndex) {
    let assembly = this.#assemblies.get(variantIndex);
    if (assembly === undefined) {
      assembly = new Assembly(variantIndex);
      this.#assemblies.set(variantIndex, assembly);
    }
    return assembly;
  }

  get cursors() {
    return [...this.#assemblies.values()].map((assembly) => assembly.cursor).filter((cursor) => cursor !== null);
  }

  get haveEnded() {
    const assemblies = [...this.#assemblies.values()];
    const endedCount = assemblies.filter((assembly) => assembly.ended !== null && assembly.gap === null).length;
    return endedCount >= (this.#count ?? assemblies.length);
  }

  /** isDue: ask for a replay now; isHopeless: replay has been asked for often enough, look elsewhere. */
  gapsDue(now, doneSince) {
    const gaps = [...this.#assemblies].map(([variantIndex, assembly]) => [variantIndex, assembly.gap]);
    // `done` without every variant's end is a gap too.
    gaps.push(["done", doneSince === null ? null : { attempt: 0, seq: 0, since: doneSince }]);
    const due = gaps.filter(([name, gap]) => this.#patience.isDue(name, gap, now));
    const isHopeless = due.some(([name]) => this.#patience.timesAsked(name) >= ASKS_BEFORE_HOPELESS);
    return { isDue: due.length > 0, isHopeless };
  }
}

const UNCLAIMED_MOST = 1_000;

/** Messages of a generation that this page has not heard of yet: a worker may push before the acknowledgement arrives, which takes the
 *  longer way through a route response. */
export class Unclaimed {
  #messages = [];

  keep(message) {
    if (this.#messages.length < UNCLAIMED_MOST) this.#messages.push(message);
  }

  /** Those of a generation; all others are forgotten. */
  take(generationId) {
    const own = this.#messages.filter((message) => message.generationId === generationId);
    this.#messages = [];
    return own;
  }
}
