// The generation that is on the page: its words, its panes, its versions. It shows; what is done about it is app.js's.

import { Board } from "./board.js";
import { beginning, instant } from "./format.js";
import { isCut, promptText } from "./history.js";
import { isAsked } from "./identity.js";
import { t } from "./texts.js";
import { Versions } from "./versions.js";

const ENDED = ["completed", "failed", "cancelled"];
const part = (id) => document.getElementById(id);

export class GenerationView {
  #board;
  #versions = new Versions(part("versions"));
  #models = [];
  #title = "";

  /** `on` has what a person does in a pane: stop, retry, pick and edit. */
  constructor(on) {
    this.#board = new Board({ container: part("panes"), tabs: part("pane-tabs"), template: part("pane-template"), on });
  }

  get board() {
    return this.#board;
  }

  get versions() {
    return this.#versions;
  }

  get isHidden() {
    return part("generation").hidden;
  }

  /** What it is known by; empty until that is known. */
  get title() {
    return this.#title;
  }

  /** The models that were asked, one a variant. */
  get models() {
    return this.#models;
  }

  show(title) {
    this.#board.clear();
    this.#versions.clear();
    this.#models = [];
    part("start").hidden = true;
    part("tally").hidden = true;
    part("generation").hidden = false;
    part("stop-all").hidden = true;
    part("stop-all").disabled = false;
    this.#setManageable(false);
    this.notice("");
    this.setTitle(title);
  }

  hide() {
    this.#board.clear();
    this.#versions.clear();
    part("generation").hidden = true;
  }

  setTitle(title) {
    this.#title = title;
    part("generation-title").textContent = title;
    document.title = title === "" ? t("page.title") : `${beginning(title, 60)} - ${t("page.title")}`;
  }

  say(text) {
    part("generation-state").textContent = text;
  }

  notice(text) {
    part("generation-notice").textContent = text;
    part("generation-notice").hidden = text === "";
  }

  setModels(models) {
    this.#models = models.map(String);
    this.#board.setModels(this.#models);
  }

  setSending(variants) {
    this.#board.setCount(variants);
    this.#board.start(Date.now());
    this.say(t("generation.sending"));
  }

  setAccepted(models, variants) {
    this.#board.setCount(variants);
    this.setModels(models);
    part("stop-all").hidden = false;
    this.#setManageable(true);
    this.say(t("generation.accepted"));
  }

  /** By a link a generation is seen, and nothing is done with it. */
  setReadOnly(isReadOnly) {
    part("generation").classList.toggle("read-only", isReadOnly);
  }

  get #isReadOnly() {
    return part("generation").classList.contains("read-only");
  }

  /** There is none under the address. */
  setMissing() {
    this.say("");
    this.setTitle(t("generation.nothing"));
    this.notice(t(this.#isReadOnly ? "share.nothing" : "generation.missing"));
    this.setRunning(false);
    this.#setManageable(false);
  }

  /** It was deleted. What is shown stays, and nothing can be done with it that the server would have to do. */
  setGone() {
    for (const pane of this.#board.panes) pane.setGone();
    this.#versions.clear();
    this.setRunning(false);
    this.#setManageable(false);
    this.notice("");
    this.say(t(this.#isReadOnly ? "share.nothing" : "delete.gone"));
  }

  setStopping() {
    this.#board.setStopping();
    this.focus();
    part("stop-all").disabled = true;
  }

  setRunning(isRunning) {
    part("stop-all").hidden = !isRunning;
  }

  setDone(status) {
    this.notice("");
    this.say(t(`generation.${status}`));
    this.setRunning(this.#board.isRunning);
  }

  /** Says how it stands by what its panes say: one of them may have been asked again. */
  setOverall() {
    const states = this.#board.panes.map(({ state }) => state);
    const isRunning = this.#board.isRunning;
    const pages = states.filter((state) => state === "completed").length;
    const ended = states.includes("failed") ? "failed" : "cancelled";
    const overall = pages === states.length ? "completed" : pages > 0 ? "partial" : ended;
    this.setRunning(isRunning);
    this.say(t(`generation.${isRunning ? "running" : overall}`));
  }

  /** Shows a record from the server; whether it is still being written. */
  applyRecord(record) {
    const prompt = promptText(record.prompt) || t("start.fromScreenshots");
    this.setTitle(isCut(prompt) && !record.stack ? `${prompt}…` : prompt);
    const isRunning = record.variants.some(({ status }) => !ENDED.includes(status));
    this.#models = record.models ?? [];
    this.#board.setCount(record.variants.length);
    this.#board.applyRecord(record);
    this.#board.start(isRunning ? instant(record.created_at) ?? Date.now() : null);
    this.setRunning(isRunning);
    this.#setManageable(true);
    this.say(isRunning ? t("generation.running") : t(`generation.${record.status}`));
  }

  #setManageable(isThere) {
    part("delete-this").hidden = !isThere;
    part("share-this").hidden = !isThere || !isAsked();
  }

  focus() {
    part("generation-title").focus({ preventScroll: true });
  }
}
