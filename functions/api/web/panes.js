// One pane: what one model is making, from the first word to the finished page.

import * as format from "./format.js";
import { explain, finding, notice } from "./messages.js";
import { PaneEdit } from "./pane-edit.js";
import { PaneKeep } from "./pane-keep.js";
import { PaneView } from "./pane-view.js";
import { localize, t } from "./texts.js";

const ENDED = ["completed", "failed", "cancelled"];
const encoder = new TextEncoder();

export class Pane {
  #parts;
  #view;
  #keep;
  #edit;
  #text = "";
  #bytes = { length: 0, count: 0 };
  #isSeen = false;
  #state = "queued";
  #startedAt = null;
  #durationMs = null;
  #details = [];
  #attempt = 1;
  #percent = { attempt: 0, value: 0 };
  #source = null;

  /** `on` has what a person does: stop, retry, pick and edit, each with the pane's index first. */
  constructor(template, index, on) {
    this.index = index;
    this.element = template.content.firstElementChild.cloneNode(true);
    localize(this.element);
    const part = (name) => this.element.querySelector(`.${name}`);
    this.#parts = {
      model: part("pane-model"), state: part("pane-state"), progress: part("pane-progress"), placeholder: part("pane-placeholder"),
      error: part("pane-error"), problem: part("pane-problem"), facts: part("pane-facts"), checks: part("pane-checks"),
      stop: part("stop"), retry: part("retry"),
    };
    this.#view = new PaneView(this.element, index, () => this.#seen());
    this.#keep = new PaneKeep(this.element, index, { onPick: on.pick, say: (text) => this.#showProblem(text) });
    this.#edit = new PaneEdit(this.element, this.#view, { onEdit: (wish) => on.edit(index, wish) });
    this.element.addEventListener("viewchange", () => this.#showPlaceholder());
    this.#parts.stop.addEventListener("click", () => on.stop(index));
    this.#parts.retry.addEventListener("click", () => on.retry(index));
    this.setModel(t("pane.variant", { number: index + 1 }));
    this.#setState("queued");
  }

  get state() {
    return this.#state;
  }

  get text() {
    return this.#text;
  }

  /** {generationId, variantIndex} of the page, once it is whole. */
  get source() {
    return this.#source;
  }

  get model() {
    return this.#parts.model.textContent;
  }

  get stateText() {
    return this.#parts.state.textContent;
  }

  get hasEnded() {
    return ENDED.includes(this.#state);
  }

  close() {
    this.#view.close();
  }

  /** Who answers may be another model than was asked for. */
  setModel(asked, used = asked) {
    const model = used === asked ? asked : t("pane.substitute", { used, asked });
    this.#parts.model.textContent = model;
    this.#parts.model.title = model;
    this.#parts.progress.setAttribute("aria-label", t("pane.progress", { model }));
    this.#parts.stop.setAttribute("aria-label", t("pane.stopOf", { model }));
    this.#parts.retry.setAttribute("aria-label", t("pane.retryOf", { model }));
    this.#view.setModel(model);
    this.#keep.setModel(model);
    this.#edit.setModel(model, this.index);
    this.element.setAttribute("aria-label", model);
  }

  setPicked(isPicked) {
    this.#keep.setPicked(isPicked);
    this.element.classList.toggle("picked", isPicked);
  }

  start(startedAt) {
    this.#startedAt = startedAt;
    this.tick(Date.now());
  }

  setStatus(data) {
    this.#setModels(data);
    const text = notice(data);
    if (!this.hasEnded && text !== null) this.#parts.placeholder.textContent = text;
  }

  setProgress({ agent, percent, attempt = this.#attempt }) {
    if (this.hasEnded || attempt < this.#percent.attempt) return;
    this.#setState(this.#state === "stopping" ? "stopping" : "running", agent === undefined ? undefined : t(`agent.${agent}`));
    if (!Number.isFinite(percent)) return;
    // A worker that was replaced may still speak; within an attempt nothing goes backwards.
    const before = attempt === this.#percent.attempt ? this.#percent.value : 0;
    this.#percent = { attempt, value: Math.min(100, Math.max(before, percent)) };
    this.#parts.progress.value = this.#percent.value;
  }

  setText(text, attempt) {
    if (attempt !== this.#attempt) this.#reopen(attempt);
    this.#text = text;
    if (this.#state === "queued" && text !== "") this.#setState("running");
    if (text !== "") this.#parts.placeholder.textContent = t("pane.unseen");
    this.#showPlaceholder();
    this.#keep.setText(text);
    this.#view.setText(text);
  }

  /** What was here is over: the same model begins anew. */
  restart() {
    this.#text = "";
    this.#view.setText("");
    this.#keep.setText("");
    this.#percent = { attempt: 0, value: 0 };
    this.#reopen(1);
    this.#parts.placeholder.textContent = t("pane.again");
  }

  /** It cannot go on, for a reason that the server gave. */
  refuse(problem) {
    this.#showProblem(problem);
    this.#parts.retry.hidden = false;
    this.#setState("failed");
  }

  /** What only the server could do is over; what is shown stays. */
  setGone() {
    if (!this.hasEnded) this.#end("cancelled", {});
    this.#keep.setGone();
    this.#edit.setAvailable(false);
    this.#parts.retry.hidden = true;
    this.#parts.stop.hidden = true;
  }

  setStopping() {
    if (!this.hasEnded) this.#setState("stopping");
  }

  /** Takes the variantComplete or variantError that ended this variant. */
  end(message) {
    if (message.type === "variantComplete") this.#complete(message);
    else this.#fail(message.value ?? "", message.data ?? {});
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
    if (this.#text !== "") facts.push(format.size(this.#countBytes()));
    if (this.#attempt > 1) facts.push(t("pane.attempt", { number: this.#attempt }));
    const text = [...facts, ...this.#details].map(unbroken).join("  ·  ");
    if (this.#parts.facts.textContent !== text) this.#parts.facts.textContent = text;
  }

  #countBytes() {
    if (this.#bytes.length !== this.#text.length) this.#bytes = { length: this.#text.length, count: encoder.encode(this.#text).length };
    return this.#bytes.count;
  }

  #setModels({ model, modelUsed } = {}) {
    if (model && modelUsed) this.setModel(model, modelUsed);
  }

  #complete({ data = {}, generationId, variantIndex }) {
    this.#source = { generationId, variantIndex };
    this.#keep.setWhole(this.#source);
    this.#edit.setAvailable(true);
    this.#showProblem("");
    this.#showChecks(data);
    this.#end("completed", data);
  }

  #showChecks({ cutOff, checks }) {
    const messages = (Array.isArray(checks) ? checks : []).map(finding);
    if (cutOff) messages.unshift(t("pane.cutOff"));
    this.#parts.checks.replaceChildren(...messages.map((message) => {
      const item = document.createElement("li");
      item.textContent = message;
      return item;
    }));
    this.#parts.checks.hidden = messages.length === 0;
  }

  #fail(message, { code, ...data }) {
    const isCancelled = code === "cancelled";
    const sentences = [explain({ code, message })];
    if (this.#text !== "") sentences.push(t("pane.kept"));
    this.#showProblem(sentences.join(" "), !isCancelled);
    this.#parts.retry.hidden = false;
    this.#parts.placeholder.textContent = this.#text === "" ? t("pane.noText") : t("pane.noSight");
    this.#end(isCancelled ? "cancelled" : "failed", data);
  }

  #showProblem(text, isBad = true) {
    this.#parts.problem.textContent = text;
    this.#parts.error.hidden = text === "";
    this.#parts.error.classList.toggle("bad", isBad);
    this.#parts.retry.hidden = true;
  }

  // After an attempt that died, the next one writes its own text from the start.
  #reopen(attempt) {
    this.#attempt = attempt;
    this.#isSeen = false;
    this.#view.preview.restart();
    this.#details = [];
    this.#durationMs = null;
    this.#source = null;
    if (document.activeElement === this.#parts.retry) this.#parts.model.focus({ preventScroll: true });
    this.#showProblem("");
    this.#keep.setUnfinished();
    this.#edit.setAvailable(false);
    this.#parts.checks.hidden = true;
    this.#parts.placeholder.textContent = t("pane.again");
    this.#parts.progress.removeAttribute("value");
    this.#setState("queued");
  }

  #end(state, { durationMs, usage, costUsd, model, modelUsed }) {
    this.#setModels({ model, modelUsed });
    if (Number.isFinite(durationMs)) this.#durationMs = durationMs;
    else if (this.#startedAt !== null) this.#durationMs ??= Date.now() - this.#startedAt;
    this.#details = [format.tokens(usage ?? undefined), format.cost(costUsd)].filter((detail) => detail !== null);
    this.#setState(state);
    if (state === "completed") this.#view.preview.finish();
    this.tick(Date.now());
  }

  #setState(state, label = t(`state.${state}`)) {
    this.#state = state;
    if ((this.hasEnded || state === "stopping") && document.activeElement === this.#parts.stop) this.#parts.model.focus({ preventScroll: true });
    this.element.dataset.state = state;
    this.#parts.state.textContent = state === "stopping" ? t("state.stopping") : label;
    this.#parts.stop.hidden = this.hasEnded;
    this.#parts.stop.disabled = state === "stopping";
    this.#parts.progress.hidden = this.hasEnded;
    if (state === "queued") this.#parts.placeholder.textContent ||= t("pane.first");
    this.#showPlaceholder();
  }

  #seen() {
    this.#isSeen = true;
    this.#showPlaceholder();
  }

  // A preview without anything to see would be a white hole.
  #showPlaceholder() {
    this.#parts.placeholder.hidden = this.#text !== "" && (this.#view.isCode || this.#isSeen);
  }
}

function unbroken(fact) {
  return fact.replaceAll(" ", "\u00a0");
}
