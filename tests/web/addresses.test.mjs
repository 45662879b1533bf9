import assert from "node:assert/strict";
import { test } from "node:test";

import { addressed, addressOf, shared, sharedAddressOf } from "../../functions/api/web/addresses.js";

const SECRET = "0a".repeat(32);

test("a generation is found again under its address, and nothing under another one", () => {
  assert.equal(addressed(addressOf("a/b")), "a/b");
  assert.equal(shared(addressOf("a")), null);
  for (const hash of ["", "#/", "#/tally", "#/g/", "#/g/a/b", "#/s/", "#token=x"]) assert.deepEqual([addressed(hash), shared(hash)], [null, null], hash);
});

test("a link's address names its token, and the generation that it shows", () => {
  const hash = new URL(sharedAddressOf(`G.${SECRET}`), "http://quartet.test/").hash;
  assert.deepEqual([shared(hash), addressed(hash)], [`G.${SECRET}`, "G"]);
});
