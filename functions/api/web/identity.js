// Who uses the page, where the server asks: somebody with a token, or a guest with a link that shows one generation. The token comes in the
// page's address (#token=…), which it is taken out of at once, or the person types it; it is kept for the tab, or for this browser if they
// say so. Generated pages have no origin, so none of them can read it there.

const KEY = "quartet.token";
const IN_ADDRESS = /^#token=([^&]+)$/;
const nowhere = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

let isServerAsking = false;
let token = null;
let share = null;
let stores = [];

/** Tells `unauthorized` when the server does not take the token (any more). */
export const identityEvents = new EventTarget();

/** Whether the server wants to know who asks. */
export function isAsked() {
  return isServerAsking;
}

/** The token to show, or null where there is none. */
export function currentToken() {
  return token;
}

/** The token of the link by which a generation is shown, or null. */
export function currentShare() {
  return share;
}

export function setShare(text) {
  share = text;
}

/** Takes up what is known, before anything is asked of the server. */
export function identify({ auth }, { address = globalThis.location, history = globalThis.history, storage = storeOf("sessionStorage"), lasting = storeOf("localStorage") } = {}) {
  isServerAsking = auth !== undefined && auth !== "none";
  if (!isServerAsking) return;
  stores = [storage, lasting];
  const [, given = null] = IN_ADDRESS.exec(address.hash) ?? [];
  if (given !== null) {
    history.replaceState(null, "", "#/");
    keepToken(decodeURIComponent(given));
  } else {
    token = storage.getItem(KEY) ?? lasting.getItem(KEY);
  }
}

/** Shows this token from now on; it is kept for the tab, or until somebody signs out here. */
export function keepToken(text, isLasting = false) {
  const [storage, lasting] = stores;
  forgetToken();
  token = text.trim() || null;
  if (token !== null) (isLasting ? lasting : storage).setItem(KEY, token);
}

export function forgetToken() {
  token = null;
  for (const store of stores) store.removeItem(KEY);
}

/** What goes with every request. */
export function credentials() {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** The server does not take the token (any more). */
export function refuseToken() {
  // A guest, who has none, cannot lose it.
  if (token === null) return;
  forgetToken();
  identityEvents.dispatchEvent(new Event("unauthorized"));
}

// Storage may be forbidden; then a token holds for as long as the page is open.
function storeOf(name) {
  try {
    return globalThis[name] ?? nowhere;
  } catch {
    return nowhere;
  }
}
