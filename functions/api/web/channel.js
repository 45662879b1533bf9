// What one tab tells the others of this browser about a generation, so that they need not ask the server for it.

const channel = globalThis.BroadcastChannel === undefined ? null : new BroadcastChannel("quartet");

/** Tells them that a generation was `deleted`, or that something was added to it (`grown`). */
export function tellTabs(what, generationId) {
  channel?.postMessage({ what, generationId });
}

/** `on.deleted` and `on.grown` get the generation's id. */
export function listenToTabs(on) {
  channel?.addEventListener("message", ({ data }) => on[data.what]?.(data.generationId));
}
