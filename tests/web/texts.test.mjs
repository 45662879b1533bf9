import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { explain, finding, messageEntries, notice } from "../../functions/api/web/messages.js";
import { entries, t } from "../../functions/api/web/texts.js";

const WEB = new URL("../../functions/api/web/", import.meta.url);
const files = readdirSync(WEB).filter((name) => /\.(js|html)$/.test(name)).map((name) => [name, readFileSync(new URL(name, WEB), "utf8")]);
const keys = new Set(entries().map(([key]) => key));

test("every text that the page names is in the table", () => {
  for (const [name, text] of files) {
    const named = [...text.matchAll(/\bt\("([\w.]+)"|data-(?:text|label|tip|hint)="([\w.]+)"/g)].map(([, inCode, inPage]) => inCode ?? inPage);
    for (const key of named) assert.ok(keys.has(key), `${name} names ${key}`);
  }
});

test("every text is there in both languages, with the same places for values", () => {
  for (const [key, [english, russian]] of [...entries(), ...messageEntries()]) {
    if (key === "connection.idle") continue;
    assert.notEqual(english, "", key);
    assert.notEqual(russian, "", key);
    const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    assert.deepEqual(places(english), places(russian), key);
  }
});

test("the page's own English is that of the table", () => {
  const [, page] = files.find(([name]) => name === "index.html");
  for (const [, key, text] of page.matchAll(/data-text="([\w.]+)"(?:[^>]*)>([^<]+)</g)) assert.equal(text, t(key), key);
});

test("values take the place of their names, and nothing else is touched", () => {
  assert.equal(t("format.minutes", { minutes: 1, seconds: "02" }), "1 min 02 s");
  assert.equal(t("pane.stopOf", { model: "{number} $& a" }), "Stop {number} $& a");
});

test("a problem is said by its code, with the server's words only where they name what a code cannot", () => {
  assert.equal(explain({ code: "not_found", message: "There is no generation with this id.", field: "generationId" }), "It is not there: it was deleted, or belongs to someone else.");
  assert.equal(explain({ code: "invalid_field", message: "At most 8.", field: "variants" }), "The server does not take the request as it is. “At most 8.” (variants)");
  assert.equal(explain({ code: "of_a_later_server", message: "Its words." }), "Its words.");
  assert.match(explain({ code: "of_a_later_server" }), /of_a_later_server/);
});

test("a limit that is reached says how much it is and when it ends", () => {
  const quota = { scope: "user", limit: "generations_per_minute", max: 1_000, resetsAtMs: Date.now() + 25_000, retryAfterS: 25 };
  assert.equal(explain({ code: "quota_exceeded", quota }), "Your limit of generations a minute, 1,000, is reached. You can go on in 25 seconds.");
  const tomorrow = new Date(2026, 0, 2, 3, 4).getTime();
  const day = explain({ code: "quota_exceeded", quota: { scope: "stack", limit: "usd_per_day", max: 2_500_000, resetsAtMs: tomorrow, retryAfterS: 9_000 } });
  assert.match(day, /spending a day for everybody together, \$2\.5, is reached.*after January 2 at 3:04/);
});

test("findings and words about a variant are said by their codes", () => {
  assert.equal(finding({ code: "missing_image", message: "Whatever it is called: a.png, b.png." }), "Images are named that do not exist: a.png, b.png.");
  assert.equal(finding({ code: "of_a_later_server", message: "Its words." }), "Its words.");
  assert.equal(notice({ code: "asking_again", pauseMs: 1_500 }), "The provider did not answer to the end. Asking again in 2 seconds.");
  assert.equal(notice({ model: "a", modelUsed: "b", reason: "shut_down" }), "a has been shut down by its provider; b answers instead.");
  assert.equal(notice({ code: "fields_ignored", fields: ["openAiApiKey", "openAiBaseURL"] }), "openAiApiKey, openAiBaseURL was not used: this server asks its own provider with its own key.");
  assert.equal(notice({}), null);
});
