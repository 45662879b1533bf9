import assert from "node:assert/strict";
import { test } from "node:test";

import { compose, fitting, FRAME_BYTES } from "../../functions/api/web/compose.js";
import { Quartet } from "../../functions/api/web/quartet.js";
import { Uploads } from "../../functions/api/web/uploads.js";

/** The server's two halves: it permits, and it takes. `answers` are the statuses of the PUTs to come, 200 when they run out. */
class FakeServer {
  permits = [];
  puts = [];

  constructor(answers = []) {
    this.answers = answers;
  }

  fetchFunction = async (url, { method, headers, body }) => {
    if (method === "POST") {
      const wanted = JSON.parse(body);
      if (wanted.bytes > 1_000_000) {
        return Response.json({ success: false, error: { code: "too_large", field: "bytes", message: "Too large." } }, { status: 413 });
      }
      this.permits.push(wanted);
      const reference = `upload:${this.permits.length}`;
      const permit = { reference, method: "PUT", url: `https://bucket.test/${this.permits.length}`, headers: { "content-type": wanted.contentType, "if-none-match": "*" } };
      return Response.json({ success: true, data: permit }, { status: 201 });
    }
    const status = this.answers.shift() ?? 200;
    if (status === "broken") throw new TypeError("network");
    this.puts.push({ url, method, headers, bytes: body.size, text: await body.text() });
    return new Response(null, { status });
  };
}

const image = (bytes, type = "image/png") => new File([new Uint8Array(bytes)], "shot.png", { type });
const asking = (images, text = "cats") => ({ action: "generate", requestId: "r", prompt: { text, images } });

test("a small image travels in the message", async () => {
  const server = new FakeServer();
  const message = await compose(asking([image(3, "image/webp")]), new Uploads(server));
  assert.deepEqual(message.prompt.images, ["data:image/webp;base64,AAAA"]);
  assert.equal(server.permits.length, 0);
});

test("images that fill a frame are uploaded, each under its permission's terms, and named in their order", async () => {
  const server = new FakeServer();
  const message = await compose(asking([image(40_000), image(5, "image/gif"), "upload:earlier"]), new Uploads(server));
  assert.deepEqual(message, asking(["upload:1", "upload:2", "upload:earlier"]));
  assert.deepEqual(server.permits, [{ contentType: "image/png", bytes: 40_000 }, { contentType: "image/gif", bytes: 5 }]);
  assert.deepEqual(server.puts[0].headers, { "content-type": "image/png", "if-none-match": "*" });
  assert.equal(server.puts[0].method, "PUT");
  assert.equal(server.puts[0].bytes, 40_000);
});

test("a text too long for a frame goes as an uploaded request, which holds all but the key", async () => {
  const server = new FakeServer();
  const message = await compose(asking([], "x".repeat(40_000)), new Uploads(server));
  assert.deepEqual(message, { action: "generate", requestId: "r", requestRef: "upload:1" });
  assert.deepEqual(server.permits[0].contentType, "application/json");
  assert.deepEqual(JSON.parse(server.puts[0].text), { prompt: { text: "x".repeat(40_000), images: [] } });
});

test("images of the history are uploaded too, also those that were data URLs", async () => {
  const server = new FakeServer();
  const url = `data:image/png;base64,${"A".repeat(40_000)}`;
  const message = await compose({ ...asking([]), history: [{ role: "user", text: "a", images: [url] }] }, new Uploads(server));
  assert.deepEqual(message.history, [{ role: "user", text: "a", images: ["upload:1"] }]);
  assert.deepEqual(server.permits, [{ contentType: "image/png", bytes: 30_000 }]);
});

test("what fits a frame to the last byte is sent as it is", () => {
  const empty = new Blob([JSON.stringify(asking([], ""))]).size;
  const message = asking([], "x".repeat(FRAME_BYTES - empty));
  assert.equal(fitting(message), message);
  assert.equal(fitting(asking([], "x".repeat(FRAME_BYTES - empty + 1))), null);
});

test("an upload that breaks off is tried again, and one whose answer was lost counts as done", async () => {
  const server = new FakeServer(["broken", 503, 412]);
  assert.equal(await new Uploads(server).upload(image(9)), "upload:3");
  assert.equal(server.puts.length, 2);
});

test("an upload that does not get through in three tries, or is refused, says so by field", async () => {
  const broken = compose(asking([image(40_000)]), new Uploads(new FakeServer(["broken", "broken", "broken"])));
  await assert.rejects(broken, { code: "upload_failed", field: "prompt.images[0]" });
  const server = new FakeServer();
  await assert.rejects(compose(asking([image(5), image(1_000_001)]), new Uploads(server)), { code: "too_large", field: "prompt.images[1]" });
});

test("the same file is uploaded once, so that a repeated request is the same request", async () => {
  const server = new FakeServer();
  const uploads = new Uploads(server);
  const file = image(40_000);
  const first = await compose(asking([file]), uploads);
  assert.deepEqual(await compose(asking([file]), uploads), first);
  assert.equal(server.puts.length, 1);
});

class FakeSocket extends EventTarget {
  static latest = null;
  readyState = 1;
  sent = [];

  constructor() {
    super();
    FakeSocket.latest = this;
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }
}

function started(server) {
  const quartet = new Quartet("ws://quartet.test/generate-code", { WebSocketClass: FakeSocket, fetchFunction: server.fetchFunction });
  const heard = (type) => new Promise((resolve) => { quartet.addEventListener(type, ({ detail }) => resolve(detail), { once: true }); });
  return { quartet, heard };
}

test("a generate with a large file is sent once its upload is there, and its params can be sent again after a reload", async () => {
  const { quartet, heard } = started(new FakeServer());
  const prepared = heard("prepared");
  const requestId = quartet.generate({ prompt: { text: "", images: [image(40_000)] }, variants: 2 });
  const detail = await prepared;
  assert.deepEqual(detail, { requestId, params: { prompt: { text: "", images: ["upload:1"] }, variants: 2 } });
  assert.deepEqual(FakeSocket.latest.sent, [{ action: "generate", requestId, ...detail.params }]);
  quartet.close();
});

test("a generate whose upload is refused is reported, and nothing is sent", async () => {
  const { quartet, heard } = started(new FakeServer());
  const refused = heard("refused");
  quartet.generate({ prompt: { text: "", images: [image(1_000_001)] } });
  assert.deepEqual(await refused, { phase: "generate", value: "Too large.", code: "too_large", field: "prompt.images[0]" });
  assert.equal(quartet.isActive, false);
  assert.deepEqual(FakeSocket.latest.sent, []);
  quartet.close();
});

test("an upload that ends after the page has looked away sends nothing", async () => {
  const { quartet } = started(new FakeServer());
  quartet.generate({ prompt: { text: "", images: [image(40_000)] } });
  quartet.leave();
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  assert.deepEqual(FakeSocket.latest.sent, []);
  quartet.close();
});

test("a token is shown to the server that permits, and never to the bucket", async () => {
  const heard = [];
  const server = new FakeServer();
  const fetchFunction = (url, options) => {
    heard.push([options.method, options.headers.authorization]);
    return server.fetchFunction(url, options);
  };
  await new Uploads({ fetchFunction, identity: () => ({ token: "secret" }) }).upload(image(30));
  await new Uploads({ fetchFunction }).upload(image(30));
  assert.deepEqual(heard, [["POST", "Bearer secret"], ["PUT", undefined], ["POST", undefined], ["PUT", undefined]]);
});
