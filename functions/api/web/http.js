// Quartet's HTTP interface, as far as the page needs it.

const TIMEOUT_MS = 15_000;
const CONFIG_AGAIN_MS = 2_000;

export class HttpProblem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Where the socket is and who answers, however long it takes: the page must not guess either. */
export async function awaitConfig(onFailure) {
  for (;;) {
    const config = await fetchData("/api/config").catch(() => null);
    if (config !== null) return config;
    onFailure();
    await new Promise((resolve) => { setTimeout(resolve, CONFIG_AGAIN_MS); });
  }
}

export function fetchRecord(generationId) {
  return fetchData(generationPath(generationId));
}

export function fetchHistory(next = null) {
  return fetchData(next === null ? "/api/generations" : `/api/generations?next=${encodeURIComponent(next)}`);
}

/** Stored messages of one attempt after a seq: {attempt, chunks: [{seq, type, value}], ended}. */
export function fetchChunks(generationId, variantIndex, attempt, after) {
  const query = new URLSearchParams({ attempt });
  if (after !== null) query.set("after", after);
  return fetchData(`${variantPath(generationId, variantIndex)}/chunks?${query}`);
}

/** The text of a finished page. */
export async function fetchPage(generationId, variantIndex) {
  const response = await request(variantPath(generationId, variantIndex));
  if (!response.ok) throw new HttpProblem(response.status, "http", `The server answered ${response.status}.`);
  return response.text();
}

export function variantPath(generationId, variantIndex) {
  return `${generationPath(generationId)}/variants/${encodeURIComponent(variantIndex)}`;
}

function generationPath(generationId) {
  return `/api/generations/${encodeURIComponent(generationId)}`;
}

async function fetchData(path) {
  const response = await request(path);
  const body = await response.json().catch(() => null);
  if (response.ok && body?.success === true) return body.data;
  const message = body?.error?.message ?? `The server answered ${response.status}.`;
  throw new HttpProblem(response.status, body?.error?.code ?? "http", message);
}

async function request(path) {
  try {
    return await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
  } catch {
    throw new HttpProblem(0, "unreachable", "The server cannot be reached.");
  }
}
