// Wires the client to the page.

import { Attachments, describe } from "./attachments.js";
import { Board } from "./board.js";
import { beginning, instant } from "./format.js";
import { addressed, addressOf, History, isCut, promptText } from "./history.js";
import { awaitConfig, fetchRecord } from "./http.js";
import { Quartet } from "./quartet.js";
import { Recovery } from "./recovery.js";
import { forgetUnsent, rememberUnsent, unsent } from "./unsent.js";

const VARIANTS = 4;
const POLL_MS = 5_000;
const FAILURES_BEFORE_POLL = 3;
const CONNECTION_TEXTS = { idle: "", connecting: "Connecting…", open: "Connected", waiting: "Connection lost, reconnecting. Nothing is lost." };
const DONE_TEXTS = { completed: "All pages are done and saved.", partial: "Some pages are done and saved.", failed: "No page could be made.", cancelled: "Stopped. What had been written is kept." };

const part = (id) => document.getElementById(id);
const board = new Board(part("panes"), part("pane-template"), { onStop: stop });
const history = new History({ list: part("history-list"), note: part("history-note"), more: part("history-more") });
const attachments = new Attachments({
  list: part("attachments"), input: part("files"), button: part("attach"), target: part("composer"),
  say: (text) => showNotice("composer-error", text),
});
let client = null;
let recovery = null;
let isFollowRefused = false;
let promptOfPage = ""; // what the page itself last put or read there
let lastSent = { asked: "", requestId: undefined, isRefused: false };

async function start() {
  const config = await awaitConfig(() => showNotice("composer-error", "The server cannot be reached. Trying again…"));
  showNotice("composer-error", "");
  history.refresh();
  part("demo-banner").hidden = config.demo !== true;
  part("version").textContent = config.version ? `Version ${config.version}.` : "";
  client = new Quartet(config.webSocketUrl || ownWebSocketUrl());
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

function listenToPage() {
  part("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    generate();
  });
  part("prompt").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!part("generate").disabled) part("composer").requestSubmit();
  });
  part("prompt").addEventListener("input", () => client.warm(), { once: true });
  attachments.addEventListener("change", () => { part("prompt").required = attachments.files.length === 0; });
  part("stop-all").addEventListener("click", () => stop(null));
  addEventListener("hashchange", navigate);
  // Without a change of the address there is no event, but something unsent to get away from.
  for (const link of document.querySelectorAll('a[href="#/"]')) {
    link.addEventListener("click", () => { if (location.hash === "#/") navigate(); });
  }
}

function listenToClient() {
  const on = (type, handle) => client.addEventListener(type, (event) => handle(event.detail));
  on("connection", showConnection);
  on("prepared", ({ requestId, params }) => rememberUnsent(requestId, params, part("generation-title").textContent));
  on("accepted", showAccepted);
  on("refused", showRefused);
  on("models", ({ models }) => board.setModels(models));
  on("status", ({ variantIndex, value, data }) => board.pane(variantIndex)?.setStatus(String(value ?? ""), data));
  on("progress", ({ variantIndex, attempt, data }) => board.pane(variantIndex)?.setProgress({ attempt, ...data }));
  on("text", ({ variantIndex, text, attempt }) => board.pane(variantIndex)?.setText(text, attempt));
  on("ended", showEnded);
  on("incomplete", () => recovery.run());
  on("done", showDone);
}

// --- what the person does

function generate() {
  const text = part("prompt").value.trim();
  const images = attachments.files;
  if (text === "" && images.length === 0) return;
  promptOfPage = part("prompt").value;
  const params = {
    generatedCodeConfig: part("stack").value,
    inputMode: images.length === 0 ? "text" : "image",
    generationType: "create",
    prompt: { text, images, videos: [] },
    variants: VARIANTS,
  };
  // The same request, refused before, may have had its effect all the same: under its old name it is not paid for twice.
  const asked = JSON.stringify([params, describe(images)]);
  const isRepeat = lastSent.isRefused && lastSent.asked === asked;
  send(params, text || "From screenshots", isRepeat ? lastSent.requestId : undefined);
  lastSent.asked = asked;
}

function send(params, title, requestId) {
  // Off the address of the generation before, so that a reload finds this request and not that generation.
  if (location.hash !== "") window.history.pushState(null, "", "#/");
  showNotice("composer-error", "");
  showGeneration(title);
  board.setCount(params.variants ?? VARIANTS);
  board.start(Date.now());
  if (document.activeElement === part("generate")) focusGeneration();
  scrollToGeneration();
  part("generation-state").textContent = "Sending…";
  part("generate").disabled = true;
  lastSent = { asked: "", requestId: client.generate(params, requestId), isRefused: false };
  // Files cannot be kept over a reload; once they are uploaded, what names them is.
  if (!params.prompt?.images.some((image) => image instanceof Blob)) rememberUnsent(lastSent.requestId, params, title);
}

function stop(variantIndex) {
  client.cancel(variantIndex);
  if (variantIndex === null) {
    board.setStopping();
    focusGeneration();
    part("stop-all").disabled = true;
  } else {
    board.pane(variantIndex)?.setStopping();
  }
}

async function navigate() {
  forgetUnsent();
  const goal = addressed();
  await route();
  if (addressed() !== goal) return;
  if (part("generation").hidden) {
    part("prompt").focus();
    part("prompt").select();
  } else {
    focusGeneration();
    scrollToGeneration();
  }
}

function route() {
  const generationId = addressed();
  if (generationId !== null && generationId === client.generationId) return null;
  if (generationId !== null) return bringBack(generationId);
  client.leave();
  showBlank();
  return null;
}

// A reload between sending and acknowledgement: the same requestId continues that request, and pays for it once.
function continueUnsent() {
  const waiting = unsent();
  if (waiting !== null && client.generationId === null && part("generation").hidden) send(waiting.params, waiting.title ?? "", waiting.requestId);
}

async function bringBack(generationId) {
  client.leave();
  showGeneration("");
  part("generation-state").textContent = "Bringing it back…";
  part("generate").disabled = false;
  const outcome = await fetchRecord(generationId).catch((problem) => problem);
  if (addressed() !== generationId) return;
  if (outcome.status === 404 || outcome.status === 403) {
    part("generation-state").textContent = "";
    showPrompt("Nothing here");
    showNotice("generation-notice", "There is no generation under this address. It may have been deleted, or belong to someone else.");
    return;
  }
  if (outcome instanceof Error) showNotice("generation-notice", `${outcome.message} Trying over the socket…`);
  else showRecord(outcome);
  client.follow(generationId, outcome.variants?.length ?? null);
}

/** What could not be read when the generation was opened: its prompt and its models. */
async function readMissingRecord() {
  const generationId = client.generationId;
  if (generationId === null || part("generation-title").textContent !== "") return;
  const record = await fetchRecord(generationId).catch(() => null);
  if (record === null || addressed() !== generationId) return;
  showNotice("generation-notice", "");
  showRecord(record);
}

function pollWithoutSocket() {
  if (client.isActive && (isFollowRefused || client.connectFailures >= FAILURES_BEFORE_POLL)) recovery.run();
}

// --- what the person sees

function showBlank() {
  board.clear();
  part("generation").hidden = true;
  part("intro").hidden = false;
  part("generate").disabled = false;
  document.title = "Quartet";
}

function showGeneration(prompt) {
  board.clear();
  isFollowRefused = false;
  part("intro").hidden = true;
  part("generation").hidden = false;
  part("stop-all").hidden = true;
  part("stop-all").disabled = false;
  showNotice("generation-notice", "");
  showPrompt(prompt);
}

function showPrompt(prompt) {
  part("generation-title").textContent = prompt;
  document.title = prompt === "" ? "Quartet" : `${beginning(prompt, 60)} - Quartet`;
}

function scrollToGeneration() {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  part("generation").scrollIntoView({ block: "start", behavior: isStill ? "instant" : "smooth" });
}

function focusGeneration() {
  part("generation-title").focus({ preventScroll: true });
}

function showAccepted({ id, models, variants }) {
  forgetUnsent();
  attachments.clear();
  window.history.pushState(null, "", addressOf(id));
  board.setCount(variants);
  board.setModels(models);
  part("stop-all").hidden = false;
  part("generation-state").textContent = "Accepted. This page can be closed and opened again at any time.";
  history.refresh();
}

function showRefused({ phase, value, code, field }) {
  const message = value || "The request was refused.";
  if (phase === "follow") {
    isFollowRefused = code === "too_large"; // as many as may are following it already
    showNotice("generation-notice", message);
    return;
  }
  lastSent.isRefused = true;
  forgetUnsent();
  showBlank();
  const where = [code, field].filter((name) => typeof name === "string").join(", ");
  showNotice("composer-error", where === "" ? message : `${message} (${where})`);
}

function showRecord(record) {
  const prompt = promptText(record.prompt);
  showPrompt(isCut(prompt) ? `${prompt}…` : prompt);
  fillPrompt(isCut(prompt) ? "" : prompt);
  const isRunning = record.variants.some(({ status }) => !["completed", "failed", "cancelled"].includes(status));
  board.setCount(record.variants.length);
  board.applyRecord(record);
  board.start(isRunning ? instant(record.created_at) ?? Date.now() : null);
  part("stop-all").hidden = !isRunning;
  part("generate").disabled = isRunning;
  part("generation-state").textContent = isRunning ? "Still being written." : DONE_TEXTS[record.status] ?? "";
}

/** Offers a prompt to be changed and sent again, unless the person has begun another one. */
function fillPrompt(prompt) {
  const { value } = part("prompt");
  if (value !== "" && value !== promptOfPage) return;
  part("prompt").value = prompt;
  promptOfPage = prompt;
}

function showEnded(message) {
  const pane = board.pane(message.variantIndex);
  if (pane === null) return;
  pane.end(message);
  part("announcer").textContent = `${pane.model}: ${pane.stateText}`;
  part("stop-all").hidden = !board.isRunning;
}

function showDone({ status }) {
  showNotice("generation-notice", "");
  part("generation-state").textContent = DONE_TEXTS[status] ?? "Done.";
  part("stop-all").hidden = true;
  part("generate").disabled = false;
  history.refresh();
  readMissingRecord();
}

function showConnection({ state }) {
  // One lasting text over all the attempts: a screen reader hears of it once.
  const shown = state === "connecting" && client.connectFailures > 0 ? "waiting" : state;
  const line = part("connection");
  line.dataset.state = shown;
  if (line.textContent !== CONNECTION_TEXTS[shown]) line.textContent = CONNECTION_TEXTS[shown];
  if (state === "open") readMissingRecord();
}

function showNotice(id, text) {
  part(id).textContent = text;
  part(id).hidden = text === "";
}

start();
