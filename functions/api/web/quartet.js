// Quartet's client: one generation over one WebSocket, followed to its end across every interruption. No dependencies, no
// DOM, usable from any page; the other modules beside it are its parts.
// docs/client.md has an example, the methods and the events.

import { compose, fitting } from "./compose.js";
import { Connection } from "./connection.js";
import { Uploads } from "./uploads.js";
import { Unclaimed, Variants } from "./variants.js";

/** Deletes a generation; see removal.js, which is fetched when it is needed. */
export async function removeGeneration(...given) {
  const removal = await import("./removal.js");
  return removal.removeGeneration(...given);
}

const TICK_MS = 100;
const ACKNOWLEDGE_WITHIN_MS = 10_000;
const SILENCE_MS = 20_000;
const FINAL_REFUSAL = /not_?found|forbidden|unauthorized|gone|expired/i;

export class Quartet extends EventTarget {
  #connection;
  #identity;
  #uploads;
  #pending = null; // the generate that has not been acknowledged
  #generationId = null;
  #variants = new Variants();
  #unclaimed = new Unclaimed();
  #retired = new Set();
  #cancels = new Set();
  #done = null;
  #finished = true;
  #lastHeard = 0;
  #gatewayErrors = 0;
  #timer = null;

  constructor(url, options = {}) {
    super();
    const { token = null, share = null, identity = () => ({ token, share }) } = options;
    this.#identity = identity;
    this.#connection = new Connection(url, { ...options, identity });
    this.#uploads = new Uploads({ ...options, identity });
    this.#connection.addEventListener("open", () => this.#catchUp());
    this.#connection.addEventListener("message", (event) => this.#receive(event.detail));
    this.#connection.addEventListener("state", (event) => this.#emit("connection", event.detail));
  }

  get generationId() {
    return this.#generationId;
  }

  /** True while something is under way that has not been brought to its end. */
  get isActive() {
    return !this.#finished;
  }

  get connectFailures() {
    return this.#connection.failures;
  }

  /** It warms the server that will take the generate. */
  warm() {
    this.#connection.want();
    if (this.#finished) this.#connection.relax(); // not worth fighting for while nothing is under way
  }

  renew() {
    this.#connection.renew();
  }

  /** Starts a generation. A requestId from an earlier, unacknowledged call continues that one instead of paying twice. */
  generate(params, requestId = crypto.randomUUID()) {
    this.#begin();
    const message = { action: "generate", ...params, requestId };
    this.#pending = { requestId, variants: params.variants, message: fitting(message), sentAt: null, timesSent: 0 };
    this.#connection.want();
    if (this.#pending.message === null) this.#prepare(message, this.#pending);
    else this.#sendPending();
    return requestId;
  }

  /** Replays a generation from its start and follows it to its end. */
  follow(generationId, variantCount = null) {
    this.#begin();
    this.#generationId = generationId;
    this.#variants.setCount(variantCount);
    this.#retired.delete(generationId);
    this.#connection.want();
    this.#resume();
  }

  /** Stops one variant, or all of them when no index is given. */
  cancel(variantIndex = null) {
    if (this.#finished) return;
    this.#cancels.add(variantIndex);
    this.#sendCancels();
  }

  /** Looks away from the current generation; the server goes on with it. */
  leave() {
    this.#begin();
    this.#finish();
  }

  cursorOf(variantIndex) {
    return this.#variants.peek(variantIndex)?.cursor ?? null;
  }

  /** True once a variant has ended and nothing of its text is missing. */
  isWhole(variantIndex) {
    const assembly = this.#variants.peek(variantIndex);
    return assembly !== undefined && assembly.ended !== null && assembly.gap === null;
  }

  /** Takes numbered messages that came another way (HTTP), by the same rules as those of the socket. */
  feed(message) {
    if (message.generationId === this.#generationId) this.#acceptVariant(message);
  }

  /** Takes a variant's end from HTTP, with its whole text, or leaving the text as it is. */
  settle(message, text = null) {
    if (message.generationId !== this.#generationId) return;
    const assembly = this.#variants.of(message.variantIndex);
    this.#report(assembly, assembly.settle(message, text ?? assembly.text));
  }

  /** Takes the end of the whole generation from HTTP. */
  conclude(generationId, status) {
    if (generationId === this.#generationId && !this.#finished) this.#acceptDone({ data: { status } });
  }

  close() {
    this.leave();
    this.#connection.close();
  }

  #begin() {
    if (this.#generationId !== null) this.#retired.add(this.#generationId);
    this.#pending = null;
    this.#generationId = null;
    this.#variants = new Variants();
    this.#unclaimed = new Unclaimed();
    this.#cancels.clear();
    this.#done = null;
    this.#finished = false;
    this.#lastHeard = Date.now();
    this.#timer ??= setInterval(() => this.#tick(Date.now()), TICK_MS);
  }

  #finish() {
    this.#finished = true;
    this.#pending = null;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#connection.relax();
  }

  #catchUp() {
    this.#lastHeard = Date.now();
    if (this.#pending !== null) this.#sendPending();
    else if (!this.#finished) this.#resume();
    this.#sendCancels();
  }

  async #prepare(message, pending) {
    try {
      const { action, requestId, ...params } = pending.message = await compose(message, this.#uploads);
      if (pending !== this.#pending) return;
      this.#emit("prepared", { requestId, params });
      this.#sendPending();
    } catch (problem) {
      if (pending !== this.#pending) return;
      this.#finish();
      this.#emit("refused", { phase: "generate", value: problem.message, code: problem.code ?? null, field: problem.field ?? null });
    }
  }

  #sendPending() {
    if (this.#pending.message === null) return; // still being prepared
    if (!this.#connection.send(this.#pending.message)) return;
    this.#pending.sentAt = Date.now();
    this.#pending.timesSent += 1;
  }

  #resume() {
    if (this.#generationId === null) return;
    const { share = null } = this.#identity();
    const cursors = this.#variants.cursors;
    this.#connection.send({ action: "resume", generationId: this.#generationId, cursors, ...(share !== null && { share }) });
  }

  #sendCancels() {
    if (this.#generationId === null) return;
    for (const variantIndex of this.#cancels) {
      const message = { action: "cancel", generationId: this.#generationId };
      if (variantIndex !== null) message.variantIndex = variantIndex;
      this.#connection.send(message);
    }
  }

  #receive(message) {
    this.#lastHeard = Date.now();
    if (message.type === "error" && message.data?.code === "not_found" && message.generationId === this.#generationId) this.#acceptDeleted();
    if (this.#finished) return;
    if (typeof message.type !== "string") this.#heardGateway();
    else if (message.type === "generation") this.#acceptGeneration(message);
    else if (message.type === "error") this.#acceptError(message);
    else if (typeof message.generationId !== "string") return;
    else if (message.generationId === this.#generationId) this.#acceptOwn(message);
    else if (this.#pending !== null && !this.#retired.has(message.generationId)) this.#unclaimed.keep(message);
  }

  // API Gateway itself answers `{"message": "Internal server error", ...}` when the function behind a route fails. The tick
  // repeats what has not been answered; sooner than for plain silence, but each time later: it may be overloaded.
  #heardGateway() {
    const wait = Math.min(ACKNOWLEDGE_WITHIN_MS, 1_000 * 2 ** this.#gatewayErrors);
    this.#gatewayErrors += 1;
    if (this.#pending !== null) this.#pending.sentAt = Date.now() - ACKNOWLEDGE_WITHIN_MS + wait;
    else this.#lastHeard = Date.now() - SILENCE_MS + wait;
  }

  #acceptGeneration(message) {
    const data = message.data ?? {};
    const id = data.id ?? message.generationId;
    if (typeof id !== "string") return;
    if (this.#pending !== null) {
      const isOther = data.requestId !== undefined && data.requestId !== this.#pending.requestId;
      if (isOther || this.#retired.has(id)) return;
      this.#acknowledged(id, data);
    } else if (id === this.#generationId) {
      this.#variants.setCount(data.variants);
      if (Array.isArray(data.models)) this.#emit("models", { models: data.models });
    }
  }

  #acknowledged(id, data) {
    const { requestId, variants, timesSent } = this.#pending;
    this.#pending = null;
    this.#gatewayErrors = 0;
    this.#generationId = id;
    this.#variants.setCount(data.variants ?? variants);
    this.#emit("accepted", { id, models: data.models ?? [], variants: this.#variants.count, requestId });
    for (const early of this.#unclaimed.take(id)) this.#acceptOwn(early);
    // Sent twice means that a socket was lost in between, and with it what had been pushed there.
    if (timesSent > 1) this.#resume();
    this.#sendCancels();
  }

  #acceptError(message) {
    const { code = null, field = null, quota = null } = message.data ?? {};
    const detail = { value: String(message.value ?? ""), code, field, quota };
    if (this.#pending !== null && !this.#retired.has(message.generationId)) {
      this.#finish();
      this.#emit("refused", { phase: "generate", ...detail });
    } else if (message.generationId === undefined || message.generationId === this.#generationId) {
      if (FINAL_REFUSAL.test(code ?? "")) this.#finish();
      this.#emit("refused", { phase: "follow", ...detail });
    }
  }

  // Told also of what had ended, as long as it is looked at.
  #acceptDeleted() {
    const id = this.#generationId;
    if (id === null) return;
    this.leave();
    this.#emit("deleted", { id });
  }

  #acceptOwn(message) {
    this.#gatewayErrors = 0;
    if (message.type === "variantCount") this.#variants.setCount(Number(message.value));
    else if (message.type === "variantModels") this.#emit("models", { models: message.data?.models ?? [] });
    else if (message.type === "status" || message.type === "progress") this.#emit(message.type, message);
    else if (message.type === "done") this.#acceptDone(message);
    else this.#acceptVariant(message);
  }

  #acceptVariant(message) {
    if (!Number.isSafeInteger(message.variantIndex) || message.variantIndex < 0) return;
    const assembly = this.#variants.of(message.variantIndex);
    this.#report(assembly, assembly.accept(message, Date.now()));
  }

  #report(assembly, { textChanged, endedNow }) {
    const { variantIndex, attempt, text } = assembly;
    if (textChanged) this.#emit("text", { variantIndex, attempt, text });
    if (endedNow) {
      this.#cancels.delete(variantIndex);
      this.#emit("ended", assembly.ended);
    }
    this.#finishIfWhole();
  }

  #acceptDone(message) {
    this.#done ??= { status: message.data?.status ?? "completed", since: Date.now() };
    this.#finishIfWhole();
  }

  #finishIfWhole() {
    if (this.#done === null || this.#finished || !this.#variants.haveEnded) return;
    this.#finish();
    this.#emit("done", { status: this.#done.status });
  }

  #tick(now) {
    if (this.#connection.state !== "open") return;
    if (this.#pending !== null) {
      if (now - (this.#pending.sentAt ?? now) >= ACKNOWLEDGE_WITHIN_MS) this.#sendPending();
      return;
    }
    const due = this.#variants.gapsDue(now, this.#done?.since ?? null);
    if (due.isDue) this.#resume();
    if (due.isHopeless) this.#emit("incomplete", {});
    if (now - this.#lastHeard < SILENCE_MS) return;
    // What is stored but could not be pushed would never arrive by waiting.
    this.#lastHeard = now;
    this.#connection.probe();
    this.#resume();
    this.#sendCancels();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
