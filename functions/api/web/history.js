// The list of earlier generations: with a small picture of each, searched, opened and deleted.

import { addressOf } from "./addresses.js";
import { ago, beginning, instant } from "./format.js";
import { fetchHistory } from "./http.js";
import { t } from "./texts.js";
import { Thumbnails } from "./thumbnails.js";

const LONGEST_PROMPT = 160;
const TITLE_LENGTH = 120; // of a longer prompt the server's records keep this much
const SEARCH_AFTER_MS = 250;

export class History {
  #part;
  #next = null;
  #search = "";
  #turn = 0;
  #timer = null;
  #thumbnails = new Thumbnails();
  #onDelete;

  /** `parts` has list, note, more, form and search; `onDelete` gets the id and the title of what somebody wants to delete. */
  constructor(parts, { onDelete }) {
    this.#part = parts;
    this.#onDelete = onDelete;
    parts.more.addEventListener("click", () => this.#load(this.#next));
    parts.search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#find(), SEARCH_AFTER_MS);
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
    parts.list.addEventListener("click", (event) => {
      const row = event.target.closest(".history-delete")?.closest("li");
      if (row) this.#onDelete(row.dataset.id, row.querySelector(".history-prompt").textContent);
    });
  }

  refresh() {
    return this.#load(null);
  }

  #find() {
    clearTimeout(this.#timer);
    const search = this.#part.search.value.trim();
    if (search === this.#search) return;
    this.#search = search;
    this.#load(null);
  }

  async #load(next) {
    // A slow answer to an earlier question is not shown in place of a later one's.
    const turn = (this.#turn += 1);
    try {
      const page = await fetchHistory({ next, search: this.#search });
      if (turn === this.#turn) this.#show(page, next !== null);
    } catch (problem) {
      if (turn === this.#turn) this.#say(t("history.failed", { problem: problem.message }));
    }
  }

  #show({ items, next }, isContinuation) {
    const { list, more } = this.#part;
    const rows = items.map((item) => this.#row(item, isContinuation ? null : this.#rowOf(item)));
    if (isContinuation) list.append(...rows);
    else list.replaceChildren(...rows);
    // The button may be about to go, and the focus with it.
    if (isContinuation) rows[0]?.querySelector("a").focus({ preventScroll: true });
    this.#next = next ?? null;
    more.hidden = this.#next === null;
    const nothing = this.#search === "" ? "history.nothing" : "history.notFound";
    this.#say(list.childElementCount === 0 ? t(nothing) : "");
  }

  #rowOf({ id }) {
    return [...this.#part.list.children].find((row) => row.dataset.id === id) ?? null;
  }

  #row(item, before) {
    const signature = JSON.stringify([item.status, item.preview]);
    // A row that says the same stays, with its picture; only its age is told anew.
    if (before !== null && before.dataset.signature === signature) {
      before.querySelector(".history-time").textContent = timeText(item.created_at);
      return before;
    }
    const row = document.createElement("li");
    row.dataset.id = item.id;
    row.dataset.signature = signature;
    const prompt = shorten(promptText(item.prompt)) || t("history.noPrompt");
    const link = document.createElement("a");
    link.href = addressOf(item.id);
    link.append(
      this.#thumbnails.make(item),
      span("history-prompt", prompt),
      span("history-models", (item.models ?? []).join(", ")),
      span("history-status", t(`state.${item.status}`), item.status),
      span("history-time", timeText(item.created_at)),
    );
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "history-delete";
    remove.setAttribute("aria-label", t("delete.of", { prompt }));
    remove.title = t("delete.go");
    remove.append(icon("icon-delete"));
    row.append(link, remove);
    return row;
  }

  /** Takes out what is gone; the focus goes on to what stood beside it, if it was there. */
  drop(generationId) {
    const row = this.#rowOf({ id: generationId });
    if (row === null) return;
    const hadFocus = row.contains(document.activeElement);
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (hadFocus) (neighbour?.querySelector("a") ?? document.getElementById("history-title")).focus();
    if (this.#part.list.childElementCount === 0) this.#say(t("history.nothing"));
  }

  #say(text) {
    this.#part.note.textContent = text;
    this.#part.note.hidden = text === "";
  }
}

function timeText(createdAt) {
  const created = instant(createdAt);
  return created === null ? "" : ago(created);
}

function span(className, text, state = null) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  if (state !== null) element.dataset.state = state;
  return element;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#${name}`);
  picture.append(use);
  return picture;
}

export function promptText(prompt) {
  return typeof prompt === "string" ? prompt : prompt?.text ?? "";
}

/** Whether a record's prompt may be the beginning of a longer one. */
export function isCut(prompt) {
  return [...prompt].length >= TITLE_LENGTH;
}

function shorten(text) {
  return text.length === 0 ? "" : beginning(isCut(text) ? `${text}…` : text, LONGEST_PROMPT);
}
