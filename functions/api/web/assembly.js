// Puts one variant's text together from numbered messages. Pure: no clock, no socket, no DOM.
//
// A second attempt writes different text, so a position is always (attempt, seq), never seq alone. Live push and
// replay reach the browser interleaved, so a message may come twice, early, or from an attempt that has been replaced.

const NOTHING = Object.freeze({ textChanged: false, endedNow: false });

export class Assembly {
  #text = "";
  #attempt = null;
  #expected = 0;
  #early = new Map();
  #ending = null;
  #ended = null;
  #total = null;
  #gapSince = null;
  #isSettled = false;

  constructor(variantIndex) {
    this.variantIndex = variantIndex;
  }

  get text() {
    return this.#text;
  }

  get attempt() {
    return this.#attempt;
  }

  /** The variantComplete or variantError that ended this variant, once its text is whole; else null. */
  get ended() {
    return this.#ended;
  }

  /** Where a replay has to continue: {variantIndex, attempt, seq} of the last applied message, or null for "from the start". */
  get cursor() {
    if (this.#attempt === null || this.#expected === 0) return null;
    return { variantIndex: this.variantIndex, attempt: this.#attempt, seq: this.#expected - 1 };
  }

  /** The message that is missing, and since when: {attempt, seq, since}, or null. */
  get gap() {
    if (this.#gapSince === null) return null;
    return { attempt: this.#attempt, seq: this.#expected, since: this.#gapSince };
  }

  /** Takes a chunk, setCode, variantComplete or variantError; `now` is any clock in milliseconds. */
  accept(message, now) {
    switch (message.type) {
      case "chunk":
      case "setCode":
        return this.#acceptNumbered(message, now);
      case "variantComplete":
      case "variantError":
        return this.#acceptEnding(message, now);
      default:
        return NOTHING;
    }
  }

  /** Takes the whole text from another source (HTTP) when replay cannot deliver it any more. */
  settle(message, text) {
    const attempt = isCount(message.attempt) ? message.attempt : this.#attempt ?? 1;
    if (this.#isOlder(attempt)) return NOTHING;
    const isSameAttempt = attempt === this.#attempt;
    const endedNow = !isSameAttempt || this.#ended === null;
    const textChanged = text !== this.#text;
    const expected = isSameAttempt ? this.#expected : 0;
    this.#startAttempt(attempt);
    this.#text = text;
    this.#expected = expected;
    this.#ended = message;
    this.#isSettled = true;
    return { textChanged, endedNow };
  }

  #acceptNumbered(message, now) {
    const { attempt, seq } = message;
    if (!isCount(attempt) || !isCount(seq) || typeof message.value !== "string") return NOTHING;
    if (this.#isOlder(attempt)) return NOTHING;
    let textChanged = false;
    if (attempt !== this.#attempt) {
      textChanged = this.#text !== "";
      this.#startAttempt(attempt);
    }
    if (seq < this.#expected || this.#isSettled) return { textChanged, endedNow: false };
    const expectedBefore = this.#expected;
    this.#early.set(seq, message);
    textChanged = this.#applyReady() || textChanged;
    this.#noteGap(now, this.#expected !== expectedBefore);
    return { textChanged, endedNow: this.#endIfWhole() };
  }

  #acceptEnding(message, now) {
    const attempt = isCount(message.attempt) ? message.attempt : this.#attempt ?? 1;
    if (this.#isOlder(attempt)) return NOTHING;
    let textChanged = false;
    if (attempt !== this.#attempt) {
      // An attempt that ended before it wrote anything leaves what an earlier one has shown.
      const wroteNothing = message.type === "variantError" && message.data?.nextSeq === 0;
      const text = wroteNothing ? this.#text : "";
      textChanged = this.#text !== text;
      this.#startAttempt(attempt, text);
    }
    if (this.#ended !== null) return { textChanged, endedNow: false };
    this.#ending = message;
    this.#total = isCount(message.data?.nextSeq) ? message.data.nextSeq : null;
    this.#noteGap(now, false);
    return { textChanged, endedNow: this.#endIfWhole() };
  }

  #isOlder(attempt) {
    return this.#attempt !== null && isCount(attempt) && attempt < this.#attempt;
  }

  #startAttempt(attempt, text = "") {
    this.#attempt = attempt;
    this.#text = text;
    this.#expected = 0;
    this.#early.clear();
    this.#ending = null;
    this.#ended = null;
    this.#total = null;
    this.#gapSince = null;
    this.#isSettled = false;
  }

  #applyReady() {
    const before = this.#text;
    for (;;) {
      const message = this.#early.get(this.#expected);
      if (message === undefined) return this.#text !== before;
      this.#early.delete(this.#expected);
      this.#text = message.type === "setCode" ? message.value : this.#text + message.value;
      this.#expected += 1;
    }
  }

  #isMissingText() {
    if (this.#early.size > 0) return true;
    if (this.#total !== null) return this.#expected < this.#total;
    // An ending that does not say how many messages there were: a completed page has at least one.
    return this.#ending?.type === "variantComplete" && this.#expected === 0;
  }

  // Each missing number gets its own patience, so a long replay that makes progress is not asked for again.
  #noteGap(now, moved) {
    if (!this.#isMissingText()) this.#gapSince = null;
    else if (this.#gapSince === null || moved) this.#gapSince = now;
  }

  // A failure is shown at once, whatever is missing of its partial text: its reason must not wait.
  #endIfWhole() {
    if (this.#ending === null || this.#ended !== null) return false;
    if (this.#ending.type === "variantComplete" && this.#isMissingText()) return false;
    this.#ended = this.#ending;
    return true;
  }
}

function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
