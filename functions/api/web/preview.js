// Sends a page to the sandboxed frame that shows it. What the frame says is a stranger's word: only that a page is shown, and,
// while an element is to be selected, which one.

const RENDER_EVERY_MS = 400;
const RENDER_EVERY_MS_MAX = 2_000;
const RENDER_SHARE = 3; // a page that takes long to show is shown again only after this many times as long
const SEEN_AFTER_MS = 4_000; // the frame says when it shows a page; one that does not is believed to after this
const ELEMENT_LONGEST = 20_000;
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
  #everyMs = RENDER_EVERY_MS;
  #isWhole = false;
  #isSeen = false;
  #seenTimer = null;
  #isWaiting = false; // for the frame to show what was sent last
  #onSeen;
  #onSelected = null;
  #listen = (event) => this.#hear(event);

  /** onSeen is called once there is something to see, or all that there will be. */
  constructor(frame, onSeen) {
    this.#frame = frame;
    this.#onSeen = onSeen;
    frame.addEventListener("load", () => {
      if (!frame.hasAttribute("src")) return; // the empty page that every frame begins with
      this.#isLoaded = true;
      this.#shown = "";
      this.#schedule();
    });
    addEventListener("message", this.#listen);
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
    clearTimeout(this.#seenTimer);
    this.#seenTimer = null;
  }

  /** A preview that nobody looks at costs nothing. */
  setVisible(isVisible) {
    this.#isVisible = isVisible;
    this.#schedule();
  }

  /** Lets an element be chosen: `onSelected` gets its HTML, or null if the choice was given up. Null ends it. */
  select(onSelected) {
    this.#onSelected = onSelected;
    this.#post({ type: "select", isOn: onSelected !== null });
    if (onSelected !== null) this.#frame.focus();
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#seenTimer);
    removeEventListener("message", this.#listen);
  }

  #hear({ source, data }) {
    if (source !== this.#frame.contentWindow || source === null) return;
    if (data?.type === "shown" && Number.isFinite(data.ms)) {
      this.#everyMs = Math.min(RENDER_EVERY_MS_MAX, Math.max(RENDER_EVERY_MS, data.ms * RENDER_SHARE));
      this.#isWaiting = false;
      if (this.#seenTimer !== null) this.#seen();
    } else if (data?.type === "selected" && this.#onSelected !== null) {
      const isElement = typeof data.html === "string" && data.html !== "";
      this.#onSelected(isElement ? data.html.slice(0, ELEMENT_LONGEST) : null);
    }
  }

  #schedule() {
    if (this.#timer !== null || !this.#isLoaded || !this.#isVisible || this.#wanted === this.#shown) return;
    const wait = Math.max(0, this.#sentAt + this.#everyMs - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait);
  }

  #send() {
    this.#timer = null;
    if (!this.#isVisible) return;
    this.#sentAt = performance.now();
    this.#shown = this.#wanted;
    this.#isWaiting = true;
    this.#post({ type: "render", html: this.#shown });
    this.#noteSeen();
  }

  #post(message) {
    // The frame's origin is opaque, so "*" is the only target that names it.
    this.#frame.contentWindow?.postMessage(message, "*");
  }

  #noteSeen() {
    if (this.#isSeen || this.#shown === "" || !(this.#isWhole || showsSomething(this.#shown))) return;
    this.#isSeen = true;
    this.#seenTimer = setTimeout(() => this.#seen(), this.#isWaiting ? SEEN_AFTER_MS : 0);
  }

  #seen() {
    clearTimeout(this.#seenTimer);
    this.#seenTimer = null;
    this.#onSeen();
  }
}
