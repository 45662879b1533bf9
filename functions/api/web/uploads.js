// Brings to the bucket what is too large for a message, and names it afterwards: POST /api/uploads permits one PUT, the PUT
// goes to S3, and a message then carries `upload:ID`. No DOM.

const PERMIT_TIMEOUT_MS = 15_000;
const PUT_TIMEOUT_MS = 4 * 60_000; // a permission holds for five minutes
const TRIES = 3;
const FIRST_PAUSE_MS = 500;
const ALREADY_THERE = 412; // the PUT before has had its effect; only its answer was lost

/** Why something could not be uploaded: `code` and `field` as the server names them, or `upload_failed`. */
export class UploadProblem extends Error {
  constructor(message, { code = "upload_failed", field = null, isFinal = false } = {}) {
    super(message);
    this.code = code;
    this.field = field;
    this.isFinal = isFinal;
  }
}

export class Uploads {
  #api;
  #fetch;
  #identity;
  #references = new WeakMap();

  /** `api`: the HTTP API's origin, where it is not the page's own; `identity` gives who asks, where the server asks: {token}. */
  constructor({ api = "", identity = () => ({}), fetchFunction = (...request) => globalThis.fetch(...request) } = {}) {
    this.#api = api;
    this.#identity = identity;
    this.#fetch = fetchFunction;
  }

  /** Uploads a blob and resolves to its reference. The same blob is uploaded once, so that a repeated request is the same. */
  upload(blob, contentType = blob.type) {
    let reference = this.#references.get(blob);
    if (reference === undefined) {
      reference = this.#persist(blob, contentType);
      this.#references.set(blob, reference);
      reference.catch(() => this.#references.delete(blob));
    }
    return reference;
  }

  async #persist(blob, contentType) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(blob, contentType);
      } catch (problem) {
        if (problem.isFinal || attempt === TRIES) throw problem;
      }
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
    }
  }

  async #once(blob, contentType) {
    const permit = await this.#permit(contentType, blob.size);
    const { url, method, headers } = permit;
    const response = await this.#request(url, { method, headers, body: blob, signal: AbortSignal.timeout(PUT_TIMEOUT_MS) });
    if (response.ok || response.status === ALREADY_THERE) return permit.reference;
    throw new UploadProblem(`The upload was answered with ${response.status}.`);
  }

  async #permit(contentType, bytes) {
    const { token = null } = this.#identity();
    const response = await this.#request(`${this.#api}/api/uploads`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ contentType, bytes }),
      signal: AbortSignal.timeout(PERMIT_TIMEOUT_MS),
    });
    const body = await response.json().catch(() => null);
    if (response.ok && body?.success === true) return body.data;
    const { message = `The server answered ${response.status}.`, code, field } = body?.error ?? {};
    throw new UploadProblem(message, { code, field, isFinal: response.status >= 400 && response.status < 500 });
  }

  async #request(url, options) {
    try {
      return await this.#fetch(url, options);
    } catch {
      throw new UploadProblem("The upload did not get through.");
    }
  }
}
