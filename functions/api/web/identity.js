// Who uses the page, where the server asks: a token, kept for this tab. It comes in the page's address (#token=…), which it is taken
// out of at once, or the person is asked for it.

const KEY = "quartet.token";
const IN_ADDRESS = /^#token=([^&]+)$/;

let token = null;

/** The token to show, or null where the server asks nobody. */
export function currentToken() {
  return token;
}

/** Finds out who uses the page, before anything is asked of a server that wants to know. */
export function identify({ auth }, { ask, address = globalThis.location, history = globalThis.history, storage = globalThis.sessionStorage }) {
  if (auth === undefined || auth === "none") return;
  const [, given = null] = IN_ADDRESS.exec(address.hash) ?? [];
  if (given !== null) history.replaceState(null, "", "#/");
  token = (given !== null ? decodeURIComponent(given) : storage.getItem(KEY) ?? ask())?.trim() || null;
  if (token !== null) storage.setItem(KEY, token);
}

/** What goes with every request. */
export function credentials() {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** The token is not good (any more): the next load of the page asks for another one. */
export function refuseToken(storage = globalThis.sessionStorage) {
  if (token !== null) storage.removeItem(KEY);
}
