import assert from "node:assert/strict";
import { test } from "node:test";

import { beginning, duration, instant } from "../../functions/api/web/format.js";
import { addressOf, addressed } from "../../functions/api/web/addresses.js";
import { isCut, promptText } from "../../functions/api/web/history.js";
import { showsSomething } from "../../functions/api/web/preview.js";

test("a text is cut between characters, never inside one", () => {
  assert.equal(beginning("short", 10), "short");
  assert.equal(beginning("bread 🥐 and 🥖", 7), "bread 🥐…");
  assert.equal(beginning("bread 🥐 and 🥖", 6), "bread…");
  assert.equal(beginning("", 10), "");
});

test("a prompt as long as a record's longest may be the beginning of a longer one", () => {
  assert.equal(isCut("a".repeat(119)), false);
  assert.equal(isCut("🥐".repeat(119)), false);
  assert.equal(isCut("a".repeat(120)), true);
});

test("a prompt is a text or an object with one", () => {
  assert.equal(promptText("cats"), "cats");
  assert.equal(promptText({ text: "cats" }), "cats");
  assert.equal(promptText(null), "");
});

test("an id becomes an address without breaking out of it", () => {
  assert.equal(addressOf("a/b c"), "#/g/a%2Fb%20c");
});

test("durations and instants", () => {
  assert.equal(duration(1_440), "1.4 s");
  assert.equal(duration(-5), "0.0 s");
  assert.equal(duration(61_900), "1 min 01 s");
  assert.equal(instant("2026-01-01T00:00:00Z"), Date.UTC(2026, 0, 1));
  assert.equal(instant(1_700_000_000), 1_700_000_000_000);
  assert.equal(instant(undefined), null);
});

const UNSEEN_PAGES = [
  "", "<!DOCT", "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<me", "<head><title>Bakery</title><style>body { color: red }",
  "<html><head></head><body><header><h1", "<body><!-- soon -->", "<body><div id=\"root\"></div><script>if (a < b) draw()</script>",
];
const SEEN_PAGES = ["words", "<head></head><body><header><p>B", "<body><img src=\"a.png\">", "<body><svg viewBox=\"0 0 1 1\">", "<p>a</p><style>p {"];

test("a page shows something from its first visible word or picture on", () => {
  for (const html of UNSEEN_PAGES) assert.equal(showsSomething(html), false, html);
  for (const html of SEEN_PAGES) assert.equal(showsSomething(html), true, html);
});
