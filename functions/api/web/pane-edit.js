// Says what should change about a pane's page, and about which of its elements.

import { beginning } from "./format.js";
import { t } from "./texts.js";

const NAME_LENGTH = 60;

export class PaneEdit {
  #part;
  #preview;
  #view;
  #element = null;
  #onEdit;

  /** `onEdit` gets {wish, element}: what should change, and the HTML of what it is about or null. */
  constructor(root, view, { onEdit }) {
    this.#part = (name) => root.querySelector(`.${name}`);
    this.#view = view;
    this.#preview = view.preview;
    this.#onEdit = onEdit;
    const wish = this.#part("edit-wish");
    this.#part("edit").addEventListener("click", () => this.#toggle());
    this.#part("edit-select").addEventListener("click", () => this.#setSelecting(!this.#isSelecting));
    this.#part("edit-unselect").addEventListener("click", () => {
      this.#setElement(null);
      wish.focus();
    });
    this.#part("pane-edit").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    wish.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#part("pane-edit").requestSubmit();
      else if (event.key === "Escape") this.#leave(event);
      else return;
      event.preventDefault();
    });
    root.addEventListener("viewchange", () => { if (view.isCode) this.#setSelecting(false); });
  }

  get #isSelecting() {
    return this.#part("edit-select").getAttribute("aria-pressed") === "true";
  }

  setModel(model, index) {
    this.#part("edit").setAttribute("aria-label", t("pane.editOf", { model }));
    const id = `edit-wish-${index}`;
    this.#part("edit-wish").id = id;
    this.#part("edit-label").htmlFor = id;
  }

  /** Only a page that is whole can be changed. */
  setAvailable(isAvailable) {
    this.#part("edit").hidden = !isAvailable;
    if (!isAvailable) this.close();
  }

  close() {
    this.#setSelecting(false);
    this.#part("pane-edit").hidden = true;
    this.#part("edit").setAttribute("aria-expanded", "false");
  }

  #toggle() {
    const isOpening = this.#part("pane-edit").hidden;
    if (!isOpening) return this.close();
    this.#part("pane-edit").hidden = false;
    this.#part("edit").setAttribute("aria-expanded", "true");
    this.#part("edit-wish").focus();
    return undefined;
  }

  #leave() {
    this.close();
    this.#part("edit").focus();
  }

  #setSelecting(isSelecting) {
    if (isSelecting === this.#isSelecting) return;
    this.#part("edit-select").setAttribute("aria-pressed", String(isSelecting));
    this.#part("edit-help").hidden = !isSelecting;
    if (isSelecting) this.#view.show("preview");
    this.#preview.select(isSelecting ? (html) => this.#selected(html) : null);
  }

  #selected(html) {
    this.#setSelecting(false);
    if (html !== null) this.#setElement(html);
    this.#part("edit-wish").focus();
  }

  #setElement(html) {
    this.#element = html;
    const line = this.#part("edit-element");
    line.hidden = html === null;
    if (html !== null) line.querySelector("span").textContent = t("edit.selected", { element: nameOf(html) });
  }

  #send() {
    const wish = this.#part("edit-wish").value.trim();
    if (wish === "") return;
    this.#onEdit({ wish, element: this.#element });
  }
}

/** An element in a few words: its tag and what it says. */
export function nameOf(html) {
  const tag = /^<([\w-]+)/.exec(html)?.[1] ?? "?";
  const words = html.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
  return words === "" ? `<${tag}>` : `<${tag}> ${beginning(words, NAME_LENGTH)}`;
}
