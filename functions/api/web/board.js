// The panes of the generation that is on the page, side by side; on a phone one at a time, with tabs that lead to each.

import { Pane } from "./panes.js";

const CLOCK_MS = 200;
const MOST_PANES = 8;

export class Board {
  #container;
  #tabs;
  #template;
  #on;
  #panes = [];
  #startedAt = null;
  #clock = null;
  #watch;

  /** `on` has what a person does in a pane: stop, retry, pick and edit. */
  constructor({ container, tabs, template, on }) {
    this.#container = container;
    this.#tabs = tabs;
    this.#template = template;
    this.#on = on;
    this.#watch = new IntersectionObserver((entries) => this.#noteSeen(entries), { root: container, threshold: 0.6 });
  }

  get isRunning() {
    return this.#panes.some((pane) => !pane.hasEnded);
  }

  clear() {
    clearInterval(this.#clock);
    this.#clock = null;
    for (const pane of this.#panes) {
      this.#watch.unobserve(pane.element);
      pane.close();
    }
    this.#panes = [];
    this.#startedAt = null;
    this.#container.replaceChildren();
    this.#container.scrollLeft = 0;
    this.#tabs.replaceChildren();
    this.#tabs.hidden = true;
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
    this.#tabs.hidden = this.#panes.length < 2;
  }

  setModels(models) {
    this.setCount(models.length);
    models.forEach((model, index) => this.#panes[index]?.setModel(String(model)));
    this.#nameTabs();
  }

  /** The panes, in their order. */
  get panes() {
    return [...this.#panes];
  }

  /** Marks the variant that was picked, or none. */
  setWinner(index) {
    for (const pane of this.#panes) pane.setPicked(pane.index === index);
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
    this.#nameTabs();
  }

  #addPane() {
    const pane = new Pane(this.#template, this.#panes.length, this.#on);
    this.#panes.push(pane);
    this.#container.append(pane.element);
    this.#watch.observe(pane.element);
    const tab = document.createElement("button");
    tab.type = "button";
    tab.addEventListener("click", () => this.#goTo(pane));
    this.#tabs.append(tab);
    this.#nameTabs();
    if (this.#startedAt !== null) pane.start(this.#startedAt);
  }

  #goTo(pane) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.element.scrollIntoView({ inline: "start", block: "nearest", behavior: isStill ? "instant" : "smooth" });
  }

  // There is little room: what all names begin with is left out, but not for those who hear them.
  #nameTabs() {
    const models = this.#panes.map(({ model }) => model);
    const shared = sharedBeginning(models);
    [...this.#tabs.children].forEach((tab, index) => {
      const short = models[index].slice(shared);
      if (tab.textContent !== short) tab.textContent = short;
      tab.setAttribute("aria-label", models[index]);
      tab.dataset.state = this.#panes[index].element.dataset.state;
    });
  }

  #noteSeen(entries) {
    for (const { target, isIntersecting } of entries) {
      const tab = this.#tabs.children[this.#panes.findIndex((pane) => pane.element === target)];
      if (isIntersecting) tab?.setAttribute("aria-current", "true");
      else tab?.removeAttribute("aria-current");
    }
  }

  #tick() {
    const now = Date.now();
    for (const pane of this.#panes) if (!pane.hasEnded) pane.tick(now);
    this.#nameTabs();
  }
}

/** How many characters all names begin with, up to the end of a word. */
export function sharedBeginning([first = "", ...others]) {
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length += 1;
  return others.length === 0 || length === first.length ? 0 : first.slice(0, length).lastIndexOf("-") + 1;
}
