// Deletes a generation with everything that was kept of it, also while it is being written. No DOM.

const TIMEOUT_MS = 15_000;

/** Resolves once it is gone; that it was gone before is as good. `api`: the HTTP API's origin, where it is not the page's own; `token`:
 *  who asks. Rejects with an Error that has the answer's `status` (0 if there was none) and `code`, after which it may be gone. */
export async function removeGeneration(generationId, { api = "", token = null, fetchFunction = (...request) => globalThis.fetch(...request) } = {}) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const url = `${api}/api/generations/${encodeURIComponent(generationId)}`;
  const response = await fetchFunction(url, { method: "DELETE", headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  if (response?.ok || response?.status === 404) return;
  const { code = "unreachable", message = "The server cannot be reached.", field } = (await response?.json().catch(() => null))?.error ?? {};
  throw Object.assign(new Error(message), { status: response?.status ?? 0, code, field });
}
