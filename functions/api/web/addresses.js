// Where the page shows what: its address names it, so that a reload, a bookmark or another device finds it again.

export const START = "#/";
export const TALLY = "#/tally";

/** Where the page shows a generation. */
export function addressOf(generationId) {
  return `#/g/${encodeURIComponent(generationId)}`;
}

/** Where the page shows a generation to whoever has a link's token, which is the generation's id, a dot and a secret. */
export function sharedAddressOf(token) {
  return `/#/s/${encodeURIComponent(token)}`;
}

/** The token of the link that an address is, or null. */
export function shared(hash = location.hash) {
  return decoded(/^#\/s\/([^/]+)$/.exec(hash));
}

/** The generation that an address names, or null. */
export function addressed(hash = location.hash) {
  return shared(hash)?.split(".")[0] ?? decoded(/^#\/g\/([^/]+)$/.exec(hash));
}

function decoded(match) {
  const [, name = null] = match ?? [];
  try {
    return name === null ? null : decodeURIComponent(name);
  } catch {
    return name;
  }
}
