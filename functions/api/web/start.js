// Where a page begins: the words, the screenshots, the stack, or a page that is brought along.

import { Attachments, describe } from "./attachments.js";
import { listenToImport } from "./dialogs.js";
import { importedPage, newPage } from "./requests.js";
import { t } from "./texts.js";

const part = (id) => document.getElementById(id);

export class Start {
  #attachments;

  constructor() {
    this.#attachments = new Attachments({
      list: part("attachments"), input: part("files"), button: part("attach"), target: part("composer"),
      say: (text) => this.notice(text),
    });
    this.#attachments.addEventListener("change", () => { part("prompt").required = this.#attachments.files.length === 0; });
  }

  get isHidden() {
    return part("start").hidden;
  }

  /** `onSend` gets the params, a title and what tells this request from another one; `onTouch` is called when somebody begins. */
  listen({ onSend, onTouch }) {
    part("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#generate(onSend);
    });
    part("prompt").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      part("composer").requestSubmit();
    });
    part("prompt").addEventListener("input", onTouch, { once: true });
    // A picture that is pasted anywhere on the start page is meant for it.
    document.addEventListener("paste", (event) => {
      if (!this.isHidden && event.target === document.body) this.#attachments.take(event, event.clipboardData);
    });
    const openImport = listenToImport(({ code, wish }) => onSend(importedPage({ code, wish, stack: part("stack").value }), wish, null));
    this.#attachments.addEventListener("page", ({ detail }) => openImport(detail));
    for (const id of ["attach", "import", "generate"]) part(id).disabled = false;
  }

  show() {
    part("start").hidden = false;
  }

  hide() {
    part("start").hidden = true;
  }

  focus() {
    part("prompt").focus();
  }

  notice(text) {
    part("composer-error").textContent = text;
    part("composer-error").hidden = text === "";
  }

  /** What was written and added has been accepted. */
  clear() {
    this.#attachments.clear();
    part("prompt").value = "";
  }

  #generate(onSend) {
    const text = part("prompt").value.trim();
    const images = this.#attachments.files;
    if (text === "" && images.length === 0) return;
    const params = newPage({ text, images, stack: part("stack").value });
    onSend(params, text || t("start.fromScreenshots"), JSON.stringify([params, describe(images)]));
  }
}
