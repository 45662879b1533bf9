// What was sent and received lately, for a bug report: kinds, sizes and times, never the texts of a person or of a model.

const ENTRIES_MOST = 400;
const WORDS_LONGEST = 160;
const entries = [];

/** Notes an event: `direction` is `>` for sent, `<` for received and `-` for what happened here. */
export function note(direction, what, details = "") {
  entries.push({ at: Date.now(), direction, what, details: String(details).slice(0, WORDS_LONGEST) });
  if (entries.length > ENTRIES_MOST) entries.shift();
}

/** Notes a message of the socket: its kind and place, and how long it is. */
export function noteMessage(direction, message, length) {
  const { type, action, variantIndex, attempt, seq, data } = message;
  const place = [variantIndex, attempt, seq].filter((part) => part !== undefined).join("/");
  note(direction, `socket ${type ?? action ?? "?"}`, [place, `${length} characters`, data?.code].filter(Boolean).join(", "));
}

/** The facts and the events as one text, oldest first. */
export function report(facts) {
  const lines = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  const events = entries.map(({ at, direction, what, details }) => {
    return `${new Date(at).toISOString().slice(11, 23)} ${direction} ${what}${details === "" ? "" : ` (${details})`}`;
  });
  return [...lines, "", ...events].join("\n");
}
