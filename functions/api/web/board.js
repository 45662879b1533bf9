// The panes of the generation that is on the page, side by side.

import { Pane } from "./panes.js";

const CLOCK_MS = 200;
const MOST_PANES = 8;

export class Board {
  #container;
  #template;
  #onStop;
  #panes = [];
  #startedAt = null;
  #clock = null;

  constructor(container, template, { onStop }) {
    this.#container = container;
    this.#template = template;
    this.#onStop = onStop;
  }

  get isRunning() {
    return this.#panes.some((pane) => !pane.hasEnded);
  }

  clear() {
    clearInterval(this.#clock);
    this.#clock = null;
    this.#panes = [];
    this.#startedAt = null;
    this.#container.replaceChildren();
  }

  start(startedAt) {
    this.#startedAt = startedAt;
    for (const pane of this.#panes) pane.start(startedAt);
    this.#clock ??= setInterval(() => this.#tick(), CLOCK_MS);
  }

  setCount(count) {
    if (!Number.isSafeInteger(count) || count < 1) return;
    while (this.#panes.length < Math.min(count, MOST_PANES)) this.#addPane();
    this.#container.dataset.count = this.#panes.length;
  }

  setModels(models) {
    this.setCount(models.length);
    models.forEach((model, index) => this.#panes[index]?.setModel(String(model)));
  }

  pane(index) {
    if (!Number.isSafeInteger(index) || index < 0 || index >= MOST_PANES) return null;
    this.setCount(Math.max(index + 1, this.#panes.length));
    return this.#panes[index];
  }

  setStopping() {
    for (const pane of this.#panes) pane.setStopping();
  }

  applyRecord(record) {
    for (const variant of record.variants) this.pane(variant.index)?.applyRecord(variant);
  }

  #addPane() {
    const pane = new Pane(this.#template, this.#panes.length, { onStop: this.#onStop });
    this.#panes.push(pane);
    this.#container.append(pane.element);
    if (this.#startedAt !== null) pane.start(this.#startedAt);
  }

  #tick() {
    const now = Date.now();
    for (const pane of this.#panes) if (!pane.hasEnded) pane.tick(now);
  }
}
