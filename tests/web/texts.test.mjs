import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { entries, problemText, t } from "../../functions/api/web/texts.js";

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
  for (const [key, [english, russian]] of entries()) {
    if (key === "connection.idle") continue;
    // What the server says in English is not said a second time.
    if (!(key.startsWith("error.") && english === "")) assert.notEqual(english, "", key);
    assert.notEqual(russian, "", key);
    const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    if (english !== "") assert.deepEqual(places(english), places(russian), key);
  }
});

test("the page's own English is that of the table", () => {
  const [, page] = files.find(([name]) => name === "index.html");
  for (const [, key, text] of page.matchAll(/data-text="([\w.]+)"(?:[^>]*)>([^<]+)</g)) assert.equal(text, t(key), key);
});

test("values take the place of their names, and nothing else is touched", () => {
  assert.equal(t("format.minutes", { minutes: 1, seconds: "02" }), "1 min 02 s");
  assert.equal(t("pane.stopOf", { model: "{number} $& a" }), "Stop {number} $& a");
  assert.equal(problemText("provider_quota", "as the server says"), "as the server says");
});
