// The code of a page, highlighted while it is being written. A worker tells what is what; here only the blocks of lines that
// changed are built, a few milliseconds at a time.

const EVERY_MS = 250;
const BUILD_MS = 8;
const FOLLOW_PX = 60; // so near to the end a reader is following it

let worker = null;
let lastView = 0;
const views = new Map();

function highlighter() {
  if (worker !== null) return worker;
  worker = new Worker(new URL("./highlighter.js", import.meta.url));
  worker.addEventListener("message", ({ data }) => views.get(data.view)?.take(data));
  // Without the worker the code is shown plain.
  worker.addEventListener("error", () => { for (const view of views.values()) view.takePlain(); });
  return worker;
}

export class CodeView {
  #element;
  #view = (lastView += 1);
  #wanted = "";
  #asked = null;
  #isVisible = false;
  #isWaiting = false;
  #isPlain = false;
  #timer = null;
  #blocks = [];
  #building = [];
  #frame = null;

  constructor(element) {
    this.#element = element;
    views.set(this.#view, this);
  }

  setText(text) {
    this.#wanted = text;
    this.#schedule();
  }

  setVisible(isVisible) {
    this.#isVisible = isVisible;
    this.#schedule();
  }

  close() {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    views.delete(this.#view);
    worker?.postMessage({ view: this.#view, text: "", isLast: true });
  }

  /** Blocks from one on, as the worker found them. */
  take({ from, total, blocks }) {
    this.#isWaiting = false;
    // What was still to be built of an older answer is either in this one or unchanged.
    const kept = this.#building.filter(([place]) => place < from);
    this.#building = [...kept, ...blocks.map((block, offset) => [from + offset, block])];
    while (this.#blocks.length > total) this.#blocks.pop().remove();
    this.#frame ??= requestAnimationFrame(() => this.#build());
    this.#schedule();
  }

  takePlain() {
    this.#isPlain = true;
    this.#isWaiting = false;
    this.#building = [];
    this.#blocks = [];
    this.#element.textContent = this.#wanted;
  }

  #schedule() {
    if (!this.#isVisible || this.#isWaiting || this.#timer !== null || this.#wanted === this.#asked) return;
    this.#timer = setTimeout(() => this.#ask(), this.#asked === null ? 0 : EVERY_MS);
  }

  #ask() {
    this.#timer = null;
    if (!this.#isVisible) return;
    this.#asked = this.#wanted;
    if (this.#isPlain) {
      this.#element.textContent = this.#wanted;
      return;
    }
    this.#isWaiting = true;
    highlighter().postMessage({ view: this.#view, text: this.#wanted, isLast: false });
  }

  #build() {
    this.#frame = null;
    const element = this.#element;
    const isFollowing = element.scrollTop > 0 && element.scrollHeight - element.scrollTop - element.clientHeight < FOLLOW_PX;
    const until = performance.now() + BUILD_MS;
    while (this.#building.length > 0 && performance.now() < until) {
      const [place, pieces] = this.#building.shift();
      const block = blockOf(pieces);
      if (this.#blocks[place] === undefined) element.append(block);
      else this.#blocks[place].replaceWith(block);
      this.#blocks[place] = block;
    }
    if (isFollowing) element.scrollTop = element.scrollHeight;
    if (this.#building.length > 0) this.#frame = requestAnimationFrame(() => this.#build());
  }
}

function blockOf(pieces) {
  const block = document.createElement("div");
  block.className = "code-block";
  for (let place = 0; place < pieces.length; place += 2) {
    if (pieces[place] === "") {
      block.append(pieces[place + 1]);
      continue;
    }
    const span = document.createElement("span");
    span.className = `is-${pieces[place]}`;
    span.textContent = pieces[place + 1];
    block.append(span);
  }
  return block;
}
