// Sends a page to the sandboxed frame that shows it. One way only: nothing that the frame says is listened to.

const RENDER_EVERY_MS = 400;
const SEEN_AFTER_MS = 250; // what the frame needs to load a page; it is not asked
const UNSEEN = /<!--[\s\S]*?(?:-->|$)|<(head|title|style|script|template|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const SEEN_WITHOUT_WORDS = /<(?:img|svg|canvas|video|iframe|input|textarea|select)\b/i;

/** Whether a page that is being written has come to something that a person can see. */
export function showsSomething(html) {
  const body = html.replace(UNSEEN, "");
  return SEEN_WITHOUT_WORDS.test(body) || /\S/.test(body.replace(/<[^>]*(?:>|$)/g, ""));
}

export class Preview {
  #frame;
  #isLoaded = false;
  #isVisible = true;
  #wanted = "";
  #shown = "";
  #timer = null;
  #sentAt = -Infinity;
  #isWhole = false;
  #isSeen = false;
  #onSeen;

  /** onSeen is called once there is something to see, or all that there will be. */
  constructor(frame, onSeen) {
    this.#frame = frame;
    this.#onSeen = onSeen;
    frame.addEventListener("load", () => {
      this.#isLoaded = true;
      this.#shown = "";
      this.#schedule();
    });
  }

  render(html) {
    this.#wanted = html;
    this.#schedule();
  }

  /** No more will come. */
  finish() {
    this.#isWhole = true;
    if (this.#shown === this.#wanted) this.#noteSeen();
  }

  /** Another page will be written in place of this one. */
  restart() {
    this.#isWhole = false;
    this.#isSeen = false;
  }

  /** A preview that nobody looks at costs nothing. */
  setVisible(isVisible) {
    this.#isVisible = isVisible;
    this.#schedule();
  }

  #schedule() {
    if (this.#timer !== null || !this.#isLoaded || !this.#isVisible || this.#wanted === this.#shown) return;
    const wait = Math.max(0, this.#sentAt + RENDER_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait);
  }

  #send() {
    this.#timer = null;
    if (!this.#isVisible) return;
    this.#sentAt = performance.now();
    this.#shown = this.#wanted;
    // The frame's origin is opaque, so "*" is the only target that names it.
    this.#frame.contentWindow?.postMessage({ type: "render", html: this.#shown }, "*");
    this.#noteSeen();
  }

  #noteSeen() {
    if (this.#isSeen || this.#shown === "" || !(this.#isWhole || showsSomething(this.#shown))) return;
    this.#isSeen = true;
    setTimeout(this.#onSeen, SEEN_AFTER_MS);
  }
}
