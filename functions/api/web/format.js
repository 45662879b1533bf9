// Numbers and times as people read them.

export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

export function size(text) {
  const bytes = new Blob([text]).size;
  return bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} KB`;
}

export function tokens(usage) {
  const input = usage?.inputTokens;
  const output = usage?.outputTokens;
  if (!Number.isFinite(input) || !Number.isFinite(output)) return null;
  return `${input.toLocaleString("en")} + ${output.toLocaleString("en")} tokens`;
}

export function cost(dollars) {
  if (!Number.isFinite(dollars)) return null;
  return dollars > 0 && dollars < 0.1 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
}

/** The first characters of a text; cut between characters, not between the halves of one. */
export function beginning(text, length) {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length).join("").trimEnd()}…`;
}

/** Milliseconds since 1970 of an ISO text, of seconds or of milliseconds; null if it is none of them. */
export function instant(value) {
  if (typeof value === "number") return value < 1e12 ? value * 1_000 : value;
  const parsed = Date.parse(value ?? "");
  return Number.isNaN(parsed) ? null : parsed;
}

export function ago(milliseconds, now = Date.now()) {
  const minutes = Math.floor((now - milliseconds) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return new Date(milliseconds).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
}
