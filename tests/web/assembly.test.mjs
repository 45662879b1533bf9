import assert from "node:assert/strict";
import { test } from "node:test";

import { Assembly } from "../../functions/api/web/assembly.js";
import { Patience } from "../../functions/api/web/patience.js";
import { Variants } from "../../functions/api/web/variants.js";

const chunk = (attempt, seq, value) => ({ type: "chunk", variantIndex: 0, attempt, seq, value });
const setCode = (attempt, seq, value) => ({ type: "setCode", variantIndex: 0, attempt, seq, value });
const complete = (attempt, nextSeq) => ({ type: "variantComplete", variantIndex: 0, attempt, data: nextSeq === undefined ? {} : { nextSeq } });
const failure = (attempt, nextSeq) => ({ type: "variantError", variantIndex: 0, attempt, value: "no", data: nextSeq === undefined ? {} : { nextSeq } });

function assembled(...messages) {
  const assembly = new Assembly(0);
  messages.forEach((message, index) => assembly.accept(message, index * 10));
  return assembly;
}

test("chunks append, setCode replaces, and the cursor names the last applied message", () => {
  const assembly = assembled(chunk(1, 0, "a"), chunk(1, 1, "b"), setCode(1, 2, "X"), chunk(1, 3, "y"));
  assert.equal(assembly.text, "Xy");
  assert.deepEqual(assembly.cursor, { variantIndex: 0, attempt: 1, seq: 3 });
  assert.equal(assembly.gap, null);
});

test("an assembly that has applied nothing has no cursor, so that a resume replays from the start", () => {
  assert.equal(new Assembly(0).cursor, null);
  assert.equal(assembled(chunk(1, 1, "early")).cursor, null);
});

test("a duplicate changes nothing, whatever it says", () => {
  const assembly = assembled(chunk(1, 0, "a"), chunk(1, 1, "b"));
  assert.deepEqual(assembly.accept(chunk(1, 0, "other"), 50), { textChanged: false, endedNow: false });
  assembly.accept(setCode(1, 1, "other"), 60);
  assert.equal(assembly.text, "ab");
});

test("messages in any order, with duplicates, give the same text", () => {
  const messages = ["a", "b", "c", "d", "e"].map((value, seq) => chunk(1, seq, value));
  for (const order of permutations(messages)) {
    const assembly = assembled(...order, ...order);
    assert.equal(assembly.text, "abcde");
    assert.equal(assembly.gap, null);
  }
});

test("an early message is kept, not shown, until the missing one is there", () => {
  const assembly = assembled(chunk(1, 0, "a"), chunk(1, 2, "c"));
  assert.equal(assembly.text, "a");
  assert.deepEqual(assembly.accept(chunk(1, 1, "b"), 40), { textChanged: true, endedNow: false });
  assert.equal(assembly.text, "abc");
});

test("a gap says what is missing and since when, and starts anew when a different message is missing", () => {
  const assembly = new Assembly(0);
  assembly.accept(chunk(1, 2, "c"), 100);
  assert.deepEqual(assembly.gap, { attempt: 1, seq: 0, since: 100 });
  assembly.accept(chunk(1, 4, "e"), 300);
  assert.deepEqual(assembly.gap, { attempt: 1, seq: 0, since: 100 });
  assembly.accept(chunk(1, 0, "a"), 400);
  assert.deepEqual(assembly.gap, { attempt: 1, seq: 1, since: 400 });
  assembly.accept(chunk(1, 1, "b"), 500);
  assert.deepEqual(assembly.gap, { attempt: 1, seq: 3, since: 500 });
  assembly.accept(chunk(1, 3, "d"), 600);
  assert.equal(assembly.gap, null);
});

test("a newer attempt starts from nothing and expects seq 0", () => {
  const assembly = assembled(chunk(1, 0, "old"), chunk(1, 2, "kept early"), setCode(2, 0, ""));
  assert.equal(assembly.text, "");
  assert.equal(assembly.attempt, 2);
  assembly.accept(chunk(2, 1, "new"), 40);
  assert.equal(assembly.text, "new");
  assert.deepEqual(assembly.cursor, { variantIndex: 0, attempt: 2, seq: 1 });
});

test("the early part of an old attempt never leaks into the new one", () => {
  const assembly = assembled(chunk(1, 0, "old"), chunk(1, 2, "old early"), chunk(2, 0, "n"), chunk(2, 1, "e"));
  assert.equal(assembly.text, "ne");
  assert.equal(assembly.gap, null);
});

test("a newer attempt that arrives early clears the old text and waits for its own start", () => {
  const assembly = assembled(chunk(1, 0, "old"), chunk(2, 1, "w"));
  assert.equal(assembly.text, "");
  assert.deepEqual(assembly.gap, { attempt: 2, seq: 0, since: 10 });
});

test("an older attempt is dropped: its text, its completion and its failure", () => {
  const assembly = assembled(chunk(2, 0, "new"), chunk(1, 1, "old"), setCode(1, 0, "old"), complete(1, 2), failure(1));
  assert.equal(assembly.text, "new");
  assert.equal(assembly.ended, null);
});

test("a completion whose text is whole ends the variant, once", () => {
  const assembly = assembled(chunk(1, 0, "a"), chunk(1, 1, "b"));
  assert.deepEqual(assembly.accept(complete(1, 2), 30), { textChanged: false, endedNow: true });
  assert.deepEqual(assembly.accept(complete(1, 2), 40), { textChanged: false, endedNow: false });
  assert.equal(assembly.ended.type, "variantComplete");
});

test("a completion that overtakes text waits for it and reports the gap", () => {
  const assembly = assembled(chunk(1, 0, "a"));
  assert.deepEqual(assembly.accept(complete(1, 3), 100), { textChanged: false, endedNow: false });
  assert.deepEqual(assembly.gap, { attempt: 1, seq: 1, since: 100 });
  assembly.accept(chunk(1, 2, "c"), 110);
  assert.equal(assembly.ended, null);
  assert.deepEqual(assembly.accept(chunk(1, 1, "b"), 120), { textChanged: true, endedNow: true });
  assert.equal(assembly.text, "abc");
  assert.equal(assembly.gap, null);
});

test("a completion without nextSeq waits for an open gap, and never accepts a page of which nothing arrived", () => {
  const withGap = assembled(chunk(1, 0, "a"), chunk(1, 2, "c"), complete(1));
  assert.equal(withGap.ended, null);
  assert.equal(withGap.accept(chunk(1, 1, "b"), 90).endedNow, true);
  const withNothing = assembled(complete(1));
  assert.equal(withNothing.ended, null);
  assert.notEqual(withNothing.gap, null);
});

test("the completion of an attempt that was never seen clears the old text and asks for the new", () => {
  const assembly = assembled(chunk(1, 0, "old"), complete(2, 2));
  assert.equal(assembly.text, "");
  assert.deepEqual(assembly.gap, { attempt: 2, seq: 0, since: 10 });
});

test("a failure is shown at once, and what is missing of its partial text is still asked for", () => {
  const assembly = assembled(chunk(1, 0, "a"));
  assert.equal(assembly.accept(failure(1, 3), 20).endedNow, true);
  assert.deepEqual(assembly.gap, { attempt: 1, seq: 1, since: 20 });
  assembly.accept(chunk(1, 1, "b"), 30);
  assembly.accept(chunk(1, 2, "c"), 40);
  assert.equal(assembly.text, "abc");
  assert.equal(assembly.gap, null);
});

test("a new attempt after a failure opens the variant again", () => {
  const assembly = assembled(chunk(1, 0, "a"), failure(1), setCode(2, 0, ""), chunk(2, 1, "b"));
  assert.equal(assembly.ended, null);
  assert.equal(assembly.text, "b");
});

test("what is malformed or unknown is ignored", () => {
  const assembly = assembled(chunk(1, 0, "a"));
  const malformed = [chunk(1, -1, "x"), chunk(1, 1.5, "x"), chunk(undefined, 1, "x"), chunk(1, 1, 7), { type: "thinking", attempt: 1, seq: 1, value: "x" }];
  for (const message of malformed) assembly.accept(message, 10);
  assert.equal(assembly.text, "a");
  assert.equal(assembly.gap, null);
});

test("a page settled over HTTP is final: late messages of its attempt do not disturb it", () => {
  const assembly = assembled(chunk(1, 0, "a"), complete(1, 9));
  assert.equal(assembly.settle(complete(1), "the page").endedNow, true);
  assert.equal(assembly.gap, null);
  assembly.accept(chunk(1, 1, "late"), 90);
  assert.equal(assembly.text, "the page");
  assert.equal(assembly.settle(complete(1), "the page").endedNow, false);
});

test("a gap is asked for after 700 ms, then ever less often, and never again once it has closed", () => {
  const patience = new Patience();
  const gap = { attempt: 1, seq: 4, since: 1_000 };
  const asked = [];
  for (let now = 1_000; now <= 20_000; now += 100) if (patience.isDue(0, gap, now)) asked.push(now);
  assert.deepEqual(asked, [1_700, 3_100, 5_900, 10_900, 15_900]);
  assert.equal(patience.isDue(0, null, 30_000), false);
  assert.equal(patience.timesAsked(0), 0);
});

test("done without every variant's end counts as a gap", () => {
  const variants = new Variants();
  variants.setCount(2);
  variants.of(0).accept(chunk(1, 0, "a"), 0);
  variants.of(0).accept(complete(1, 1), 0);
  assert.equal(variants.haveEnded, false);
  assert.equal(variants.gapsDue(500, 0).isDue, false);
  assert.equal(variants.gapsDue(700, 0).isDue, true);
});

function permutations(items) {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]));
}

test("an attempt that ends before it wrote anything leaves what an earlier one has shown", () => {
  const assembly = assembled(chunk(1, 0, "partial"), failure(2, 0));
  assert.equal(assembly.text, "partial");
  assert.equal(assembly.gap, null);
  assert.equal(assembled(chunk(1, 0, "partial"), setCode(2, 0, ""), failure(2, 1)).text, "");
});
