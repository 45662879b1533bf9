// Asks for the token, and goes on only with one that the server takes.

import { fetchHistory } from "./http.js";
import { forgetToken, keepToken } from "./identity.js";
import { t } from "./texts.js";

const part = (id) => document.getElementById(id);

export class SignIn {
  #waiting = null;
  #resolve = null;

  constructor() {
    // Without a token there is nothing behind it.
    part("sign-in").addEventListener("cancel", (event) => event.preventDefault());
    part("sign-in-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#try(part("sign-in-token").value);
    });
  }

  /** Resolves once somebody has signed in; `isAgain`: the token that was used until now is not good any more. */
  ask({ isAgain = false } = {}) {
    if (this.#waiting !== null) return this.#waiting;
    this.#waiting = new Promise((resolve) => { this.#resolve = resolve; });
    this.#say(isAgain ? t("signIn.again") : "");
    part("sign-in").showModal();
    part("sign-in-token").focus();
    return this.#waiting;
  }

  async #try(text) {
    if (text.trim() === "") return;
    part("sign-in-go").disabled = true;
    keepToken(text, part("sign-in-keep").checked);
    const problem = await fetchHistory().then(() => null, (reason) => reason);
    part("sign-in-go").disabled = false;
    if (problem !== null) {
      forgetToken();
      this.#say(problem.status === 401 ? t("signIn.refused") : problem.message);
      part("sign-in-token").select();
      return;
    }
    part("sign-in-token").value = "";
    part("sign-in").close();
    this.#waiting = null;
    this.#resolve();
  }

  #say(problem) {
    part("sign-in-problem").textContent = problem;
    part("sign-in-problem").hidden = problem === "";
  }
}
