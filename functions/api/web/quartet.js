// Quartet's client: one generation over one WebSocket, followed to its end across every interruption. No dependencies, no
// DOM, usable from any page; the modules that it imports are its parts: sending.js brings a wish to the server, following.js puts
// together what comes of it, connection.js comes back by itself.
// docs/client.md has an example, the methods and the events.

import { Connection } from "./connection.js";
import { Following } from "./following.js";
import { Sending } from "./sending.js";
import { Uploads } from "./uploads.js";
import { Unclaimed } from "./variants.js";

/** Deletes a generation; see removal.js, which is fetched when it is needed. */
export async function removeGeneration(...given) {
  const removal = await import("./removal.js");
  return removal.removeGeneration(...given);
}

const TICK_MS = 100;
const GATEWAY_PAUSE_MS = 1_000;
const GATEWAY_PAUSE_MOST_MS = 10_000;
const SILENCE_MS = 20_000;
const FINAL_REFUSAL = /not_?found|forbidden|unauthorized|gone|expired/i;

export class Quartet extends EventTarget {
  #connection;
  #identity;
  #uploads;
  #sending = null; // the generate that has not been acknowledged
  #following = this.#followed();
  #unclaimed = new Unclaimed();
  #retired = new Set();
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
    return this.#following.id;
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
    this.#sending = new Sending(params, requestId);
    this.#connection.want();
    if (this.#sending.isReady) this.#sending.send(this.#connection);
    else this.#prepare(this.#sending);
    return requestId;
  }

  /** Replays a generation from its start and follows it to its end. */
  follow(generationId, variantCount = null) {
    this.#begin();
    this.#following.id = generationId;
    this.#following.variants.setCount(variantCount);
    this.#retired.delete(generationId);
    this.#connection.want();
    this.#resume();
  }

  /** Stops one variant, or all of them when no index is given. */
  cancel(variantIndex = null) {
    if (this.#finished) return;
    this.#following.cancel(variantIndex);
    this.#sendCancels();
  }

  /** Looks away from the current generation; the server goes on with it. */
  leave() {
    this.#begin();
    this.#finish();
  }

  cursorOf(variantIndex) {
    return this.#following.variants.peek(variantIndex)?.cursor ?? null;
  }

  /** True once a variant has ended and nothing of its text is missing. */
  isWhole(variantIndex) {
    const assembly = this.#following.variants.peek(variantIndex);
    return assembly !== undefined && assembly.ended !== null && assembly.gap === null;
  }

  /** Takes numbered messages that came another way (HTTP), by the same rules as those of the socket. */
  feed(message) {
    if (message.generationId === this.generationId) this.#following.acceptVariant(message);
  }

  /** Takes a variant's end from HTTP, with its whole text, or leaving the text as it is. */
  settle(message, text = null) {
    if (message.generationId === this.generationId) this.#following.settle(message, text);
  }

  /** Takes the end of the whole generation from HTTP. */
  conclude(generationId, status) {
    if (generationId === this.generationId && !this.#finished) this.#following.conclude(status ?? "completed");
  }

  close() {
    this.leave();
    this.#connection.close();
  }

  #followed() {
    const following = new Following({
      emit: (type, detail) => this.#emit(type, detail),
      onEnd: (status) => {
        if (this.#finished || following !== this.#following) return;
        this.#finish();
        this.#emit("done", { status });
      },
    });
    return following;
  }

  #begin() {
    if (this.generationId !== null) this.#retired.add(this.generationId);
    this.#sending = null;
    this.#following = this.#followed();
    this.#unclaimed = new Unclaimed();
    this.#finished = false;
    this.#lastHeard = Date.now();
    this.#timer ??= setInterval(() => this.#tick(Date.now()), TICK_MS);
  }

  #finish() {
    this.#finished = true;
    this.#sending = null;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#connection.relax();
  }

  #catchUp() {
    this.#lastHeard = Date.now();
    if (this.#sending !== null) this.#sending.send(this.#connection);
    else if (!this.#finished) this.#resume();
    this.#sendCancels();
  }

  async #prepare(sending) {
    try {
      const params = await sending.prepare(this.#uploads);
      if (sending !== this.#sending) return;
      this.#emit("prepared", { requestId: sending.requestId, params });
      sending.send(this.#connection);
    } catch (problem) {
      if (sending !== this.#sending) return;
      this.#finish();
      this.#emit("refused", { phase: "generate", value: problem.message, code: problem.code ?? null, field: problem.field ?? null });
    }
  }

  #resume() {
    const message = this.#following.resume(this.#identity());
    if (message !== null) this.#connection.send(message);
  }

  #sendCancels() {
    for (const message of this.#following.cancels) this.#connection.send(message);
  }

  #receive(message) {
    this.#lastHeard = Date.now();
    if (message.type === "error" && message.data?.code === "not_found" && message.generationId === this.generationId) this.#acceptDeleted();
    if (this.#finished) return;
    if (typeof message.type !== "string") this.#heardGateway();
    else if (message.type === "generation") this.#acceptGeneration(message);
    else if (message.type === "error") this.#acceptError(message);
    else if (typeof message.generationId !== "string") return;
    else if (message.generationId === this.generationId) this.#acceptOwn(message);
    else if (this.#sending !== null && !this.#retired.has(message.generationId)) this.#unclaimed.keep(message);
  }

  // API Gateway itself answers `{"message": "Internal server error", ...}` when the function behind a route fails. The tick
  // repeats what has not been answered; sooner than for plain silence, but each time later: it may be overloaded.
  #heardGateway() {
    const wait = Math.min(GATEWAY_PAUSE_MOST_MS, GATEWAY_PAUSE_MS * 2 ** this.#gatewayErrors);
    this.#gatewayErrors += 1;
    if (this.#sending !== null) this.#sending.postpone(wait);
    else this.#lastHeard = Date.now() - SILENCE_MS + wait;
  }

  #acceptGeneration(message) {
    const data = message.data ?? {};
    const id = data.id ?? message.generationId;
    if (typeof id !== "string") return;
    if (this.#sending !== null) {
      const isOther = data.requestId !== undefined && data.requestId !== this.#sending.requestId;
      if (isOther || this.#retired.has(id)) return;
      this.#acknowledged(id, data);
    } else if (id === this.generationId) {
      this.#following.variants.setCount(data.variants);
      if (Array.isArray(data.models)) this.#emit("models", { models: data.models });
    }
  }

  #acknowledged(id, data) {
    const { requestId, variants: asked, wasRepeated } = this.#sending;
    const { variants } = this.#following;
    this.#sending = null;
    this.#gatewayErrors = 0;
    this.#following.id = id;
    variants.setCount(data.variants ?? asked);
    this.#emit("accepted", { id, models: data.models ?? [], variants: variants.count, requestId });
    for (const early of this.#unclaimed.take(id)) this.#acceptOwn(early);
    if (wasRepeated) this.#resume();
    this.#sendCancels();
  }

  #acceptError(message) {
    const { code = null, field = null, quota = null } = message.data ?? {};
    const detail = { value: String(message.value ?? ""), code, field, quota };
    if (this.#sending !== null && !this.#retired.has(message.generationId)) {
      this.#finish();
      this.#emit("refused", { phase: "generate", ...detail });
    } else if (message.generationId === undefined || message.generationId === this.generationId) {
      if (FINAL_REFUSAL.test(code ?? "")) this.#finish();
      this.#emit("refused", { phase: "follow", ...detail });
    }
  }

  // Told also of what had ended, as long as it is looked at.
  #acceptDeleted() {
    const id = this.generationId;
    if (id === null) return;
    this.leave();
    this.#emit("deleted", { id });
  }

  #acceptOwn(message) {
    this.#gatewayErrors = 0;
    this.#following.accept(message);
  }

  #tick(now) {
    if (this.#connection.state !== "open") return;
    if (this.#sending !== null) {
      if (this.#sending.isDue(now)) this.#sending.send(this.#connection);
      return;
    }
    const due = this.#following.gapsDue(now);
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
