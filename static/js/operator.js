// The operator's page: walls, queue, clients, outcomes and limits, read anew every few seconds.

import "./language.js";
import { say, sayWhy } from "./bar.js";
import { operator } from "./client.js";
import { formatCount, part } from "./dom.js";
import { t } from "./words.js";

/** @import { Operator } from "./client.js" */

const PAUSE_MS = 2_000;
const MIB = 2 ** 20;
const KINDS = new Map(Object.entries({ listed: t("Listed runs"), unlisted: t("While somebody types") }));
const STATE_WORDS = new Map(
  Object.entries({ starting: t("Starting"), ready: t("Ready"), refusing: t("Runs nothing") }),
);

/** A table's rows, set as text; with none a sentence says so. @param {string} name @param {(string | number)[][]} rows */
function fill(name, rows) {
  const table = /** @type {HTMLTableElement} */ (part(document, name));
  const made = rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((cell, place) => cellOf(cell, place)));
    return row;
  });
  table.tBodies[0]?.replaceChildren(...made);
  table.hidden = !rows.length;
  part(document, `${name}-none`).toggleAttribute("hidden", rows.length > 0);
}

/** A limit as a person reads it. @param {string} name @param {number} value */
const amount = (name, value) => (name.endsWith("_bytes") ? `${formatCount(value / MIB)} MiB` : value);

/** @param {string | number} value @param {number} place */
function cellOf(value, place) {
  const cell = document.createElement(place ? "td" : "th");
  if (!place) cell.setAttribute("scope", "row");
  cell.className = place ? "number" : "";
  cell.textContent = typeof value === "number" ? formatCount(value) : value;
  return cell;
}

/** @param {Operator["health"]} health */
function showWalls(health) {
  const state = part(document, "state");
  state.textContent = STATE_WORDS.get(health.state) ?? health.state;
  state.dataset.state = health.state;
  part(document, "detail").textContent = health.detail;
  part(document, "versions").textContent =
    `Gradwalk ${health.version} · Python ${health.python ?? "…"} · torch ${health.torch ?? "…"}`;
  const layers = Object.entries(health.layers).map(([name, stands]) => {
    const item = document.createElement("li");
    item.dataset.stands = stands ? "yes" : "no";
    item.textContent = stands ? t("{layer} stands", { layer: name }) : t("{layer} is missing", { layer: name });
    return item;
  });
  part(document, "layers").replaceChildren(...layers);
}

/** @param {Operator} told */
function show({ health, clients, streams, outcomes, limits, bounds }) {
  showWalls(health);
  const { queue } = health;
  fill(
    "queue",
    [...KINDS].map(([kind, word]) => [word, queue.running[kind] ?? 0, queue.waiting[kind] ?? 0]),
  );
  part(document, "queue-note").textContent = t("of each kind {slots} run at once and {bound} wait", queue);
  fill(
    "clients",
    clients.map(({ client, running, waiting, streams }) => [client, running, waiting, streams]),
  );
  part(document, "clients-note").textContent =
    streams === 1 ? t("1 open stream") : t("{count} open streams", { count: streams });
  fill(
    "outcomes",
    Object.entries(outcomes).sort(([one], [other]) => one.localeCompare(other)),
  );
  const names = Object.keys(limits["training"] ?? {});
  fill(
    "limits",
    names.map((name) => [
      name,
      ...["expression", "training"].map((preset) => amount(name, limits[preset]?.[name] ?? 0)),
    ]),
  );
  const none = t("no bound");
  fill(
    "bounds",
    Object.entries(bounds).map(([name, value]) => [`GRADWALK_${name.toUpperCase()}`, value || none]),
  );
}

async function look() {
  try {
    show(await operator());
    say("");
  } catch (error) {
    sayWhy(error);
  }
  setTimeout(look, PAUSE_MS);
}

void look();
