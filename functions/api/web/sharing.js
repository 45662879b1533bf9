// Links that show the open generation to others: making one, seeing which there are, and revoking them.

import { sharedAddressOf } from "./addresses.js";
import { fetchShares, makeShare, revokeShare } from "./http.js";
import { dateText, instant } from "./format.js";
import { t } from "./texts.js";

const SAID_FOR_MS = 1_500;
const part = (id) => document.getElementById(id);

export class Sharing {
  #generationId = null;

  constructor() {
    part("share-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#do(() => this.#make());
    });
    part("share-copy").addEventListener("click", () => this.#copy());
    part("share-list").addEventListener("click", (event) => {
      const row = event.target.closest("button")?.closest("li");
      if (row) this.#do(() => this.#revoke(row.dataset.id));
    });
  }

  open(generationId) {
    this.#generationId = generationId;
    part("share-made").hidden = true;
    part("share-dialog").showModal();
    this.#do(() => this.#list());
  }

  async #do(act) {
    part("share-problem").hidden = true;
    try {
      await act();
    } catch (problem) {
      part("share-problem").textContent = problem.message;
      part("share-problem").hidden = false;
    }
  }

  async #make() {
    const seconds = Number(part("share-for").value);
    const { token } = await makeShare(this.#generationId, seconds === 0 ? null : seconds);
    part("share-url").value = new URL(sharedAddressOf(token), location.href).href;
    part("share-made").hidden = false;
    part("share-url").focus();
    part("share-url").select();
    await this.#list();
  }

  async #revoke(id) {
    await revokeShare(this.#generationId, id);
    part("share-made").hidden = true;
    part("announcer").textContent = t("share.revoked");
    await this.#list();
    (part("share-list").querySelector("button") ?? part("share-make")).focus();
  }

  async #list() {
    const { shares } = await fetchShares(this.#generationId);
    part("share-none").hidden = shares.length > 0;
    part("share-list").replaceChildren(...shares.map(row));
  }

  async #copy() {
    const button = part("share-copy");
    const isCopied = await navigator.clipboard?.writeText(part("share-url").value).then(() => true, () => false);
    button.textContent = isCopied ? t("pane.copied") : t("pane.notAllowed");
    setTimeout(() => { button.textContent = t("share.copy"); }, SAID_FOR_MS);
  }
}

function row({ id, created_at: created, expires_at: expires }) {
  const line = document.createElement("li");
  line.dataset.id = id;
  const made = t("share.made", { time: dateText(instant(created)) });
  const words = document.createElement("span");
  words.textContent = expires === null ? made : `${made} ${t("share.ends", { time: dateText(instant(expires)) })}`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = t("share.revoke");
  button.setAttribute("aria-label", `${t("share.revoke")}: ${words.textContent}`);
  line.append(words, button);
  return line;
}
