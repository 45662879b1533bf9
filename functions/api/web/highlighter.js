// Tells what is what in a page's code, away from the page's own thread. Takes {view, text}; answers with the blocks of lines
// that have changed since the last text of that view: {view, from, total, blocks: [[kind, text, kind, text, ...], ...]}.
//
// A classic worker, since the library is a classic script.

/* global Prism, importScripts */

self.Prism = { manual: true, disableWorkerMessageHandler: true };
importScripts("vendor/prism.js");

const LINES_A_BLOCK = 40;
/** What the library's kinds are shown as; all others as plain text. */
const KINDS = {
  comment: "comment", prolog: "comment", doctype: "comment", cdata: "comment",
  tag: "tag", selector: "tag", atrule: "keyword", keyword: "keyword", boolean: "keyword", important: "keyword",
  "attr-name": "name", property: "name", function: "name", "class-name": "name", "literal-property": "name",
  "attr-value": "string", string: "string", "template-string": "string", url: "string", regex: "string",
  number: "number", entity: "number",
  punctuation: "mark", operator: "mark",
};

const shown = new Map();

self.addEventListener("message", ({ data: { view, text, isLast } }) => {
  const blocks = cut(pieces(text));
  const keys = blocks.map((block) => block.join("\u0000"));
  const before = shown.get(view) ?? [];
  let from = 0;
  while (from < keys.length && keys[from] === before[from]) from += 1;
  if (isLast) shown.delete(view);
  else shown.set(view, keys);
  self.postMessage({ view, from, total: blocks.length, blocks: blocks.slice(from) });
});

/** The text as [kind, text] pairs, one after the other. */
function pieces(text) {
  const flat = [];
  const walk = (tokens, kind) => {
    for (const token of tokens) {
      if (typeof token === "string") flat.push(kind, token);
      else walk(Array.isArray(token.content) ? token.content : [token.content], KINDS[token.type] ?? kind);
    }
  };
  walk(Prism.tokenize(text + closing(text), Prism.languages.markup), "");
  let length = 0;
  const whole = [];
  for (let place = 0; place < flat.length && length < text.length; place += 2) {
    const piece = flat[place + 1].slice(0, text.length - length);
    length += piece.length;
    if (whole.length > 0 && whole.at(-2) === flat[place]) whole[whole.length - 1] += piece;
    else whole.push(flat[place], piece);
  }
  return whole;
}

/** What a half-written page lacks for its last style or script to be recognised. */
function closing(text) {
  const lower = text.toLowerCase();
  const open = ["style", "script"].find((name) => lower.lastIndexOf(`<${name}`) > lower.lastIndexOf(`</${name}`));
  return open === undefined ? "" : `</${open}>`;
}

/** The pieces in blocks of so many lines, so that what does not change is not built again. */
function cut(flat) {
  const blocks = [];
  let block = [];
  let lines = 0;
  for (let place = 0; place < flat.length; place += 2) {
    const kind = flat[place];
    let rest = flat[place + 1];
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      lines += 1;
      if (lines < LINES_A_BLOCK) {
        const next = rest.slice(0, end + 1);
        if (block.at(-2) === kind) block[block.length - 1] += next;
        else block.push(kind, next);
      } else {
        block.push(kind, rest.slice(0, end + 1));
        blocks.push(block);
        block = [];
        lines = 0;
      }
      rest = rest.slice(end + 1);
    }
    if (rest === "") continue;
    if (block.at(-2) === kind) block[block.length - 1] += rest;
    else block.push(kind, rest);
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}
