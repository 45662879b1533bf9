// The generate that has been sent but not acknowledged, kept over a reload of this tab.

const KEY = "quartet.unsent";
const LONGEST_AGE_MS = 10 * 60_000;

export function rememberUnsent(requestId, params, title) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ requestId, params, title, at: Date.now() }));
  } catch {
    // Storage may be forbidden or full; then a reload within this one second is not covered.
  }
}

export function forgetUnsent() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

export function unsent() {
  try {
    const entry = JSON.parse(sessionStorage.getItem(KEY));
    return entry !== null && Date.now() - entry.at < LONGEST_AGE_MS ? entry : null;
  } catch {
    return null;
  }
}
