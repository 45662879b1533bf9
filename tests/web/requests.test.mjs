import assert from "node:assert/strict";
import { test } from "node:test";

import { addressed, addressOf } from "../../functions/api/web/addresses.js";
import { sharedBeginning } from "../../functions/api/web/board.js";
import { note, noteMessage, report } from "../../functions/api/web/journal.js";
import { nameOf } from "../../functions/api/web/pane-edit.js";
import { changedPage, importedPage, newPage, repeated } from "../../functions/api/web/requests.js";

const ID = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

test("words alone are a text request, a screenshot makes it an image request", () => {
  assert.equal(newPage({ text: "a bakery", images: [], stack: "html_css" }).inputMode, "text");
  assert.equal(newPage({ text: "", images: ["data:x"], stack: "html_css" }).inputMode, "image");
});

test("a change names its parent, and brings the page once and every wish before it", () => {
  const request = changedPage({
    generationId: ID, variantIndex: 2, page: "<p>", wishes: ["a bakery", "", "in green"], wish: "larger", element: "<h1>", stack: "bootstrap",
  });
  assert.deepEqual(request.parent, { generationId: ID, variantIndex: 2 });
  assert.deepEqual(request.history.map(({ role, text }) => [role, text]), [["user", "a bakery"], ["user", "in green"], ["assistant", "<p>"]]);
  assert.equal(request.prompt.selectedElementHtml, "<h1>");
  assert.equal(request.fileState, undefined);
  const plain = changedPage({ generationId: ID, variantIndex: 0, page: "<p>", wishes: [], wish: "larger", element: null, stack: "bootstrap" });
  assert.equal("selectedElementHtml" in plain.prompt, false);
});

test("an imported page comes as the page that is to be changed, and a repeat only names what is repeated", () => {
  const request = importedPage({ code: "<p>", wish: "in green", stack: "html_css" });
  assert.deepEqual([request.generationType, request.fileState.content, request.parent], ["update", "<p>", undefined]);
  assert.deepEqual(repeated({ generationId: ID, model: "m" }), { repeatOf: ID, models: ["m"], variants: 1 });
});

test("an address names a generation and nothing else does", () => {
  assert.equal(addressed(addressOf("a/b c")), "a/b c");
  for (const hash of ["", "#/", "#/tally", "#/g/", "#/g/a/b"]) assert.equal(addressed(hash), null, hash);
  assert.equal(addressed("#/g/%"), "%");
});

test("an element is told by its tag and its words", () => {
  assert.equal(nameOf("<h1 class=\"a\">Fresh <b>bread</b></h1>"), "<h1> Fresh bread");
  assert.equal(nameOf("<section><style>p { color: red }</style><p>Words</p></section>"), "<section> Words");
  assert.equal(nameOf("<img src=\"a.png\">"), "<img>");
});

test("a report has kinds, places and sizes, and never what was said", () => {
  noteMessage(">", { action: "generate", prompt: { text: "my secret plan" }, requestId: "r" }, 90);
  noteMessage("<", { type: "chunk", variantIndex: 1, attempt: 1, seq: 7, value: "<p>secret page</p>" }, 120);
  note("-", "socket waiting", "again in 250 ms");
  const text = report({ Quartet: "1.0" });
  assert.match(text, /Quartet: 1\.0/);
  assert.match(text, /> socket generate \(90 characters\)/);
  assert.match(text, /< socket chunk \(1\/1\/7, 120 characters\)/);
  assert.match(text, /- socket waiting \(again in 250 ms\)/);
  assert.doesNotMatch(text, /secret/);
});

test("what all models' names begin with is left out of their tabs, up to the end of a word", () => {
  assert.equal(sharedBeginning(["demo-gpt-4o", "demo-gpt-4.1"]), "demo-gpt-".length);
  for (const names of [[], ["gpt-4o"], ["gpt-4o", "claude"], ["same-a", "same-a"]]) assert.equal(sharedBeginning(names), 0, names.join());
});
