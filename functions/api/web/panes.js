// One pane: what one model is making, from the first word to the finished page.

import * as format from "./format.js";
import { variantPath } from "./http.js";
import { Preview } from "./preview.js";

const STATE_LABELS = { queued: "Waiting", running: "Writing", stopping: "Stopping", completed: "Done", failed: "Failed", cancelled: "Stopped" };
const AGENT_LABELS = { planner: "Planning", frontend: "Writing", images: "Making images", checks: "Checking" };
const CUT_OFF = "The model did not come to the page's end, however often it was asked to go on: the page is cut off.";
const UNSEEN_YET = "The page appears with its first words…";
const NOTHING_TO_SEE = "It ended before there was anything to see. Code shows what was written.";
const COPIED_FOR_MS = 1_500;
const CODE_EVERY_MS = 250;

export class Pane {
  #parts;
  #preview;
  #text = "";
  #isSeen = false;
  #code = document.createTextNode("");
  #codeTimer = null;
  #state = "queued";
  #startedAt = null;
  #durationMs = null;
  #details = [];
  #attempt = 1;
  #percent = { attempt: 0, value: 0 };

  constructor(template, index, { onStop }) {
    this.index = index;
    this.element = template.content.firstElementChild.cloneNode(true);
    const part = (name) => this.element.querySelector(`.${name}`);
    this.#parts = {
      model: part("pane-model"), state: part("pane-state"), progress: part("pane-progress"), placeholder: part("pane-placeholder"),
      frame: part("pane-preview"), code: part("pane-code"), error: part("pane-error"), facts: part("pane-facts"), checks: part("pane-checks"),
      showPreview: part("show-preview"), showCode: part("show-code"), copy: part("copy"), open: part("open"), stop: part("stop"),
      switch: part("switch"),
    };
    this.#parts.code.append(this.#code);
    this.#preview = new Preview(this.#parts.frame, () => this.#seen());
    this.#parts.showPreview.addEventListener("click", () => this.#show("preview"));
    this.#parts.showCode.addEventListener("click", () => this.#show("code"));
    this.#parts.copy.addEventListener("click", () => this.#copy());
    this.#parts.stop.addEventListener("click", () => onStop(index));
    this.setModel(`Variant ${index + 1}`);
    this.#setState("queued");
  }

  get state() {
    return this.#state;
  }

  get model() {
    return this.#parts.model.textContent;
  }

  get stateText() {
    return this.#parts.state.textContent;
  }

  get hasEnded() {
    return ["completed", "failed", "cancelled"].includes(this.#state);
  }

  /** Who answers may be another model than was asked for. */
  setModel(model, modelUsed = model) {
    const name = modelUsed === model ? model : `${modelUsed} for ${model}`;
    this.#parts.model.textContent = name;
    this.#parts.model.title = name;
    this.#parts.progress.setAttribute("aria-label", `Progress of ${name}`);
    this.#parts.frame.title = `Preview of ${name}`;
    this.#parts.code.setAttribute("aria-label", `Code of ${name}`);
    this.#parts.switch.setAttribute("aria-label", `View of ${name}`);
    this.#parts.stop.setAttribute("aria-label", `Stop ${name}`);
    this.#parts.copy.setAttribute("aria-label", `Copy the code of ${name}`);
    this.#parts.open.setAttribute("aria-label", `Open the page of ${name} in a new tab`);
  }

  start(startedAt) {
    this.#startedAt = startedAt;
    this.tick(Date.now());
  }

  setStatus(text, data) {
    this.#setModels(data);
    if (this.hasEnded || text === "") return;
    this.#parts.placeholder.textContent = text;
  }

  setProgress({ agent, percent, attempt = this.#attempt }) {
    if (this.hasEnded || attempt < this.#percent.attempt) return;
    this.#setState(this.#state === "stopping" ? "stopping" : "running", AGENT_LABELS[agent]);
    if (!Number.isFinite(percent)) return;
    // A worker that was replaced may still speak; within an attempt nothing goes backwards.
    const before = attempt === this.#percent.attempt ? this.#percent.value : 0;
    this.#percent = { attempt, value: Math.min(100, Math.max(before, percent)) };
    this.#parts.progress.value = this.#percent.value;
  }

  setText(text, attempt) {
    if (attempt !== this.#attempt || this.hasEnded) this.#reopen(attempt);
    this.#text = text;
    if (this.#state === "queued" && text !== "") this.#setState("running");
    if (text !== "") this.#parts.placeholder.textContent = UNSEEN_YET;
    this.#showPlaceholder();
    this.#parts.copy.hidden = text === "";
    this.#preview.render(text);
    this.#codeTimer ??= setTimeout(() => this.#writeCode(), CODE_EVERY_MS);
  }

  setStopping() {
    if (!this.hasEnded) this.#setState("stopping");
  }

  /** Takes the variantComplete or variantError that ended this variant. */
  end(message) {
    if (message.type === "variantComplete") this.#complete(message.data ?? {}, message.generationId);
    else this.#fail(message.value || "This variant failed.", message.data ?? {});
  }

  #setModels({ model, modelUsed } = {}) {
    if (model && modelUsed) this.setModel(model, modelUsed);
  }

  #complete(data, generationId) {
    this.#parts.open.href = variantPath(generationId, this.index);
    this.#parts.open.hidden = false;
    this.#parts.error.hidden = true;
    this.#showChecks(data);
    this.#end("completed", data);
  }

  #showChecks({ cutOff, checks }) {
    const messages = (Array.isArray(checks) ? checks : []).map((finding) => String(finding.message));
    if (cutOff) messages.unshift(CUT_OFF);
    this.#parts.checks.replaceChildren(...messages.map((message) => {
      const item = document.createElement("li");
      item.textContent = message;
      return item;
    }));
    this.#parts.checks.hidden = messages.length === 0;
  }

  #fail(message, { code, retryable, ...data }) {
    const isCancelled = code === "cancelled" || code === "canceled";
    const advice = retryable && !/\btry/i.test(message) ? " Trying again may help." : "";
    const kept = this.#text === "" ? "" : " What had been written is kept.";
    this.#parts.error.textContent = isCancelled ? `Stopped.${kept}` : `${message}${advice}${kept}`;
    this.#parts.error.classList.toggle("bad", !isCancelled);
    this.#parts.error.hidden = false;
    this.#parts.placeholder.textContent = this.#text === "" ? "Nothing was written." : NOTHING_TO_SEE;
    this.#end(isCancelled ? "cancelled" : "failed", data);
  }

  /** What the record knows before the messages arrive. */
  applyRecord(variant) {
    if (variant.model) this.setModel(variant.model, variant.modelUsed);
    if (variant.status === "running" && this.#state === "queued") this.#setState("running");
    if (Number.isFinite(variant.durationMs)) this.#durationMs = variant.durationMs;
  }

  tick(now) {
    const facts = [];
    if (this.#durationMs !== null) facts.push(format.duration(this.#durationMs));
    else if (this.#startedAt !== null && !this.hasEnded) facts.push(format.duration(now - this.#startedAt));
    if (this.#text !== "") facts.push(format.size(this.#text));
    if (this.#attempt > 1) facts.push(`attempt ${this.#attempt}`);
    this.#parts.facts.textContent = [...facts, ...this.#details].map(unbroken).join("  ·  ");
  }

  // After an attempt that died, the next one writes its own text from the start.
  #reopen(attempt) {
    if (attempt !== this.#attempt) {
      this.#attempt = attempt;
      this.#isSeen = false;
      this.#preview.restart();
      this.#details = [];
      this.#durationMs = null;
      this.#parts.error.hidden = true;
      this.#parts.checks.hidden = true;
      this.#parts.placeholder.textContent = "Starting again…";
      this.#parts.progress.removeAttribute("value");
      this.#setState("queued");
    }
  }

  #end(state, { durationMs, usage, costUsd, model, modelUsed }) {
    this.#setModels({ model, modelUsed });
    if (Number.isFinite(durationMs)) this.#durationMs = durationMs;
    else if (this.#startedAt !== null) this.#durationMs ??= Date.now() - this.#startedAt;
    this.#details = [format.tokens(usage), format.cost(costUsd)].filter((detail) => detail !== null);
    this.#setState(state);
    if (state === "completed") this.#preview.finish();
    this.tick(Date.now());
  }

  #setState(state, label = STATE_LABELS[state]) {
    this.#state = state;
    if ((this.hasEnded || state === "stopping") && document.activeElement === this.#parts.stop) this.#parts.model.focus({ preventScroll: true });
    this.element.dataset.state = state;
    this.#parts.state.textContent = state === "stopping" ? STATE_LABELS.stopping : label ?? STATE_LABELS[state];
    this.#parts.stop.hidden = this.hasEnded;
    this.#parts.stop.disabled = state === "stopping";
    this.#parts.progress.hidden = this.hasEnded;
    if (state === "queued") this.#parts.placeholder.textContent ||= "Waiting for the first words…";
    this.#showPlaceholder();
  }

  #seen() {
    this.#isSeen = true;
    this.#showPlaceholder();
  }

  // A preview without anything to see would be a white hole.
  #showPlaceholder() {
    const isCode = !this.#parts.code.hidden;
    this.#parts.placeholder.hidden = this.#text !== "" && (isCode || this.#isSeen);
  }

  #show(view) {
    const isCode = view === "code";
    this.#parts.code.hidden = !isCode;
    this.#parts.frame.hidden = isCode;
    this.#parts.showCode.setAttribute("aria-pressed", String(isCode));
    this.#parts.showPreview.setAttribute("aria-pressed", String(!isCode));
    this.#preview.setVisible(!isCode);
    this.#showPlaceholder();
    this.#writeCode();
  }

  #writeCode() {
    clearTimeout(this.#codeTimer);
    this.#codeTimer = null;
    const { code } = this.#parts;
    if (code.hidden || this.#code.data === this.#text) return;
    const isAtEnd = code.scrollHeight - code.scrollTop - code.clientHeight < 40;
    // Appending keeps what the reader has selected.
    if (this.#text.startsWith(this.#code.data)) this.#code.appendData(this.#text.slice(this.#code.length));
    else this.#code.data = this.#text;
    if (isAtEnd && !this.hasEnded) code.scrollTop = code.scrollHeight;
  }

  async #copy() {
    const { copy } = this.#parts;
    const isCopied = await navigator.clipboard?.writeText(this.#text).then(() => true, () => false);
    copy.textContent = isCopied ? "Copied" : "Not allowed";
    setTimeout(() => { copy.textContent = "Copy"; }, COPIED_FOR_MS);
  }
}

function unbroken(fact) {
  return fact.replaceAll(" ", "\u00a0");
}
