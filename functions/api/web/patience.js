// Decides when a gap in the text has been open long enough to ask for it again. Pure, like assembly.js.

const FIRST_WAIT_MS = 700; // live push and replay overtake each other; most gaps close by themselves
const LONGEST_WAIT_MS = 5_000;

export class Patience {
  #asked = new Map();

  /** True if the gap is due now; counts as asked. Call with null once it has closed. */
  isDue(name, gap, now) {
    if (gap === null) {
      this.#asked.delete(name);
      return false;
    }
    const place = `${gap.attempt}:${gap.seq}`;
    let entry = this.#asked.get(name);
    if (entry === undefined || entry.place !== place) {
      entry = { place, times: 0, at: gap.since };
      this.#asked.set(name, entry);
    }
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** entry.times);
    if (now - entry.at < wait) return false;
    entry.times += 1;
    entry.at = now;
    return true;
  }

  /** How often the gap that is open under this name has been asked for. */
  timesAsked(name) {
    return this.#asked.get(name)?.times ?? 0;
  }

}
