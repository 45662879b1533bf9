// What can be done with a page: copy it, open it, take it along as a file or with its pictures, and say that it is the best.

import { isAsked } from "./identity.js";
import { exportPage, openableUrl, variantPath } from "./http.js";
import { withPictures } from "./pictures.js";
import { t } from "./texts.js";

const SAID_FOR_MS = 1_500;

export class PaneKeep {
  #part;
  #source = null;
  #text = "";
  #model = "";
  #say;

  /** `onPick` gets the index and whether it is picked; `say` takes a problem for people. */
  constructor(element, index, { onPick, say }) {
    this.#part = (name) => element.querySelector(`.${name}`);
    this.#say = say;
    this.#part("copy").addEventListener("click", () => this.#copy());
    this.#part("download").addEventListener("click", () => this.#download());
    this.#part("open").addEventListener("click", (event) => this.#open(event));
    this.#part("zip").addEventListener("click", () => this.#zip());
    this.#part("pick").addEventListener("click", () => onPick(index, !this.isPicked));
  }

  get isPicked() {
    return this.#part("pick").getAttribute("aria-pressed") === "true";
  }

  setPicked(isPicked) {
    this.#part("pick").setAttribute("aria-pressed", String(isPicked));
  }

  setModel(model) {
    this.#model = model;
    const labels = { copy: "pane.copyOf", open: "pane.openOf", download: "pane.downloadOf", zip: "pane.zipOf", pick: "pane.pickOf" };
    for (const [name, key] of Object.entries(labels)) this.#part(name).setAttribute("aria-label", t(key, { model }));
  }

  /** Text that is not whole can be copied already. */
  setText(text) {
    this.#text = text;
    this.#part("copy").hidden = text === "";
  }

  /** The page is whole and lies under its address. */
  setWhole({ generationId, variantIndex }) {
    this.#source = { generationId, variantIndex };
    this.#part("open").href = variantPath(generationId, variantIndex);
    this.#show(["open", "download", "zip", "pick"]);
  }

  /** Nothing lies under its address any more; what is shown can be kept as it is. */
  setGone() {
    const isWhole = this.#source !== null;
    this.#show(isWhole ? ["download"] : []);
  }

  setUnfinished() {
    this.#source = null;
    this.#show([]);
  }

  #show(names) {
    for (const name of ["open", "download", "zip", "pick"]) this.#part(name).hidden = !names.includes(name);
  }

  #fileName() {
    const safe = this.#model.replace(/[^\w.-]+/g, "-").slice(0, 60);
    return `quartet-${String(this.#source?.generationId ?? "page").slice(0, 8)}-${safe}`;
  }

  async #copy() {
    const isCopied = await navigator.clipboard?.writeText(this.#text).then(() => true, () => false);
    const button = this.#part("copy");
    button.dataset.said = isCopied ? t("pane.copied") : t("pane.notAllowed");
    document.getElementById("announcer").textContent = button.dataset.said;
    setTimeout(() => { delete button.dataset.said; }, SAID_FOR_MS);
  }

  // A tab of its own shows no token.
  async #open(event) {
    if (!isAsked()) return;
    event.preventDefault();
    try {
      globalThis.open(await openableUrl(this.#source.generationId, this.#source.variantIndex), "_blank", "noopener");
      this.#say("");
    } catch (problem) {
      this.#say(problem.message);
    }
  }

  // One file, with the pictures that were drawn for it inside.
  async #download() {
    save(new Blob([await withPictures(this.#text)], { type: "text/html" }), `${this.#fileName()}.html`);
  }

  async #zip() {
    const button = this.#part("zip");
    button.disabled = true;
    try {
      save(await exportPage(this.#text), `${this.#fileName()}.zip`);
      this.#say("");
    } catch (problem) {
      this.#say(t("pane.zipFailed", { problem: problem.message }));
    } finally {
      button.disabled = false;
    }
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download holds on to what it reads; a moment is enough for it to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
