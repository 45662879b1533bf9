// The generation that is open: what is sent for it, heard of it and done with it.

import { listenToTabs, tellTabs } from "./channel.js";
import { fetchRecord } from "./http.js";
import { currentShare } from "./identity.js";
import { explain } from "./messages.js";
import { feedPanes } from "./pane-feed.js";
import { Picks } from "./picks.js";
import { Recovery } from "./recovery.js";
import { changedPage, VARIANTS } from "./requests.js";
import { Retries } from "./retries.js";
import { t } from "./texts.js";
import { forgetUnsent, rememberUnsent } from "./unsent.js";

const POLL_MS = 5_000;
const FAILURES_BEFORE_POLL = 3;
const LOOK_AGAIN_AFTER_MS = 10_000;

const isStuck = ({ connectFailures }) => connectFailures >= FAILURES_BEFORE_POLL;

export class OpenGeneration {
  #view;
  #on;
  #client;
  #recovery;
  #retries;
  #picks = new Picks();
  #isFollowRefused = false;
  #isGone = false;
  #lookedAt = 0;
  #stack = "";
  #lastSent = { asked: null, requestId: undefined, isRefused: false };

  /** `makeClient` makes a client for one generation; `on`: accepted(id), ended(pane), refused(problem), done() and connection(client, detail). */
  constructor({ makeClient, view, on }) {
    this.#view = view;
    this.#on = on;
    this.#client = makeClient();
    this.#recovery = new Recovery(this.#client, { onGone: () => this.#gone() });
    this.#retries = new Retries({
      makeClient, paneOf: (index) => view.board.pane(index),
      on: {
        ended: (pane) => this.#ended(pane),
        accepted: (id) => this.#grown(id),
        refused: (pane, problem) => pane.refuse(t("pane.refused", { problem: worded(problem) })),
        connection: on.connection,
      },
    });
    this.#listen();
    setInterval(() => this.#pollWithoutSocket(), POLL_MS);
  }

  get id() {
    return this.#client.generationId;
  }

  get connectFailures() {
    return this.#client.connectFailures;
  }

  /** Connects anew, as whoever has signed in. */
  renew() {
    this.#client.renew();
    this.#retries.renew();
    this.#lookAgain();
  }

  warm() {
    this.#client.warm();
  }

  leave() {
    this.#retries.clear();
    this.#picks.clear();
    this.#isGone = false;
    this.#client.leave();
  }

  // --- what the person does

  /** A request from the start page; `asked` tells it from another one, or is null. */
  generate(params, title, asked) {
    // The same request, refused before, may have had its effect all the same: under its old name it is not paid for twice.
    const isRepeat = asked !== null && this.#lastSent.isRefused && this.#lastSent.asked === asked;
    this.send(params, title, isRepeat ? this.#lastSent.requestId : undefined);
    this.#lastSent.asked = asked;
  }

  send(params, title, requestId) {
    this.leave();
    this.#isFollowRefused = false;
    this.#stack = params.generatedCodeConfig ?? this.#stack;
    this.#view.show(title);
    this.#view.setSending(params.variants ?? VARIANTS);
    this.#view.focus();
    scrollTo({ top: 0 });
    this.#lastSent = { asked: null, requestId: this.#client.generate(params, requestId), isRefused: false };
    // Files cannot be kept over a reload; once they are uploaded, what names them is.
    if (!params.prompt?.images.some((image) => image instanceof Blob)) rememberUnsent(this.#lastSent.requestId, params, title);
  }

  stop(index) {
    if (index === null) {
      this.#client.cancel();
      this.#retries.cancelAll();
      this.#view.setStopping();
      return;
    }
    if (this.#retries.has(index)) this.#retries.cancel(index);
    else this.#client.cancel(index);
    this.#view.board.pane(index)?.setStopping();
  }

  retry(index) {
    const model = this.#view.models[index];
    if (model === undefined || this.id === null) return;
    this.#retries.begin(index, { generationId: this.id, model });
    this.#view.setOverall();
  }

  async pick(index, isPicked) {
    const { id } = this;
    const { source } = this.#view.board.pane(index);
    if (source === null) return;
    this.#view.board.setWinner(isPicked ? index : null);
    try {
      await this.#picks.pick(source, isPicked);
      this.#view.notice("");
    } catch (problem) {
      if (id !== this.id) return;
      this.#showPicks();
      this.#view.notice(t("pane.pickFailed", { problem: problem.message }));
      if (problem.status === 404) this.#lookAgain();
    }
  }

  edit(index, { wish, element }, onSend) {
    const pane = this.#view.board.pane(index);
    if (pane.source === null) return;
    const { generationId, variantIndex } = pane.source;
    const wishes = [...this.#view.versions.wishesBefore(generationId), this.#view.title];
    onSend(changedPage({ generationId, variantIndex, page: pane.text, wishes, wish, element, stack: this.#stack }), wish);
  }

  /** Shows what the server has under an id, and follows it; `isWanted` says whether it still is what somebody wants to see. */
  async bringBack(generationId, isWanted) {
    this.#isFollowRefused = false;
    this.#view.show("");
    this.#view.say(t("generation.loading"));
    const outcome = await fetchRecord(generationId).catch((problem) => problem);
    if (!isWanted()) return;
    if (outcome.status === 404 || outcome.status === 403) return this.#view.setMissing();
    if (outcome instanceof Error) this.#view.notice(t("generation.overSocket", { problem: outcome.message }));
    this.#client.follow(generationId, outcome.variants?.length ?? null);
    if (!(outcome instanceof Error)) this.#showRecord(outcome);
  }

  // --- what is heard of it

  #listen() {
    const on = (type, handle) => this.#client.addEventListener(type, ({ detail }) => handle(detail));
    on("connection", (detail) => {
      this.#on.connection(this.#client, detail);
      if (detail.state === "open") this.#readMissingRecord();
    });
    on("prepared", ({ requestId, params }) => rememberUnsent(requestId, params, this.#view.title));
    on("accepted", (detail) => this.#accepted(detail));
    on("refused", (problem) => this.#refused(problem));
    on("models", ({ models }) => this.#view.setModels(models));
    on("incomplete", () => this.#recovery.run());
    on("deleted", () => this.#gone());
    on("done", ({ status }) => this.#done(status));
    // What stands in for a variant is not overwritten by it.
    feedPanes(this.#client, (index) => (this.#retries.has(index) ? null : this.#view.board.pane(index)), (pane) => this.#ended(pane));
    listenToTabs({
      deleted: (id) => { if (id === this.id) this.#gone(); },
      grown: (id) => { if (id === this.id) this.#showVersions(); },
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && Date.now() - this.#lookedAt > LOOK_AGAIN_AFTER_MS) this.#lookAgain();
    });
  }

  #accepted({ id, models, variants }) {
    forgetUnsent();
    this.#on.accepted(id);
    this.#view.setAccepted(models, variants);
    this.#view.versions.show(id);
  }

  #refused(problem) {
    if (problem.phase === "follow") {
      if (problem.code === "not_found") return this.#gone();
      this.#isFollowRefused = problem.code === "too_large"; // as many as may are following it already
      return this.#view.notice(worded(problem));
    }
    this.#lastSent.isRefused = true;
    forgetUnsent();
    return this.#on.refused({ ...problem, message: worded(problem) });
  }

  #ended(pane) {
    document.getElementById("announcer").textContent = `${pane.model}: ${pane.stateText}`;
    if (this.#retries.has(pane.index)) this.#view.setOverall();
    else this.#view.setRunning(this.#view.board.isRunning);
    this.#showPicks();
  }

  #done(status) {
    this.#view.setDone(status);
    if (this.#retries.ids.size > 0) this.#view.setOverall();
    this.#on.done();
    this.#readMissingRecord();
  }

  // A repetition of one of its variants was accepted.
  #grown() {
    tellTabs("grown", this.id);
    this.#on.done();
    this.#showVersions();
  }

  #gone() {
    if (this.#isGone) return;
    if (this.#view.board.panes.every(({ text }) => text === "")) return this.#view.setMissing();
    this.leave();
    this.#isGone = true;
    return this.#view.setGone();
  }

  // --- what the server knows of it

  #showRecord(record) {
    this.#lookedAt = Date.now();
    this.#stack = record.stack ?? this.#stack;
    this.#picks.note(record.id, record.winner);
    this.#view.applyRecord(record);
    this.#showPicks();
    this.#showVersions(record);
  }

  async #showVersions(known = null) {
    const { id } = this;
    if (currentShare() !== null) return; // a link shows this one and no other
    const [versions, record] = await Promise.all([this.#view.versions.show(id), known ?? fetchRecord(id).catch(() => null)]);
    if (id !== this.id || record === null) return;
    for (const version of versions) this.#picks.note(version.id, version.winner);
    this.#retries.adopt(record, versions);
    this.#showPicks();
  }

  #showPicks() {
    const picked = this.#view.board.panes.find(({ source }) => source !== null && this.#picks.is(source));
    this.#view.board.setWinner(picked?.index ?? null);
  }

  /** What could not be read when the generation was opened: its prompt and its models. */
  async #readMissingRecord() {
    const { id } = this;
    if (id === null || this.#view.title !== "") return;
    const record = await fetchRecord(id).catch(() => null);
    if (record === null || id !== this.id) return;
    this.#view.notice("");
    this.#showRecord(record);
  }

  // Whether it is still there, and what was added to it elsewhere.
  async #lookAgain() {
    const { id } = this;
    if (id === null) return;
    this.#lookedAt = Date.now();
    const record = await fetchRecord(id).catch((problem) => problem);
    if (id !== this.id) return;
    if (record.status === 404) this.#gone();
    else if (!(record instanceof Error)) this.#showVersions(record);
  }

  #pollWithoutSocket() {
    if (this.#client.isActive && (this.#isFollowRefused || isStuck(this.#client))) this.#recovery.run();
    this.#retries.poll(isStuck);
  }
}

function worded({ code, value, field, quota }) {
  return explain({ code, message: value, field, quota });
}
