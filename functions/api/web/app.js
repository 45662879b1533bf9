// Puts the page together: where it shows what, and what leads from one part to another.

import { addressed, addressOf, shared, START, TALLY } from "./addresses.js";
import { listenToTabs } from "./channel.js";
import { Deletion } from "./deletion.js";
import { listenToClosers, listenToDiagnostics } from "./dialogs.js";
import { GenerationView } from "./generation-view.js";
import { History } from "./history.js";
import { awaitConfig } from "./http.js";
import { currentShare, currentToken, forgetToken, identify, identityEvents, isAsked, setShare } from "./identity.js";
import { note } from "./journal.js";
import { OpenGeneration } from "./open-generation.js";
import { Quartet } from "./quartet.js";
import { Start } from "./start.js";
import { TallyPage } from "./tally.js";
import { LANGUAGE, localize, t } from "./texts.js";
import { forgetUnsent, unsent } from "./unsent.js";

const part = (id) => document.getElementById(id);
localize(document);
document.documentElement.lang = LANGUAGE;

const view = new GenerationView({
  stop: (index) => open.stop(index),
  retry: (index) => open.retry(index),
  pick: (index, isPicked) => open.pick(index, isPicked),
  edit: (index, change) => open.edit(index, change, send),
});
const deletion = new Deletion({ onDeleted: showDeleted });
const history = new History({
  list: part("history-list"), note: part("history-note"), more: part("history-more"), form: part("search-form"), search: part("search"),
}, { onDelete: (id, title) => deletion.ask(id, title) });
const tally = new TallyPage({ table: part("tally-table"), note: part("tally-note") });
const composer = new Start();
let signIn = null;
let sharing = null;
let config = {};
let open = null;

async function start() {
  listenToClosers();
  listenToDiagnostics(facts);
  config = await awaitConfig(() => composer.notice(t("server.unreachable")));
  composer.notice("");
  identify(config);
  if (isAsked()) await loadAccess();
  identityEvents.addEventListener("unauthorized", () => letIn({ isAgain: true }));
  part("demo-banner").hidden = config.demo !== true;
  part("version").textContent = config.version ? t("footer.version", { version: config.version }) : "";
  open = new OpenGeneration({
    makeClient, view,
    on: { accepted: showAccepted, refused: showRefused, done: refreshHistory, connection: showConnection },
  });
  listenToPage();
  showIdentity();
  await route();
  continueUnsent();
}

function makeClient() {
  return new Quartet(config.webSocketUrl || ownWebSocketUrl(), { identity: () => ({ token: currentToken(), share: currentShare() }) });
}

// --- who it is

/** Whether somebody looks at what a link shows, and has said nothing of themselves. */
function isGuest() {
  return isAsked() && currentToken() === null;
}

// Only where somebody is asked.
async function loadAccess() {
  const [{ SignIn }, { Sharing }] = await Promise.all([import("./sign-in.js"), import("./sharing.js")]);
  signIn = new SignIn();
  sharing = new Sharing();
}

async function letIn(how) {
  await signIn.ask(how);
  showIdentity();
  open.renew();
}

function showIdentity() {
  part("sign-out").hidden = currentToken() === null;
  part("history").hidden = isGuest();
  refreshHistory();
}

// A guest has none.
function refreshHistory() {
  if (!isGuest()) history.refresh();
}

function signOut() {
  forgetToken();
  location.assign("/");
}

function ownWebSocketUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/generate-code`;
}

function facts() {
  return {
    "Quartet": config.version ?? "?", "Models from": config.modelSource ?? "?", "Line-up": (config.models ?? []).join(", "),
    "Page": location.hash, "Generation": open?.id ?? "none", "Socket": part("connection").dataset.state,
    "Failed connects": open?.connectFailures ?? 0, "Browser": navigator.userAgent, "Window": `${innerWidth}x${innerHeight}`,
    "Time": new Date().toISOString(),
  };
}

function listenToPage() {
  composer.listen({ onSend: generate, onTouch: () => open.warm() });
  part("stop-all").addEventListener("click", () => open.stop(null));
  part("delete-this").addEventListener("click", () => { if (open.id !== null) deletion.ask(open.id, view.title); });
  part("share-this").addEventListener("click", () => { if (open.id !== null) sharing.open(open.id); });
  part("sign-out").addEventListener("click", signOut);
  listenToTabs({ deleted: (id) => history.drop(id) });
  addEventListener("hashchange", navigate);
  addEventListener("error", (event) => note("-", "error", event.message));
  addEventListener("unhandledrejection", (event) => note("-", "error", event.reason?.message ?? event.reason));
  // Without a change of the address there is no event, but something unsent to get away from.
  for (const link of document.querySelectorAll('a[href="#/"]')) {
    link.addEventListener("click", () => { if (location.hash === START) navigate(); });
  }
}

// --- what the person does

function generate(params, title, asked) {
  leaveAddress();
  open.generate(params, title, asked);
}

function send(params, title, requestId) {
  leaveAddress();
  open.send(params, title, requestId);
}

// Off the address of the generation before, so that a reload finds this request and not that generation.
function leaveAddress() {
  if (location.hash !== "") globalThis.history.pushState(null, "", START);
  composer.notice("");
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

async function route() {
  const [generationId, share] = [addressed(), shared()];
  setShare(share);
  view.setReadOnly(share !== null);
  if (share === null && isGuest()) await letIn();
  if (generationId !== null && generationId === open.id) return showAgain();
  open.leave();
  if (generationId === null) return showBlank(location.hash === TALLY);
  await open.bringBack(generationId, () => addressed() === generationId);
  return undefined;
}

// Back from a page that left it running.
function showAgain() {
  composer.hide();
  part("tally").hidden = true;
  part("generation").hidden = false;
}

// A reload between sending and acknowledgement: the same requestId continues that request, and pays for it once.
function continueUnsent() {
  const waiting = unsent();
  if (waiting !== null && open.id === null && view.isHidden) send(waiting.params, waiting.title ?? "", waiting.requestId);
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

function showAccepted(id) {
  composer.clear();
  globalThis.history.pushState(null, "", addressOf(id));
  refreshHistory();
}

async function showRefused({ message, code }) {
  showBlank(false);
  composer.notice(message);
  if (code !== "unauthorized" || !isAsked()) return;
  await letIn({ isAgain: true });
  composer.notice("");
}

function showDeleted(id) {
  history.drop(id);
  if (addressed() === id) location.hash = START;
}

function showConnection(client, { state }) {
  // One lasting text over all the attempts: a screen reader hears of it once.
  const shown = state === "connecting" && client.connectFailures > 0 ? "waiting" : state;
  const line = part("connection");
  line.dataset.state = shown;
  const text = t(`connection.${shown}`);
  if (line.textContent !== text) line.textContent = text;
}

start();
