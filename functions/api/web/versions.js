// The versions of a page: the first one and every change of it, as the server has them, to walk back through.

import { beginning } from "./format.js";
import { fetchVersions } from "./http.js";
import { addressOf } from "./addresses.js";
import { t } from "./texts.js";

const TITLE_LENGTH = 40;

export class Versions {
  #nav;
  #list;
  #items = [];
  #asked = null;

  constructor(nav) {
    this.#nav = nav;
    this.#list = nav.querySelector("ol");
  }

  /** What was asked on the way to a generation, oldest first, without itself. */
  wishesBefore(generationId) {
    const wishes = [];
    let item = this.#items.find(({ id }) => id === generationId);
    while (item?.parent) {
      // A repetition was asked what its parent was asked.
      const isRepeat = isRepetition(item);
      item = this.#items.find(({ id }) => id === item.parent.generationId);
      if (item !== undefined && item.prompt !== "" && !isRepeat) wishes.unshift(item.prompt);
    }
    return wishes;
  }

  clear() {
    this.#asked = null;
    this.#items = [];
    this.#nav.hidden = true;
    this.#list.replaceChildren();
  }

  /** Shows the line of a generation; resolves to its versions, or to none if they cannot be had or are not wanted any more. */
  async show(generationId) {
    this.#asked = generationId;
    const versions = await fetchVersions(generationId).catch(() => null);
    if (versions === null || this.#asked !== generationId) return [];
    this.#items = versions.items;
    this.#list.replaceChildren(...versions.items.map((item, place) => this.#row(item, place, item.id === generationId)));
    this.#nav.hidden = versions.items.length < 2;
    this.#list.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
    return this.#items;
  }

  #row(item, place, isShown) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = addressOf(item.id);
    const title = beginning(nameOf(item), TITLE_LENGTH);
    link.textContent = `${place + 1}. ${title}`;
    link.title = nameOf(item);
    if (isShown) link.setAttribute("aria-current", "page");
    row.append(link);
    return row;
  }
}

/** Whether a version asks some models of that generation once more. */
export function isRepeatOf(version, generationId) {
  return isRepetition(version) && version.parent.generationId === generationId;
}

function isRepetition({ parent }) {
  return parent !== null && parent !== undefined && parent.variantIndex === null;
}

function nameOf(version) {
  const { prompt, models } = version;
  if (isRepetition(version)) return t("versions.repeat", { models: models.join(", ") });
  return prompt || t("start.fromScreenshots");
}
