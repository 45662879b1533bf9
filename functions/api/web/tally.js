// How the models compare over everything that was generated here: the fair comparison that a line-up is for.

import * as format from "./format.js";
import { fetchTally } from "./http.js";
import { t } from "./texts.js";

const COLUMNS = ["model", "won", "pages", "time", "tokens", "cost"];

export class TallyPage {
  #table;
  #note;

  constructor({ table, note }) {
    this.#table = table;
    this.#note = note;
    const head = document.createElement("tr");
    for (const column of COLUMNS) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = t(`tally.${column}`);
      head.append(cell);
    }
    table.tHead.replaceChildren(head);
  }

  async show() {
    this.#note.textContent = t("history.loading");
    let tally;
    try {
      tally = await fetchTally();
    } catch (problem) {
      this.#note.textContent = t("tally.failed", { problem: problem.message });
      return;
    }
    const { generations, compared, whole, models } = tally;
    this.#table.hidden = models.length === 0;
    this.#table.tBodies[0].replaceChildren(...models.map(row));
    if (models.length === 0) this.#note.textContent = t("tally.empty");
    else this.#note.textContent = [t("tally.text", { generations, compared }), whole ? "" : t("tally.part")].join(" ").trim();
  }
}

function row(standing) {
  const line = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = standing.model;
  line.append(name, won(standing), ...measures(standing).map((text) => cell(text)));
  return line;
}

function won({ won: times, compared }) {
  if (compared === 0) return cell("–");
  const percent = Math.round((times / compared) * 100);
  const element = cell(t("tally.share", { won: times, compared, percent }));
  const bar = document.createElement("meter");
  bar.max = compared;
  bar.value = times;
  bar.setAttribute("aria-hidden", "true");
  element.append(bar);
  return element;
}

function measures({ variants, completed, meanDurationMs, inputTokens, outputTokens, costUsd }) {
  const each = completed > 0 && costUsd !== null ? t("tally.perPage", { cost: format.cost(costUsd / completed) }) : null;
  return [
    t("tally.ratio", { completed, variants }),
    meanDurationMs === null ? "–" : format.duration(meanDurationMs),
    outputTokens === null ? "–" : `${format.count(inputTokens ?? 0)} + ${format.count(outputTokens)}`,
    costUsd === null ? "–" : [format.cost(costUsd), each].filter((text) => text !== null).join(", "),
  ];
}

function cell(text) {
  const element = document.createElement("td");
  element.textContent = text;
  return element;
}
