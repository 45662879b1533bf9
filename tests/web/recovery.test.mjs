// What a record says of a variant that has ended, as the message that ended it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endOfRecord } from "../../functions/api/web/recovery.js";

const ended = { index: 1, attempt: 1, model: "asked", modelUsed: "answered", durationMs: 7, usage: null, costUsd: 0.5, url: "/page" };

test("who answered and what it took is known after a reload, whichever way the variant ended", () => {
  const end = { finishReason: "length", cutOff: true, checks: [] };
  const complete = endOfRecord("g", { ...ended, ...end, status: "completed" });
  assert.deepEqual(complete.data, { model: "asked", modelUsed: "answered", durationMs: 7, usage: null, costUsd: 0.5, ...end, url: "/page" });
  const failed = endOfRecord("g", { ...ended, status: "failed", error: { code: "no_page", message: "No.", retryable: true } });
  assert.equal(failed.value, "No.");
  assert.deepEqual(failed.data, { model: "asked", modelUsed: "answered", durationMs: 7, usage: null, costUsd: 0.5, code: "no_page", retryable: true });
});
