// Deleting a generation: asked first, done for good, and told to the other tabs.

import { tellTabs } from "./channel.js";
import { removeGeneration } from "./http.js";
import { t } from "./texts.js";

const part = (id) => document.getElementById(id);

export class Deletion {
  #dialog = part("delete-dialog");
  #doomed = null;
  #onDeleted;

  /** `onDeleted` gets the id of what is gone. */
  constructor({ onDeleted }) {
    this.#onDeleted = onDeleted;
    part("delete-sure").addEventListener("click", () => this.#remove());
  }

  /** Asks whether a generation is to go that is known by a title. */
  ask(generationId, title) {
    this.#doomed = generationId;
    part("delete-question").textContent = t("delete.sure", { prompt: title });
    this.#say("");
    this.#dialog.showModal();
    // Not the button that cannot be taken back.
    part("delete-keep").focus();
  }

  async #remove() {
    const generationId = this.#doomed;
    part("delete-sure").disabled = true;
    try {
      await removeGeneration(generationId);
    } catch (problem) {
      // Gone already is as good.
      if (problem.status !== 404) return this.#say(t("delete.failed", { problem: problem.message }));
    } finally {
      part("delete-sure").disabled = false;
    }
    this.#dialog.close();
    part("announcer").textContent = t("delete.done");
    tellTabs("deleted", generationId);
    return this.#onDeleted(generationId);
  }

  #say(problem) {
    part("delete-problem").textContent = problem;
    part("delete-problem").hidden = problem === "";
  }
}
