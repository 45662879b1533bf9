// The list of earlier generations.

import { ago, instant } from "./format.js";
import { fetchHistory } from "./http.js";

const STATUS_LABELS = { completed: "Done", partial: "Partly done", failed: "Failed", cancelled: "Stopped", running: "Writing", queued: "Waiting" };
const LONGEST_PROMPT = 160;

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
  link.href = `#/g/${encodeURIComponent(item.id)}`;
  link.append(
    span("history-prompt", shorten(promptText(item.prompt))),
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

export function promptText(prompt) {
  return typeof prompt === "string" ? prompt : prompt?.text ?? "";
}

function shorten(text) {
  return text.length > LONGEST_PROMPT ? `${text.slice(0, LONGEST_PROMPT)}…` : text || "(no description)";
}
