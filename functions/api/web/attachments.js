// The screenshots of the composer: chosen, pasted or dropped, shown small, and taken away again.

import { IMAGES_MOST, IMAGE_TYPES } from "./compose.js";
import { t } from "./texts.js";

export class Attachments extends EventTarget {
  #files = [];
  #rows = new Map();
  #list;
  #say;

  /** Events: `change`, and `page` with an HTML file that came instead of images. `say` takes a text for people, empty when there is nothing to say. */
  constructor({ list, input, button, target, say }) {
    super();
    this.#list = list;
    this.#say = say;
    input.accept = IMAGE_TYPES.join(",");
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = ""; // so that the same file can be chosen again
    });
    target.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    target.addEventListener("dragover", (event) => this.#hover(event, target));
    target.addEventListener("dragleave", () => target.classList.remove("dropping"));
    target.addEventListener("drop", (event) => {
      target.classList.remove("dropping");
      this.take(event, event.dataTransfer);
    });
  }

  get files() {
    return [...this.#files];
  }

  /** Adds what are images, up to the limit, and says what was left out. */
  add(files) {
    const page = [...files].find((file) => file.type === "text/html");
    if (page !== undefined) {
      this.dispatchEvent(new CustomEvent("page", { detail: page }));
      return;
    }
    const images = [...files].filter((file) => IMAGE_TYPES.includes(file.type));
    const room = IMAGES_MOST - this.#files.length;
    this.#files.push(...images.slice(0, room));
    if (images.length > room) this.#say(t("start.tooMany", { most: IMAGES_MOST }));
    else if (images.length < files.length) this.#say(t("start.notImages"));
    else this.#say("");
    this.#show();
  }

  clear() {
    this.#files = [];
    this.#show();
  }

  /** Takes the images of a paste or a drop. */
  take(event, data) {
    // A copied table or a page's text comes with a picture of itself; then the text is what is meant.
    if (data === null || data.files.length === 0 || (event.type === "paste" && data.types.includes("text/plain"))) return;
    event.preventDefault();
    this.add(data.files);
  }

  #hover(event, target) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    target.classList.add("dropping");
  }

  #show() {
    for (const [file, row] of this.#rows) {
      if (this.#files.includes(file)) continue;
      URL.revokeObjectURL(row.querySelector("img").src);
      this.#rows.delete(file);
    }
    for (const file of this.#files) if (!this.#rows.has(file)) this.#rows.set(file, this.#row(file));
    this.#list.replaceChildren(...this.#rows.values());
    this.#list.hidden = this.#files.length === 0;
    this.dispatchEvent(new Event("change"));
  }

  #row(file) {
    const row = document.createElement("li");
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name || t("start.screenshot");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", t("start.remove", { name: image.alt }));
    remove.addEventListener("click", () => {
      this.#files = this.#files.filter((other) => other !== file);
      this.#show();
    });
    row.append(image, remove);
    return row;
  }
}

/** Tells files apart without reading them. */
export function describe(files) {
  return files.map(({ name, size, type, lastModified }) => [name, size, type, lastModified]);
}
