// Small pictures of pages: the pages themselves, in the same sandbox as a preview, as long as they are near to being seen.

import { fetchPage } from "./http.js";
import { needsPictures, withPictures } from "./pictures.js";

const AT_ONCE = 3;
const KEPT_MOST = 40;
const NEAR = "300px";

export class Thumbnails {
  #watch;
  #pages = new Map();
  #waiting = [];
  #fetching = 0;

  constructor() {
    this.#watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#setNear(target, isIntersecting);
    }, { rootMargin: NEAR });
  }

  /** An element that shows a generation's best page, or its first one, when it comes near. */
  make({ id, preview }) {
    const element = document.createElement("span");
    element.className = "thumbnail";
    element.setAttribute("aria-hidden", "true");
    if (!Number.isSafeInteger(preview)) return element;
    element.dataset.page = `${id}/${preview}`;
    this.#watch.observe(element);
    return element;
  }

  #setNear(element, isNear) {
    if (!element.isConnected) {
      this.#watch.unobserve(element);
      this.#waiting = this.#waiting.filter((other) => other !== element);
    } else if (!isNear) {
      this.#waiting = this.#waiting.filter((other) => other !== element);
      element.replaceChildren();
    } else if (element.childElementCount === 0 && !this.#waiting.includes(element)) {
      this.#waiting.push(element);
      this.#fetchNext();
    }
  }

  async #fetchNext() {
    if (this.#fetching >= AT_ONCE || this.#waiting.length === 0) return;
    const element = this.#waiting.shift();
    const { page } = element.dataset;
    this.#fetching += 1;
    try {
      if (!this.#pages.has(page)) this.#keep(page, await wholePage(...page.split("/")));
      if (element.isConnected) this.#fill(element, this.#pages.get(page));
    } catch {
      // A list without one of its pictures is still the list.
    } finally {
      this.#fetching -= 1;
      this.#fetchNext();
    }
  }

  #keep(page, html) {
    this.#pages.set(page, html);
    if (this.#pages.size > KEPT_MOST) this.#pages.delete(this.#pages.keys().next().value);
  }

  #fill(element, html) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.tabIndex = -1;
    frame.inert = true;
    frame.title = "";
    frame.src = new URL("./preview.html", import.meta.url).href;
    frame.addEventListener("load", () => frame.contentWindow?.postMessage({ type: "render", html }, "*"));
    element.replaceChildren(frame);
  }
}

async function wholePage(generationId, variantIndex) {
  const html = await fetchPage(generationId, variantIndex);
  return needsPictures(html) ? withPictures(html) : html;
}
