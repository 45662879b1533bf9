import assert from "node:assert/strict";
import { test } from "node:test";

const fresh = async () => import(`../../functions/api/web/identity.js?${Math.random()}`);

function store(kept = null) {
  const stored = new Map(kept === null ? [] : [["quartet.token", kept]]);
  return { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value), removeItem: (key) => stored.delete(key) };
}

function scene(hash = "", kept = null, lasting = null) {
  const shown = [];
  return { shown, address: { hash }, history: { replaceState: (_state, _title, url) => shown.push(url) }, storage: store(kept), lasting: store(lasting) };
}

test("where the server asks nobody, nobody is asked", async () => {
  const { identify, isAsked, currentToken, credentials } = await fresh();
  identify({ auth: "none" }, scene("", "kept"));
  assert.deepEqual([isAsked(), currentToken(), credentials()], [false, null, {}]);
});

test("a token in the address is taken out of it and kept for the tab", async () => {
  const { identify, credentials } = await fresh();
  const first = scene("#token=a.b-c");
  identify({ auth: "jwt" }, first);
  assert.deepEqual(credentials(), { authorization: "Bearer a.b-c" });
  assert.deepEqual(first.shown, ["#/"]);
  assert.deepEqual([first.storage.getItem("quartet.token"), first.lasting.getItem("quartet.token")], ["a.b-c", null]);
});

test("a token is kept for the browser only if somebody says so", async () => {
  const { identify, keepToken, currentToken } = await fresh();
  const tab = scene();
  identify({ auth: "token" }, tab);
  assert.equal(currentToken(), null);
  keepToken(" typed ", true);
  assert.deepEqual([tab.storage.getItem("quartet.token"), tab.lasting.getItem("quartet.token")], [null, "typed"]);
  const other = await fresh();
  other.identify({ auth: "token" }, { ...scene(), lasting: tab.lasting });
  assert.equal(other.currentToken(), "typed");
});

test("a token that is refused is forgotten everywhere, and whoever listens is told", async () => {
  const { identify, currentToken, refuseToken, identityEvents } = await fresh();
  const tab = scene("", "kept", "kept");
  identify({ auth: "token" }, tab);
  let told = 0;
  identityEvents.addEventListener("unauthorized", () => { told += 1; });
  refuseToken();
  assert.deepEqual([currentToken(), tab.storage.getItem("quartet.token"), tab.lasting.getItem("quartet.token"), told], [null, null, null, 1]);
});
