// Quartet's HTTP interface, as far as the page needs it.

import { credentials, currentShare, refuseToken } from "./identity.js";
import { note } from "./journal.js";
import { explain } from "./messages.js";
import { t } from "./texts.js";

const TIMEOUT_MS = 15_000;
const EXPORT_TIMEOUT_MS = 35_000;
const OPENABLE_FOR_S = 600;
const CONFIG_AGAIN_MS = 2_000;

/** What an answer's status and code were; its message is for people. */
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

/** A page of the list: {items, next}; of those that a search finds, if there is one. */
export function fetchHistory({ next = null, search = "" } = {}) {
  const query = new URLSearchParams();
  if (next !== null) query.set("next", next);
  if (search !== "") query.set("search", search);
  return fetchData(`/api/generations${query.size === 0 ? "" : `?${query}`}`);
}

/** A generation and its changes, oldest first: {root, items}. */
export function fetchVersions(generationId) {
  return fetchData(`${generationPath(generationId)}/versions`);
}

export function fetchTally() {
  return fetchData("/api/tally");
}

export function removeGeneration(generationId) {
  return fetchData(generationPath(generationId), { method: "DELETE" });
}

/** Records which variant is the best; null takes it back. */
export function pickWinner(generationId, variantIndex) {
  return fetchData(`${generationPath(generationId)}/winner`, json("PUT", { variantIndex }));
}

/** The page and its pictures as one archive. */
export async function exportPage(code) {
  const response = await request("/api/export", json("POST", { code, baseUrl: location.origin }), EXPORT_TIMEOUT_MS);
  if (response.ok) return response.blob();
  throw await problemOf(response);
}

/** A new link to a generation, which ends after so many seconds or, with null, when it is revoked: {token, ...}. */
export function makeShare(generationId, expiresInS) {
  return fetchData(`${generationPath(generationId)}/share`, json("POST", expiresInS === null ? {} : { expiresInS }));
}

/** The links that hold: {shares: [{id, created_at, expires_at}]}. */
export function fetchShares(generationId) {
  return fetchData(`${generationPath(generationId)}/share`);
}

export function revokeShare(generationId, id) {
  return fetchData(`${generationPath(generationId)}/share/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** A picture that was drawn for a page. */
export async function fetchPicture(path) {
  const response = await request(path);
  if (response.ok) return response.blob();
  throw await problemOf(response);
}

/** Stored messages of one attempt after a seq: {attempt, chunks: [{seq, type, value}], ended}. */
export function fetchChunks(generationId, variantIndex, attempt, after) {
  const query = new URLSearchParams({ attempt });
  if (after !== null) query.set("after", after);
  return fetchData(`${variantPath(generationId, variantIndex)}/chunks?${query}`);
}

/** An address under which a browser opens a page by itself, which can show no token: a link that ends after minutes. */
export async function openableUrl(generationId, variantIndex) {
  const path = shownByLink(variantPath(generationId, variantIndex));
  if (currentShare() !== null || credentials().authorization === undefined) return path;
  const { pages } = await makeShare(generationId, OPENABLE_FOR_S);
  return pages[variantIndex] ?? path;
}

/** The text of a finished page. */
export async function fetchPage(generationId, variantIndex) {
  const response = await request(variantPath(generationId, variantIndex));
  if (!response.ok) throw new HttpProblem(response.status, "http", t("error.answered", { status: response.status }));
  return response.text();
}

export function variantPath(generationId, variantIndex) {
  return `${generationPath(generationId)}/variants/${encodeURIComponent(variantIndex)}`;
}

// With the link's token, where a generation is shown by a link.
function shownByLink(path) {
  const share = currentShare();
  if (share === null || !path.startsWith("/api/generations/")) return path;
  return `${path}${path.includes("?") ? "&" : "?"}share=${encodeURIComponent(share)}`;
}

function generationPath(generationId) {
  return `/api/generations/${encodeURIComponent(generationId)}`;
}

function json(method, body) {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function fetchData(path, options = {}) {
  const response = await request(path, options);
  if (response.status === 204) return null;
  if (!response.ok) throw await problemOf(response);
  const body = await response.json().catch(() => null);
  if (body?.success === true) return body.data;
  throw new HttpProblem(response.status, "http", t("error.answered", { status: response.status }));
}

async function problemOf(response) {
  const body = await response.json().catch(() => null);
  const { code = "http", message = t("error.answered", { status: response.status }), field, quota } = body?.error ?? {};
  return new HttpProblem(response.status, code, explain({ code, message, field, quota }));
}

async function request(path, options = {}, timeoutMs = TIMEOUT_MS) {
  const what = `${options.method ?? "GET"} ${path}`;
  const begun = performance.now();
  const took = () => `${Math.round(performance.now() - begun)} ms`;
  try {
    const headers = { ...options.headers, ...credentials() };
    const response = await fetch(shownByLink(path), { ...options, headers, signal: AbortSignal.timeout(timeoutMs), cache: "no-store" });
    note("<", what, `${response.status}, ${took()}`);
    if (response.status === 401) refuseToken();
    return response;
  } catch {
    note("<", what, `unreachable, ${took()}`);
    throw new HttpProblem(0, "unreachable", explain({ code: "unreachable" }));
  }
}
