import assert from "node:assert/strict";
import { test } from "node:test";

const fresh = async () => import(`../../functions/api/web/identity.js?${Math.random()}`);

function scene(hash = "", kept = null) {
  const stored = new Map(kept === null ? [] : [["quartet.token", kept]]);
  const shown = [];
  return {
    shown,
    address: { hash },
    history: { replaceState: (_state, _title, url) => shown.push(url) },
    storage: { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value), removeItem: (key) => stored.delete(key) },
    ask: () => { throw new Error("nobody is to be asked"); },
  };
}

test("where the server asks nobody, nobody is asked", async () => {
  const { identify, currentToken, credentials } = await fresh();
  identify({ auth: "none" }, scene());
  assert.equal(currentToken(), null);
  assert.deepEqual(credentials(), {});
});

test("a token in the address is taken out of it and kept for the tab", async () => {
  const { identify, credentials } = await fresh();
  const first = scene("#token=a.b-c");
  identify({ auth: "jwt" }, first);
  assert.deepEqual(credentials(), { authorization: "Bearer a.b-c" });
  assert.deepEqual(first.shown, ["#/"]);
  assert.equal(first.storage.getItem("quartet.token"), "a.b-c");
});

test("a tab that has a token shows it, and is asked for another one once it is refused", async () => {
  const { identify, currentToken, refuseToken } = await fresh();
  const tab = scene("", "kept");
  identify({ auth: "token" }, tab);
  assert.equal(currentToken(), "kept");
  refuseToken(tab.storage);
  const again = await fresh();
  again.identify({ auth: "token" }, { ...tab, ask: () => " typed " });
  assert.equal(again.currentToken(), "typed");
});

test("who is asked and says nothing has no token", async () => {
  const { identify, currentToken } = await fresh();
  identify({ auth: "token" }, { ...scene(), ask: () => null });
  assert.equal(currentToken(), null);
});
