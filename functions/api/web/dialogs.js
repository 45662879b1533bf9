// The dialogs beside the work: what happened lately, for a bug report, and a page that is brought along.

import { report } from "./journal.js";
import { t } from "./texts.js";

const REFRESH_MS = 1_000;
const SAID_FOR_MS = 1_500;
const part = (id) => document.getElementById(id);

/** Every button that closes its dialog does. */
export function listenToClosers() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

/** `facts` gives what is known of the server and the connection, by name. */
export function listenToDiagnostics(facts) {
  const dialog = part("diagnostics");
  let timer = null;
  const write = () => {
    // Not under a selection, which would be lost.
    if (document.getSelection()?.isCollapsed !== false) part("diagnostics-report").textContent = report(facts());
  };
  part("diagnostics-open").addEventListener("click", () => {
    write();
    dialog.showModal();
    timer = setInterval(write, REFRESH_MS);
  });
  dialog.addEventListener("close", () => clearInterval(timer));
  part("diagnostics-copy").addEventListener("click", async () => {
    const button = part("diagnostics-copy");
    const isCopied = await navigator.clipboard?.writeText(report(facts())).then(() => true, () => false);
    button.textContent = isCopied ? t("pane.copied") : t("pane.notAllowed");
    setTimeout(() => { button.textContent = t("diagnostics.copy"); }, SAID_FOR_MS);
  });
}

/** `onImport` gets {code, wish}. Returns what opens the dialog, with a file if there is one. */
export function listenToImport(onImport) {
  const dialog = part("import-dialog");
  const say = (text) => {
    part("import-error").textContent = text;
    part("import-error").hidden = text === "";
  };
  const open = async (file) => {
    say("");
    if (!dialog.open) dialog.showModal();
    if (file !== undefined) part("import-code").value = await file.text();
    part(file === undefined ? "import-code" : "import-wish").focus();
  };
  part("import").addEventListener("click", () => open());
  part("import-choose").addEventListener("click", () => part("import-file").click());
  part("import-file").addEventListener("change", () => {
    const [file] = part("import-file").files;
    part("import-file").value = "";
    if (file !== undefined) open(file);
  });
  part("import-form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) part("import-form").requestSubmit();
  });
  part("import-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const code = part("import-code").value;
    const wish = part("import-wish").value.trim();
    if (code.trim() === "") return say(t("import.empty"));
    if (wish === "") return say(t("import.unsaid"));
    dialog.close();
    part("import-form").reset();
    return onImport({ code, wish });
  });
  return open;
}
