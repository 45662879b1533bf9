// Brings a generation to its end by plain HTTP, where the socket cannot: it is blocked, or what it would replay has expired.

import { fetchChunks, fetchPage, fetchRecord } from "./http.js";

const REST_MS = 3_000;
const ENDED = ["completed", "partial", "failed", "cancelled"];

export class Recovery {
  #client;
  #onGone;
  #isRunning = false;
  #lastRun = -Infinity;

  /** `onGone` is called where there is no such generation (any more). */
  constructor(client, { onGone = () => {} } = {}) {
    this.#client = client;
    this.#onGone = onGone;
  }

  /** Fetches what the client is missing and hands it over. */
  async run() {
    const generationId = this.#client.generationId;
    if (generationId === null || this.#isRunning || performance.now() - this.#lastRun < REST_MS) return;
    this.#isRunning = true;
    try {
      const record = await fetchRecord(generationId);
      await Promise.all(record.variants.map((variant) => this.#recover(generationId, variant).catch(() => null)));
      if (ENDED.includes(record.status)) this.#client.conclude(generationId, record.status);
    } catch (problem) {
      // Else the next run, or the socket, will do.
      if (problem.status === 404 && generationId === this.#client.generationId) this.#onGone();
    } finally {
      this.#lastRun = performance.now();
      this.#isRunning = false;
    }
  }

  async #recover(generationId, variant) {
    if (this.#client.isWhole(variant.index)) return;
    const { index, status, attempt } = variant;
    if (status === "completed") {
      const text = await fetchPage(generationId, index);
      this.#client.settle(endOfRecord(generationId, variant), text);
      return;
    }
    if (Number.isSafeInteger(attempt)) await this.#feedChunks(generationId, index, attempt).catch(() => null);
    if (status === "failed" || status === "cancelled") this.#client.settle(endOfRecord(generationId, variant));
  }

  async #feedChunks(generationId, variantIndex, attempt) {
    const cursor = this.#client.cursorOf(variantIndex);
    const after = cursor?.attempt === attempt ? cursor.seq : null;
    const stored = await fetchChunks(generationId, variantIndex, attempt, after);
    for (const { seq, type, value } of stored.chunks) {
      this.#client.feed({ type, generationId, variantIndex, attempt: stored.attempt, seq, value });
    }
  }
}

/** The ending message that the record of an ended variant stands for. */
export function endOfRecord(generationId, variant) {
  const { index: variantIndex, attempt, model, modelUsed, durationMs, usage, costUsd } = variant;
  const known = { model, modelUsed, durationMs, usage, costUsd };
  if (variant.status === "completed") {
    const { finishReason, cutOff, checks, url } = variant;
    const data = { ...known, finishReason, cutOff, checks, url };
    return { type: "variantComplete", generationId, variantIndex, attempt, data };
  }
  const code = variant.error?.code ?? variant.status;
  const value = variant.error?.message ?? "";
  return { type: "variantError", generationId, variantIndex, attempt, value, data: { ...known, code, retryable: variant.error?.retryable ?? false } };
}
