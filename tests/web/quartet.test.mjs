import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Quartet, removeGeneration } from "../../functions/api/web/quartet.js";

const PARAMS = { generatedCodeConfig: "html_tailwind", inputMode: "text", generationType: "create", prompt: { text: "cats", images: [], videos: [] }, variants: 2 };

class FakeSocket extends EventTarget {
  static all = [];
  readyState = 0;
  sent = [];

  constructor() {
    super();
    FakeSocket.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  open() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    return this;
  }

  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }

  hear(...messages) {
    for (const message of messages) this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  of(action) {
    return this.sent.filter((message) => message.action === action);
  }
}

const latest = () => FakeSocket.all.at(-1);
const accepted = (id, requestId) => ({ type: "generation", generationId: id, data: { id, models: ["a", "b"], variants: 2, requestId } });
const chunk = (id, variantIndex, seq, value) => ({ type: "chunk", generationId: id, variantIndex, attempt: 1, seq, value });
const complete = (id, variantIndex, nextSeq) => ({ type: "variantComplete", generationId: id, variantIndex, attempt: 1, data: { nextSeq } });
const done = (id) => ({ type: "done", generationId: id, data: { status: "completed" } });

// In small steps: the mocked clock shows every callback of one tick the time of the tick's end.
function advance(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 50) mock.timers.tick(Math.min(50, left));
}

function scenario(name, body) {
  test(name, () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
    FakeSocket.all = [];
    const quartet = new Quartet("ws://quartet.test/generate-code", { WebSocketClass: FakeSocket });
    const events = [];
    for (const type of ["accepted", "refused", "text", "ended", "done", "incomplete", "deleted", "connection"]) {
      quartet.addEventListener(type, ({ detail }) => events.push({ event: type, ...detail }));
    }
    try {
      body(quartet, events);
    } finally {
      quartet.close();
      mock.timers.reset();
    }
  });
}

scenario("a generate that was not acknowledged is sent again under the same requestId, and then caught up with", (quartet) => {
  const requestId = quartet.generate(PARAMS);
  latest().open().close();
  advance(300);
  assert.equal(FakeSocket.all.length, 2);
  latest().open();
  assert.equal(latest().of("generate")[0].requestId, requestId);
  latest().hear(accepted("G", requestId));
  assert.deepEqual(latest().of("resume"), [{ action: "resume", generationId: "G", cursors: [] }]);
});

scenario("an acknowledgement that never comes on an open socket is asked for again, under the same requestId", (quartet) => {
  const requestId = quartet.generate(PARAMS);
  latest().open();
  advance(10_200);
  assert.deepEqual(latest().of("generate").map((message) => message.requestId), [requestId, requestId]);
});

scenario("after the acknowledgement the generate is never sent again", (quartet) => {
  const requestId = quartet.generate(PARAMS);
  latest().open().hear(accepted("G", requestId));
  latest().close();
  advance(300);
  const second = latest().open();
  advance(60_000);
  assert.notEqual(second.of("resume").length, 0);
  assert.equal(FakeSocket.all.flatMap((socket) => socket.of("generate")).length, 1);
});

scenario("a reconnect resumes from what was applied, and leaves out variants of which nothing was", (quartet) => {
  const requestId = quartet.generate(PARAMS);
  latest().open().hear(accepted("G", requestId), chunk("G", 0, 0, "a"), chunk("G", 0, 1, "b"), chunk("G", 1, 3, "early"));
  latest().close();
  advance(300);
  latest().open();
  assert.deepEqual(latest().of("resume"), [{ action: "resume", generationId: "G", cursors: [{ variantIndex: 0, attempt: 1, seq: 1 }] }]);
});

scenario("a gap is asked for after 700 ms, not before", (quartet) => {
  const requestId = quartet.generate(PARAMS);
  latest().open().hear(accepted("G", requestId), chunk("G", 0, 0, "a"), chunk("G", 0, 2, "c"));
  advance(600);
  assert.equal(latest().of("resume").length, 0);
  advance(200);
  assert.equal(latest().of("resume").length, 1);
});

scenario("text that overtakes its acknowledgement is shown, and text of another generation is not", (quartet, events) => {
  const first = quartet.generate(PARAMS);
  latest().open().hear(accepted("OLD", first));
  const second = quartet.generate(PARAMS);
  latest().hear(chunk("OLD", 0, 0, "old"), chunk("NEW", 0, 0, "new"), accepted("OLD", first), accepted("NEW", second), chunk("OLD", 0, 1, "old"));
  assert.deepEqual(events.filter(({ event }) => event === "text").map(({ text }) => text), ["new"]);
  assert.equal(quartet.generationId, "NEW");
});

scenario("done is told once, when every text is whole, and then nothing is fought for any more", (quartet, events) => {
  const requestId = quartet.generate(PARAMS);
  latest().open().hear(accepted("G", requestId), chunk("G", 0, 0, "a"), complete("G", 0, 1), complete("G", 1, 1), done("G"));
  assert.equal(events.some(({ event }) => event === "done"), false);
  latest().hear(chunk("G", 1, 0, "b"), done("G"));
  assert.equal(events.filter(({ event }) => event === "done").length, 1);
  assert.equal(quartet.isActive, false);
  const sockets = FakeSocket.all.length;
  latest().close();
  advance(60_000);
  assert.equal(FakeSocket.all.length, sockets);
});

scenario("what replay cannot deliver is reported as incomplete, and settles from elsewhere", (quartet, events) => {
  quartet.follow("G", 1);
  latest().open().hear(complete("G", 0, 5), done("G"));
  advance(10_000);
  assert.equal(events.some(({ event }) => event === "incomplete"), true);
  quartet.settle({ ...complete("G", 0), attempt: 1 }, "the page");
  assert.equal(events.find(({ event }) => event === "text").text, "the page");
  assert.equal(events.filter(({ event }) => event === "done").length, 1);
});

scenario("a cancel reaches the server after a reconnect, too", (quartet) => {
  const requestId = quartet.generate(PARAMS);
  latest().open().hear(accepted("G", requestId));
  latest().close();
  quartet.cancel(1);
  advance(300);
  latest().open();
  assert.deepEqual(latest().of("cancel"), [{ action: "cancel", generationId: "G", variantIndex: 1 }]);
});

scenario("reconnects start within 250 ms and are never more than 1.5 s apart while somebody looks", (quartet, events) => {
  quartet.generate(PARAMS);
  for (let attempt = 0; attempt < 12; attempt += 1) {
    latest().close();
    const { delayMs } = events.filter(({ event, state }) => event === "connection" && state === "waiting").at(-1);
    const longest = Math.min(1_500, 250 * 2 ** attempt);
    assert.ok(delayMs >= longest / 2 && delayMs <= longest, `${delayMs} of ${longest}`);
    advance(delayMs);
    assert.equal(FakeSocket.all.length, attempt + 2);
  }
});

scenario("an idle connection is pinged every 4 minutes, and given up when no answer comes", (quartet) => {
  quartet.warm();
  const socket = latest().open();
  advance(4 * 60_000);
  assert.equal(socket.of("ping").length, 1);
  socket.hear({ type: "pong" });
  advance(4 * 60_000);
  assert.equal(socket.of("ping").length, 2);
  advance(10_000);
  assert.equal(socket.readyState, 3);
});

scenario("a refused generate is reported with its code and field, and not sent again", (quartet, events) => {
  quartet.generate(PARAMS);
  latest().open().hear({ type: "error", value: "Too long.", data: { code: "too_large", field: "prompt.text" } });
  assert.deepEqual(events.find(({ event }) => event === "refused"), { event: "refused", phase: "generate", value: "Too long.", code: "too_large", field: "prompt.text", quota: null });
  advance(60_000);
  assert.equal(latest().of("generate").length, 1);
});

scenario("a generation that was deleted is told of once, also when it had ended, and not followed any more", (quartet, events) => {
  quartet.follow("G", 1);
  const gone = { type: "error", generationId: "G", value: "This generation was deleted.", data: { code: "not_found", field: "generationId" } };
  latest().open().hear(chunk("G", 0, 0, "a"), complete("G", 0, 1), done("G"));
  assert.equal(quartet.isActive, false);
  latest().hear({ ...gone, generationId: "OTHER" }, gone, gone);
  assert.deepEqual(events.filter(({ event }) => event === "deleted"), [{ event: "deleted", id: "G" }]);
  assert.equal(quartet.generationId, null);
});

test("a generation is deleted by whoever may; that it was gone before is as good", async () => {
  const asked = [];
  const answering = (status, body) => async (url, { method, headers }) => {
    asked.push([method, url, headers]);
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  };
  await removeGeneration("a/b", { token: "t", fetchFunction: answering(204) });
  await removeGeneration("G", { api: "https://api.test", fetchFunction: answering(404, { error: { code: "not_found" } }) });
  assert.deepEqual(asked, [
    ["DELETE", "/api/generations/a%2Fb", { authorization: "Bearer t" }], ["DELETE", "https://api.test/api/generations/G", {}],
  ]);
  const refused = answering(401, { error: { code: "unauthorized", message: "Say who you are." } });
  await assert.rejects(removeGeneration("G", { fetchFunction: refused }), { status: 401, code: "unauthorized", message: "Say who you are." });
  const unreachable = async () => { throw new TypeError("no"); };
  await assert.rejects(removeGeneration("G", { fetchFunction: unreachable }), { status: 0, code: "unreachable" });
});

scenario("the gateway's own error frame makes an unanswered generate go out again after a pause", (quartet) => {
  quartet.generate(PARAMS);
  latest().open().hear({ message: "Internal server error", connectionId: "c", requestId: "r" });
  assert.equal(latest().of("generate").length, 1);
  advance(1_200);
  assert.equal(latest().of("generate").length, 2);
});

scenario("API Gateway's own errors are answered with a repeat, each time later", (quartet) => {
  quartet.follow("g1", 2);
  latest().open();
  const resumes = () => latest().of("resume").length;
  assert.equal(resumes(), 1);
  latest().hear({ message: "Internal server error" });
  advance(1_200);
  assert.equal(resumes(), 2);
  latest().hear({ message: "Internal server error" });
  advance(1_200);
  assert.equal(resumes(), 2);
  advance(1_000);
  assert.equal(resumes(), 3);
  latest().hear(chunk("g1", 0, 0, "a"), { message: "Internal server error" });
  advance(1_200);
  assert.equal(resumes(), 4);
});

test("a token goes along as a subprotocol, which no log keeps, and in the address only where it cannot be one", () => {
  const opened = (options) => {
    let handshake = null;
    class Listening extends FakeSocket {
      constructor(...given) {
        super();
        handshake = given;
      }
    }
    const quartet = new Quartet("ws://quartet.test/generate-code", { WebSocketClass: Listening, ...options });
    quartet.warm();
    quartet.close();
    return handshake;
  };
  const url = "ws://quartet.test/generate-code";
  assert.deepEqual(opened({}), [url]);
  assert.deepEqual(opened({ token: "a.b-c" }), [url, ["quartet", "a.b-c"]]);
  assert.deepEqual(opened({ token: "a b&c" }), [`${url}?token=a+b%26c`]);
  assert.deepEqual(opened({ share: "G.0a" }), [`${url}?share=G.0a`]);
  assert.deepEqual(opened({ token: "t", share: "G.0a" }), [url, ["quartet", "t"]], "who has both is somebody, and is shown what the link shows");
});

scenario("a guest shows the link's token with every resume", (quartet) => {
  const guest = new Quartet("ws://quartet.test/generate-code", { WebSocketClass: FakeSocket, share: "G.0a" });
  guest.follow("G", 1);
  assert.deepEqual(latest().open().of("resume"), [{ action: "resume", generationId: "G", cursors: [], share: "G.0a" }]);
  guest.close();
});

test("who signs in anew is connected anew, and goes on where they were", () => {
  FakeSocket.all = [];
  let token = "old";
  const quartet = new Quartet("ws://quartet.test/generate-code", { WebSocketClass: FakeSocket, identity: () => ({ token }) });
  quartet.follow("G", 1);
  const first = latest().open();
  token = "new";
  quartet.renew();
  assert.equal(first.readyState, 3);
  assert.equal(latest().open().of("resume").length, 1);
  quartet.close();
});
