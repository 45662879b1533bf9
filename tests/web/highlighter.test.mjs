import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const WEB = new URL("../../functions/api/web/", import.meta.url);

/** The worker as a browser runs it, with `ask` for its messages. */
function worker() {
  const answers = [];
  let listener = null;
  const self = { addEventListener: (type, heard) => { listener = heard; }, postMessage: (answer) => answers.push(answer) };
  const context = createContext({ self, WorkerGlobalScope: Object, importScripts: (name) => runInContext(read(name), context) });
  runInContext(read("highlighter.js"), context);
  return (text, { view = 1, isLast = false } = {}) => {
    listener({ data: { view, text, isLast } });
    return answers.at(-1);
  };
}

const read = (name) => readFileSync(new URL(name, WEB), "utf8");
const textOf = (blocks) => blocks.flat().filter((_, place) => place % 2 === 1).join("");
const kindOf = (blocks, word) => { const flat = blocks.flat(); return flat[flat.findIndex((piece, place) => place % 2 === 1 && piece.includes(word)) - 1]; };

const PAGE = `<!doctype html>\n<html>\n<head><style>\nbody { color: red }\n</style></head>\n<body class="a">\n<!-- soon -->\n<script>\nconst name = "x";\n</script>\n<p>Words</p>\n</body></html>`;

test("every cut of a page is shown character for character", () => {
  const ask = worker();
  for (let end = 0; end <= PAGE.length; end += 1) assert.equal(textOf(ask(PAGE.slice(0, end), { view: end }).blocks), PAGE.slice(0, end));
});

test("tags, names, strings, styles and scripts are told apart, in a half-written page too", () => {
  const ask = worker();
  const { blocks } = ask(PAGE);
  assert.equal(kindOf(blocks, "\"x\""), "string");
  assert.equal(kindOf(blocks, "soon"), "comment");
  assert.equal(kindOf(blocks, "const"), "keyword");
  assert.equal(kindOf(blocks, "Words"), "");
  assert.equal(kindOf(ask("<style>\nbody { color: red", { view: 2 }).blocks, "color"), "name");
});

test("only the blocks that changed come back", () => {
  const ask = worker();
  const line = "<p class=\"a\">a line of the page</p>\n";
  assert.equal(ask(line.repeat(400)).total, 10);
  const more = ask(line.repeat(410));
  assert.deepEqual([more.from, more.total, more.blocks.length], [10, 11, 1]);
  assert.equal(ask(line.repeat(410)).blocks.length, 0);
  assert.equal(ask(line.repeat(2)).total, 1);
});
