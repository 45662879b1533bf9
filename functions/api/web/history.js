// The list of earlier generations.

import { ago, beginning, instant } from "./format.js";
import { fetchHistory } from "./http.js";

const STATUS_LABELS = { completed: "Done", partial: "Partly done", failed: "Failed", cancelled: "Stopped", running: "Writing", queued: "Waiting" };
const LONGEST_PROMPT = 160;
const TITLE_LENGTH = 120; // of a longer prompt the server's records keep this much

export class History {
  #list;
  #note;
  #more;
  #next = null;

  constructor({ list, note, more }) {
    this.#list = list;
    this.#note = note;
    this.#more = more;
    more.addEventListener("click", () => this.#load(this.#next));
  }

  refresh() {
    return this.#load(null);
  }

  #load(next) {
    return fetchHistory(next).then(
      (page) => this.#show(page, next !== null),
      (problem) => this.#say(`The list could not be loaded: ${problem.message}`),
    );
  }

  #show({ items, next }, isContinuation) {
    const rows = items.map(makeRow);
    if (isContinuation) this.#list.append(...rows);
    else this.#list.replaceChildren(...rows);
    // The button may be about to go, and the focus with it.
    if (isContinuation) rows[0]?.firstElementChild.focus({ preventScroll: true });
    this.#next = next ?? null;
    this.#more.hidden = this.#next === null;
    this.#say(this.#list.childElementCount === 0 ? "Nothing yet. What you generate will be listed here." : "");
  }

  #say(text) {
    this.#note.textContent = text;
    this.#note.hidden = text === "";
  }
}

function makeRow(item) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = addressOf(item.id);
  link.append(
    span("history-prompt", shorten(promptText(item.prompt)) || "(no description)"),
    span("history-models", (item.models ?? []).join(", ")),
    span("history-status", STATUS_LABELS[item.status] ?? String(item.status), item.status),
    span("history-time", timeText(item.created_at)),
  );
  row.append(link);
  return row;
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

/** Where the page shows a generation. */
export function addressOf(generationId) {
  return `#/g/${encodeURIComponent(generationId)}`;
}

/** The generation that the page's address names, or null. */
export function addressed() {
  const [, name = null] = /^#\/g\/([^/]+)$/.exec(location.hash) ?? [];
  try {
    return name === null ? null : decodeURIComponent(name);
  } catch {
    return name;
  }
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
