// Numbers and times as people read them.

import { LANGUAGE, t } from "./texts.js";

// Made once: making one takes longer than a thousand uses.
const WHOLE = new Intl.NumberFormat(LANGUAGE);
const TENTHS = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });

export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 60) return t("format.seconds", { count: TENTHS.format(seconds) });
  return t("format.minutes", { minutes: Math.floor(seconds / 60), seconds: String(Math.floor(seconds % 60)).padStart(2, "0") });
}

export function size(bytes) {
  return bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} KB`;
}

export function tokens({ inputTokens, outputTokens } = {}) {
  if (!Number.isFinite(inputTokens) || !Number.isFinite(outputTokens)) return null;
  return t("format.tokens", { input: count(inputTokens), output: count(outputTokens) });
}

export function cost(dollars) {
  if (!Number.isFinite(dollars)) return null;
  return dollars > 0 && dollars < 0.1 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
}

export function count(value) {
  return WHOLE.format(value);
}

/** The first characters of a text; cut between characters, not between the halves of one. */
export function beginning(text, length) {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length).join("").trimEnd()}…`;
}

/** Milliseconds since 1970 of an ISO text, of seconds or of milliseconds; null if it is none of them. */
export function instant(value) {
  if (typeof value === "number") return value < 1e12 ? value * 1_000 : value;
  const parsed = Date.parse(value ?? "");
  return Number.isNaN(parsed) ? null : parsed;
}

/** So many seconds from now: "in 25 seconds". */
export function soon(seconds) {
  return new Intl.RelativeTimeFormat(LANGUAGE).format(Math.max(1, seconds), "second");
}

/** A moment to come, by its time and, if that is not today, its day. */
export function instantText(milliseconds, now = Date.now()) {
  const isToday = new Date(milliseconds).toDateString() === new Date(now).toDateString();
  const day = isToday ? {} : { day: "numeric", month: "long" };
  return t("time.after", { time: new Intl.DateTimeFormat(LANGUAGE, { ...day, hour: "numeric", minute: "2-digit" }).format(milliseconds) });
}

/** A moment by its day and time. */
export function dateText(milliseconds) {
  return new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }).format(milliseconds);
}

export function ago(milliseconds, now = Date.now()) {
  const minutes = Math.floor((now - milliseconds) / 60_000);
  if (minutes < 1) return t("time.now");
  if (minutes < 60) return t("time.minutes", { count: minutes });
  if (minutes < 24 * 60) return t("time.hours", { count: Math.floor(minutes / 60) });
  return new Date(milliseconds).toLocaleDateString(LANGUAGE, { year: "numeric", month: "short", day: "numeric" });
}
