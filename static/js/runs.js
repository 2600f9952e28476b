// The runs page: every run as it stands, renamed, stopped, run again and forgotten; the chosen ones compared.

import "./language.js";
import { byId, say, sayBriefly, sayWhy } from "./bar.js";
import * as client from "./client.js";
import { createComparison } from "./compare.js";
import { showDiff } from "./diff.js";
import { headline } from "./differences.js";
import { part } from "./dom.js";
import { findKnobs } from "./knobs.js";
import { createListing, STATES, stateOf, titleOf } from "./listing.js";
import { mount as mountCurve } from "./panels/curve.js";
import { plotly } from "./plotly.js";
import { t } from "./words.js";

/** @import { Run } from "./client.js" */

const BUNDLE = /** @type {string} */ ("../dist/bundle.js");
const PAGE = 50;
const BUSY_PAUSE_MS = 500;
const IDLE_PAUSE_MS = 4_000;

const vendor = document.body.dataset.bundled === "yes" ? await import(BUNDLE).catch(() => null) : null;
const group = new URLSearchParams(location.search).get("group") ?? "";
const filter = /** @type {HTMLInputElement} */ (byId("filter"));
const outcome = /** @type {HTMLSelectElement} */ (byId("outcome"));
const table = byId("runs");
byId("curve").dataset.overlay = "";

/** @type {Run[]} newest first */
let runs = [];
let [more, polling, loaded] = [false, 0, false];

const comparison = createComparison({
  curve: mountCurve(byId("curve"), { plotly, scalars: client.scalars }),
  read: client.record,
  findKnobs: (source) => findKnobs(source, vendor),
  changed: choiceChanged,
  failed: sayWhy,
});
const listing = createListing(table, {
  choose: ({ id }, on) => void (on ? comparison.add(id) : comparison.remove(id)),
  rename: (run, title) => void attempt(client.rename(run.id, title)),
  stop: (run) => void attempt(client.stop(run.id), t("Stopping {title}…", { title: titleOf(run) })),
  remove: (run) => {
    comparison.remove(run.id);
    void attempt(client.forget(run.id), t("{title} is deleted", { title: titleOf(run) }));
  },
  rerun: (run) => void attempt(runAgain(run), t("{title} runs again", { title: titleOf(run) })),
});

/** @param {Run} run */
async function runAgain({ id }) {
  const { source = "", title, group } = await client.record(id);
  await client.start(source, { title: title ?? headline(source), ...(group ? { group } : {}) });
}

/** Does what was asked, says so, and looks how things stand now. @param {Promise<unknown>} asked @param {string} [words] */
async function attempt(asked, words) {
  try {
    await asked;
    if (words) sayBriefly(words);
  } catch (error) {
    sayWhy(error);
  }
  await poll();
}

/** Looks at the newest runs; older ones that were asked for stay as they were. */
async function poll() {
  clearTimeout(polling);
  try {
    const fresh = await client.runs({ limit: PAGE, ...(group ? { group } : {}) });
    const ids = new Set(fresh.map(({ id }) => id));
    const last = fresh.at(-1);
    const older =
      last && fresh.length === PAGE ? runs.filter((run) => !ids.has(run.id) && run.created_at < last.created_at) : [];
    if (runs.length <= PAGE) more = fresh.length === PAGE;
    runs = [...fresh, ...older];
    if (byId("status").dataset.state === "bad") say("");
    comparison.refresh(fresh);
    if (!loaded) void chooseAtFirst();
    loaded = true;
  } catch (error) {
    sayWhy(error);
  }
  show();
  const busy = runs.some(({ state }) => state !== "finished");
  polling = setTimeout(() => document.hidden || void poll(), busy ? BUSY_PAUSE_MS : IDLE_PAUSE_MS);
}

async function loadOlder() {
  const before = runs.at(-1)?.id;
  if (!before) return;
  const next = await client
    .runs({ limit: PAGE, before, ...(group ? { group } : {}) })
    .catch((error) => (sayWhy(error), []));
  more = next.length === PAGE;
  runs.push(...next);
  show();
}

/** What the address names, else a whole group; one after the other, so that their order stays. */
async function chooseAtFirst() {
  const named = new URLSearchParams(location.hash.slice(1)).get("compare")?.split(",") ?? [];
  for (const id of named.length > 0 ? named : group ? runs.map(({ id }) => id).reverse() : []) await comparison.add(id);
}

function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = runs.filter((run) => {
    const text = `${titleOf(run)} ${run.group ?? ""} ${run.id}`.toLowerCase();
    return words.every((word) => text.includes(word)) && (outcome.value === "" || stateOf(run) === outcome.value);
  });
  listing.show(matching, comparison.ids());
  part(table, "table").hidden = matching.length === 0;
  part(table, "empty").hidden = !loaded || runs.length > 0;
  part(table, "no-match").hidden = runs.length === 0 || matching.length > 0;
  part(table, "older").hidden = !more;
  part(table, "count").textContent =
    matching.length === runs.length
      ? runs.length > 0
        ? String(runs.length)
        : ""
      : t("{count} of {total}", { count: matching.length, total: runs.length });
}

function choiceChanged() {
  const ids = comparison.ids();
  byId("curve").hidden = ids.size === 0;
  byId("chosen").hidden = ids.size === 0;
  byId("chosen-count").textContent = t("{count} chosen", { count: ids.size });
  const pair = comparison.pair();
  const diff = /** @type {HTMLButtonElement} */ (byId("diff-button"));
  diff.disabled = pair === null;
  diff.title = pair ? "" : t("Choose exactly two runs to see what differs between their sources");
  if (!pair) byId("diff").hidden = true;
  else if (!byId("diff").hidden) showDiff(byId("diff"), pair[0], pair[1], vendor);
  const hash = ids.size > 0 ? `#compare=${[...ids].map(encodeURIComponent).join(",")}` : "";
  history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
  show();
}

byId("diff-button").addEventListener("click", () => {
  const pair = comparison.pair();
  if (!pair) return;
  showDiff(byId("diff"), pair[0], pair[1], vendor);
  byId("diff").scrollIntoView({ block: "nearest" });
});
part(byId("diff"), "close").addEventListener("click", () => {
  byId("diff").hidden = true;
  byId("diff-button").focus();
});
byId("clear").addEventListener("click", () => {
  for (const id of comparison.ids()) comparison.remove(id);
});
part(table, "older").addEventListener("click", () => void loadOlder());
part(table, "all").addEventListener("click", () => {
  filter.value = outcome.value = "";
  show();
  filter.focus();
});
outcome.append(...[...STATES].map(([state, words]) => new Option(words, state)));
filter.addEventListener("input", show);
outcome.addEventListener("change", show);
document.addEventListener("visibilitychange", () => document.hidden || void poll());
byId("group").hidden = !group;
table.toggleAttribute("data-group", group !== "");
byId("group-name").textContent = group;
void poll();
