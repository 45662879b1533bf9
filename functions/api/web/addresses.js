// Where the page shows what: its address names it, so that a reload, a bookmark or another device finds it again.

export const START = "#/";
export const TALLY = "#/tally";

/** Where the page shows a generation. */
export function addressOf(generationId) {
  return `#/g/${encodeURIComponent(generationId)}`;
}

/** The generation that an address names, or null. */
export function addressed(hash = location.hash) {
  const [, name = null] = /^#\/g\/([^/]+)$/.exec(hash) ?? [];
  try {
    return name === null ? null : decodeURIComponent(name);
  } catch {
    return name;
  }
}
