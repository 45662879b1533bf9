// One generation, from the wish to its end: its variants' texts, what is missing of them, what is to be stopped. It says what is to
// be sent; quartet.js sends it. No DOM.

import { Variants } from "./variants.js";

export class Following {
  /** Its id; null until it is acknowledged. */
  id = null;
  variants = new Variants();

  #emit;
  #onEnd;
  #cancels = new Set();
  #done = null;
  #isOver = false;

  /** `emit(type, detail)` hears what happens to it, and `onEnd(status)` of its end: every variant has ended, and nothing is missing. */
  constructor({ emit, onEnd }) {
    this.#emit = emit;
    this.#onEnd = onEnd;
  }

  /** What asks for everything after the text that is here; null as long as there is nothing to ask for. */
  resume({ share = null }) {
    if (this.id === null) return null;
    const message = { action: "resume", generationId: this.id, cursors: this.variants.cursors };
    return share === null ? message : { ...message, share };
  }

  /** Wants a variant stopped, or all of them by null, until they have ended. */
  cancel(variantIndex) {
    this.#cancels.add(variantIndex);
  }

  /** What asks for what is to be stopped. */
  get cancels() {
    if (this.id === null) return [];
    const message = { action: "cancel", generationId: this.id };
    return [...this.#cancels].map((variantIndex) => (variantIndex === null ? message : { ...message, variantIndex }));
  }

  /** Takes one of its messages. */
  accept(message) {
    const { type, data } = message;
    if (type === "variantCount") this.variants.setCount(Number(message.value));
    else if (type === "variantModels") this.#emit("models", { models: data?.models ?? [] });
    else if (type === "status" || type === "progress") this.#emit(type, message);
    else if (type === "done") this.conclude(data?.status ?? "completed");
    else this.acceptVariant(message);
  }

  acceptVariant(message) {
    if (!Number.isSafeInteger(message.variantIndex) || message.variantIndex < 0) return;
    const assembly = this.variants.of(message.variantIndex);
    this.#report(assembly, assembly.accept(message, Date.now()));
  }

  /** Takes a variant's end from HTTP, with its whole text, or leaving the text as it is. */
  settle(message, text) {
    const assembly = this.variants.of(message.variantIndex);
    this.#report(assembly, assembly.settle(message, text ?? assembly.text));
  }

  /** Every variant has ended, as far as the server knows. */
  conclude(status) {
    this.#done ??= { status, since: Date.now() };
    this.#endIfWhole();
  }

  /** isDue: ask for a replay now; isHopeless: replay has been asked for often enough, look elsewhere. */
  gapsDue(now) {
    return this.variants.gapsDue(now, this.#done?.since ?? null);
  }

  #report(assembly, { textChanged, endedNow }) {
    const { variantIndex, attempt, text } = assembly;
    if (textChanged) this.#emit("text", { variantIndex, attempt, text });
    if (endedNow) {
      this.#cancels.delete(variantIndex);
      this.#emit("ended", assembly.ended);
    }
    this.#endIfWhole();
  }

  #endIfWhole() {
    if (this.#done === null || this.#isOver || !this.variants.haveEnded) return;
    this.#isOver = true;
    this.#onEnd(this.#done.status);
  }
}
