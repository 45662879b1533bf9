// What a pane shows of its page: the preview at a desktop's or a phone's width, or the code; in its place or over the whole window.

import { CodeView } from "./code.js";
import { needsPictures, withPictures } from "./pictures.js";
import { Preview } from "./preview.js";
import { t } from "./texts.js";

const WIDTHS = { desktop: 1_200, mobile: 390 };
const NARROW = "(max-width: 759px)";
const SHELL = new URL("./preview.html", import.meta.url).href;
const APART_MS = 60;

export class PaneView {
  #element;
  #part;
  #frame = makeFrame();
  #preview;
  #code;
  #width = matchMedia(NARROW).matches ? "mobile" : "desktop";
  #model = "";
  #text = "";
  #observer;
  #timer;
  #onKey = (event) => this.#key(event);

  /** onSeen is called once the preview has something to see. */
  constructor(element, index, onSeen) {
    this.#element = element;
    this.#part = (name) => element.querySelector(`.${name}`);
    this.#preview = new Preview(this.#frame, onSeen);
    this.#code = new CodeView(this.#part("pane-code"));
    this.#part("show-preview").addEventListener("click", () => this.show("preview"));
    this.#part("show-code").addEventListener("click", () => this.show("code"));
    this.#part("show-desktop").addEventListener("click", () => this.#setWidth("desktop"));
    this.#part("show-mobile").addEventListener("click", () => this.#setWidth("mobile"));
    this.#part("fullscreen").addEventListener("click", () => this.#setFull(!this.isFull));
    // Each frame is a document, and then a process of its own: one after the other, and after the panes, they hold nothing up.
    this.#timer = setTimeout(() => this.#part("pane-body").prepend(this.#frame), index * APART_MS);
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(this.#part("pane-body"));
    this.#setWidth(this.#width);
  }

  get preview() {
    return this.#preview;
  }

  get isCode() {
    return !this.#part("pane-code").hidden;
  }

  get isFull() {
    return this.#element.classList.contains("full");
  }

  setText(text) {
    this.#text = text;
    this.#preview.render(text);
    this.#code.setText(text);
    if (needsPictures(text)) withPictures(text).then((whole) => { if (this.#text === text) this.#preview.render(whole); });
  }

  setModel(model) {
    this.#model = model;
    this.#frame.title = t("pane.previewOf", { model });
    this.#part("pane-code").setAttribute("aria-label", t("pane.codeOf", { model }));
    this.#part("view").setAttribute("aria-label", t("pane.viewOf", { model }));
    this.#part("width").setAttribute("aria-label", t("pane.widthOf", { model }));
    this.#nameFull();
  }

  show(view) {
    const isCode = view === "code";
    this.#part("pane-code").hidden = !isCode;
    this.#frame.hidden = isCode;
    this.#part("width").hidden = isCode;
    press(this.#part("show-code"), isCode);
    press(this.#part("show-preview"), !isCode);
    this.#preview.setVisible(!isCode);
    this.#code.setVisible(isCode);
    this.#element.dispatchEvent(new Event("viewchange"));
  }

  close() {
    this.#setFull(false);
    clearTimeout(this.#timer);
    this.#observer.disconnect();
    this.#preview.close();
    this.#code.close();
  }

  #setWidth(width) {
    this.#width = width;
    press(this.#part("show-desktop"), width === "desktop");
    press(this.#part("show-mobile"), width === "mobile");
    this.#fit();
  }

  // The page is laid out at its width and drawn as large as the pane allows.
  #fit() {
    const { clientWidth, clientHeight } = this.#part("pane-body");
    if (clientWidth === 0) return;
    const wanted = this.#width === "mobile" ? WIDTHS.mobile : Math.max(WIDTHS.desktop, clientWidth);
    const scale = Math.min(1, clientWidth / wanted);
    const { style } = this.#frame;
    style.width = `${wanted}px`;
    style.height = `${clientHeight / scale}px`;
    style.left = `${Math.max(0, (clientWidth - wanted * scale) / 2)}px`;
    style.transform = scale === 1 ? "none" : `scale(${scale})`;
  }

  #setFull(isFull) {
    if (isFull === this.isFull) return;
    this.#element.classList.toggle("full", isFull);
    document.documentElement.classList.toggle("has-full", isFull);
    // Nothing behind it can be reached; what it stands in stays as it is, since a frame that is moved loads again.
    for (const other of behind(this.#element)) other.inert = isFull;
    press(this.#part("fullscreen"), isFull);
    this.#nameFull();
    if (isFull) addEventListener("keydown", this.#onKey);
    else removeEventListener("keydown", this.#onKey);
  }

  #nameFull() {
    const name = this.isFull ? t("pane.leaveFullscreen") : t("pane.fullscreenOf", { model: this.#model });
    this.#part("fullscreen").setAttribute("aria-label", name);
    this.#part("fullscreen").title = this.isFull ? name : t("pane.fullscreen");
  }

  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#setFull(false);
  }
}

function makeFrame() {
  const frame = document.createElement("iframe");
  frame.className = "pane-preview";
  frame.setAttribute("sandbox", "allow-scripts");
  frame.referrerPolicy = "no-referrer";
  frame.src = SHELL;
  return frame;
}

/** Everything beside an element and beside what it stands in. */
function behind(element) {
  const others = [];
  for (let inner = element; inner !== document.body && inner.parentElement !== null; inner = inner.parentElement) {
    others.push(...[...inner.parentElement.children].filter((other) => other !== inner && other.id !== "announcer"));
  }
  return others;
}

function press(button, isPressed) {
  button.setAttribute("aria-pressed", String(isPressed));
}
