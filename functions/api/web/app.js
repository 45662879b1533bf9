// Wires the client to the page.

import { addressed, addressOf, START, TALLY } from "./addresses.js";
import { listenToClosers, listenToDiagnostics } from "./dialogs.js";
import { GenerationView } from "./generation-view.js";
import { History } from "./history.js";
import { currentToken, identify } from "./identity.js";
import { awaitConfig, fetchRecord, pickWinner } from "./http.js";
import { note } from "./journal.js";
import { Quartet } from "./quartet.js";
import { Recovery } from "./recovery.js";
import { changedPage, repeated, VARIANTS } from "./requests.js";
import { Start } from "./start.js";
import { TallyPage } from "./tally.js";
import { LANGUAGE, localize, t } from "./texts.js";
import { forgetUnsent, rememberUnsent, unsent } from "./unsent.js";

const POLL_MS = 5_000;
const FAILURES_BEFORE_POLL = 3;

const part = (id) => document.getElementById(id);
localize(document);
document.documentElement.lang = LANGUAGE;

const view = new GenerationView({ stop, retry, pick, edit });
const history = new History({
  list: part("history-list"), note: part("history-note"), more: part("history-more"), form: part("search-form"),
  search: part("search"), dialog: part("delete-dialog"), question: part("delete-question"), sure: part("delete-sure"),
}, { onDeleted: (id) => { if (addressed() === id) location.hash = START; } });
const tally = new TallyPage({ table: part("tally-table"), note: part("tally-note") });
const composer = new Start();
let config = {};
let client = null;
let recovery = null;
let isFollowRefused = false;
let stack = ""; // of the generation that is shown
let lastSent = { asked: null, requestId: undefined, isRefused: false };

async function start() {
  listenToClosers();
  listenToDiagnostics(facts);
  config = await awaitConfig(() => composer.notice(t("server.unreachable")));
  composer.notice("");
  identify(config, { ask: () => globalThis.prompt(t("server.token")) });
  history.refresh();
  part("demo-banner").hidden = config.demo !== true;
  part("version").textContent = config.version ? t("footer.version", { version: config.version }) : "";
  client = new Quartet(config.webSocketUrl || ownWebSocketUrl(), { token: currentToken() });
  recovery = new Recovery(client);
  listenToClient();
  listenToPage();
  route();
  continueUnsent();
  setInterval(pollWithoutSocket, POLL_MS);
}

function ownWebSocketUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/generate-code`;
}

function facts() {
  return {
    "Quartet": config.version ?? "?", "Models from": config.modelSource ?? "?", "Line-up": (config.models ?? []).join(", "),
    "Page": location.hash, "Generation": client?.generationId ?? "none", "Socket": part("connection").dataset.state,
    "Failed connects": client?.connectFailures ?? 0, "Browser": navigator.userAgent, "Window": `${innerWidth}x${innerHeight}`,
    "Time": new Date().toISOString(),
  };
}

function listenToPage() {
  composer.listen({ onSend: generate, onTouch: () => client.warm() });
  part("stop-all").addEventListener("click", () => stop(null));
  addEventListener("hashchange", navigate);
  addEventListener("error", (event) => note("-", "error", event.message));
  addEventListener("unhandledrejection", (event) => note("-", "error", event.reason?.message ?? event.reason));
  // Without a change of the address there is no event, but something unsent to get away from.
  for (const link of document.querySelectorAll('a[href="#/"]')) {
    link.addEventListener("click", () => { if (location.hash === START) navigate(); });
  }
}

function listenToClient() {
  const on = (type, handle) => client.addEventListener(type, (event) => handle(event.detail));
  const inPane = (type, handle) => on(type, (detail) => {
    const pane = view.board.pane(detail.variantIndex);
    if (pane !== null) handle(pane, detail);
  });
  on("connection", showConnection);
  on("prepared", ({ requestId, params }) => rememberUnsent(requestId, params, view.title));
  on("accepted", showAccepted);
  on("refused", showRefused);
  on("models", ({ models }) => view.setModels(models));
  inPane("status", (pane, { value, data }) => pane.setStatus(String(value ?? ""), data));
  inPane("progress", (pane, { attempt, data }) => pane.setProgress({ attempt, ...data }));
  inPane("text", (pane, { text, attempt }) => pane.setText(text, attempt));
  inPane("ended", showEnded);
  on("incomplete", () => recovery.run());
  on("done", showDone);
}

// --- what the person does

function generate(params, title, asked) {
  // The same request, refused before, may have had its effect all the same: under its old name it is not paid for twice.
  const isRepeat = asked !== null && lastSent.isRefused && lastSent.asked === asked;
  send(params, title, isRepeat ? lastSent.requestId : undefined);
  lastSent.asked = asked;
}

function send(params, title, requestId) {
  // Off the address of the generation before, so that a reload finds this request and not that generation.
  if (location.hash !== "") window.history.pushState(null, "", START);
  composer.notice("");
  isFollowRefused = false;
  stack = params.generatedCodeConfig ?? stack;
  view.show(title);
  view.setSending(params.variants ?? VARIANTS);
  view.focus();
  scrollTo({ top: 0 });
  lastSent = { asked: null, requestId: client.generate(params, requestId), isRefused: false };
  // Files cannot be kept over a reload; once they are uploaded, what names them is.
  if (!params.prompt?.images.some((image) => image instanceof Blob)) rememberUnsent(lastSent.requestId, params, title);
}

function stop(variantIndex) {
  client.cancel(variantIndex);
  if (variantIndex === null) view.setStopping();
  else view.board.pane(variantIndex)?.setStopping();
}

function retry(index) {
  const model = view.models[index];
  if (model !== undefined && client.generationId !== null) send(repeated({ generationId: client.generationId, model }), view.title);
}

async function pick(index, isPicked) {
  const { generationId } = client;
  const winner = isPicked ? index : null;
  view.board.setWinner(winner);
  try {
    await pickWinner(generationId, winner);
    view.notice("");
  } catch (problem) {
    if (generationId !== client.generationId) return;
    view.board.setWinner(null);
    view.notice(t("pane.pickFailed", { problem: problem.message }));
  }
}

function edit(index, { wish, element }) {
  const { generationId } = client;
  const pane = view.board.pane(index);
  if (generationId === null || pane === null) return;
  const wishes = [...view.versions.wishesBefore(generationId), view.title];
  send(changedPage({ generationId, variantIndex: index, page: pane.text, wishes, wish, element, stack }), wish);
}

async function navigate() {
  forgetUnsent();
  const goal = location.hash;
  await route();
  if (location.hash !== goal) return;
  scrollTo({ top: 0 });
  if (!part("tally").hidden) part("tally-title").focus({ preventScroll: true });
  else if (view.isHidden) composer.focus();
  else view.focus();
}

function route() {
  const generationId = addressed();
  if (generationId !== null && generationId === client.generationId) return showAgain();
  client.leave();
  if (generationId !== null) return bringBack(generationId);
  showBlank(location.hash === TALLY);
  return null;
}

// Back from a page that left it running.
function showAgain() {
  composer.hide();
  part("tally").hidden = true;
  part("generation").hidden = false;
  return null;
}

// A reload between sending and acknowledgement: the same requestId continues that request, and pays for it once.
function continueUnsent() {
  const waiting = unsent();
  if (waiting !== null && client.generationId === null && view.isHidden) send(waiting.params, waiting.title ?? "", waiting.requestId);
}

async function bringBack(generationId) {
  isFollowRefused = false;
  view.show("");
  view.say(t("generation.loading"));
  const outcome = await fetchRecord(generationId).catch((problem) => problem);
  if (addressed() !== generationId) return;
  if (outcome.status === 404 || outcome.status === 403) {
    view.say("");
    view.setTitle(t("generation.nothing"));
    view.notice(t("generation.missing"));
    return;
  }
  if (outcome instanceof Error) view.notice(t("generation.overSocket", { problem: outcome.message }));
  else showRecord(outcome);
  client.follow(generationId, outcome.variants?.length ?? null);
}

/** What could not be read when the generation was opened: its prompt and its models. */
async function readMissingRecord() {
  const generationId = client.generationId;
  if (generationId === null || view.title !== "") return;
  const record = await fetchRecord(generationId).catch(() => null);
  if (record === null || addressed() !== generationId) return;
  view.notice("");
  showRecord(record);
}

function pollWithoutSocket() {
  if (client.isActive && (isFollowRefused || client.connectFailures >= FAILURES_BEFORE_POLL)) recovery.run();
}

// --- what the person sees

function showBlank(isTally) {
  view.hide();
  if (isTally) composer.hide();
  else composer.show();
  part("tally").hidden = !isTally;
  document.title = isTally ? `${t("tally.title")} - ${t("page.title")}` : t("page.title");
  if (isTally) tally.show();
}

function showRecord(record) {
  stack = record.stack ?? stack;
  view.applyRecord(record);
}

function showAccepted({ id, models, variants }) {
  forgetUnsent();
  composer.clear();
  window.history.pushState(null, "", addressOf(id));
  view.setAccepted(id, models, variants);
  history.refresh();
}

function showRefused({ phase, value, code, field }) {
  const message = value || t("generation.refused");
  if (phase === "follow") {
    isFollowRefused = code === "too_large"; // as many as may are following it already
    view.notice(message);
    return;
  }
  lastSent.isRefused = true;
  forgetUnsent();
  showBlank(false);
  const where = [code, field].filter((name) => typeof name === "string").join(", ");
  composer.notice(where === "" ? message : `${message} (${where})`);
}

function showEnded(pane, message) {
  pane.end(message);
  part("announcer").textContent = `${pane.model}: ${pane.stateText}`;
  view.setRunning(view.board.isRunning);
}

function showDone({ status }) {
  view.setDone(status);
  history.refresh();
  readMissingRecord();
}

function showConnection({ state }) {
  // One lasting text over all the attempts: a screen reader hears of it once.
  const shown = state === "connecting" && client.connectFailures > 0 ? "waiting" : state;
  const line = part("connection");
  line.dataset.state = shown;
  const text = t(`connection.${shown}`);
  if (line.textContent !== text) line.textContent = text;
  if (state === "open") readMissingRecord();
}

start();
