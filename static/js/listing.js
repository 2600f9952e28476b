// The table of runs: one row each, made once and kept up to date, so that a poll never takes the keyboard's place.

import { clone, formatCount, formatScalar, part, slot } from "./dom.js";
import { sparkline } from "./sparkline.js";
import { formatSeconds, pointsWord } from "./wording.js";
import { t } from "./words.js";

/** @import { Run, SeriesRecord } from "./client.js" */
/**
 * @typedef {{ choose: (run: Run, on: boolean) => void, rename: (run: Run, title: string) => void,
 *   remove: (run: Run) => void, rerun: (run: Run) => void, stop: (run: Run) => void }} Acts
 */

const SURE_MS = 4_000;
/** How a run stands, in words; also what the filter offers. */
export const STATES = new Map(
  Object.entries({
    queued: t("Queued"),
    running: t("Running"),
    ok: t("Finished"),
    exception: t("Raised an exception"),
    stopped: t("Stopped"),
    timeout: t("Out of time"),
    out_of_memory: t("Out of memory"),
    output_limit: t("Printed too much"),
    crashed: t("Crashed"),
    interrupted: t("Interrupted"),
  }),
);

/** The word a run's state and outcome come down to. @param {Run} run */
export const stateOf = (run) => run.outcome ?? (run.state === "queued" ? "queued" : "running");

/** What a run is called. @param {Run} run */
export const titleOf = (run) => run.title || t("Run {id}", { id: run.id });

/** The series a run is judged by. @param {Run} run @returns {SeriesRecord | undefined} */
export const mainSeries = ({ series, best }) =>
  series.find(({ tag, origin }) => tag === best?.tag && origin === best.origin) ?? series[0];

/**
 * A list in `root`'s table body; `show` brings it to the given runs.
 * @param {HTMLElement} root @param {Acts} acts
 */
export function createListing(root, acts) {
  const body = part(root, "rows");
  /** @type {Map<string, { row: HTMLElement, run: Run }>} */
  const known = new Map();
  return {
    /** @param {Run[]} runs @param {Set<string>} chosen */
    show(runs, chosen) {
      const wanted = runs.map((run) => {
        const entry = known.get(run.id) ?? { row: createRow(root, run.id, known, acts), run };
        entry.run = run;
        known.set(run.id, entry);
        fill(entry.row, run, chosen.has(run.id));
        return entry.row;
      });
      for (const [id, { row }] of known) {
        if (wanted.includes(row)) continue;
        row.remove();
        if (!runs.some((run) => run.id === id)) known.delete(id);
      }
      wanted.forEach(
        (row, place) => body.children[place] !== row && body.insertBefore(row, body.children[place] ?? null),
      );
    },
  };
}

/** @param {HTMLElement} root @param {string} id @param {Map<string, { run: Run }>} known @param {Acts} acts */
function createRow(root, id, known, acts) {
  const row = clone(root, "row");
  const run = () => /** @type {{ run: Run }} */ (known.get(id)).run;
  const box = /** @type {HTMLInputElement} */ (slot(row, "choose"));
  box.addEventListener("change", () => acts.choose(run(), box.checked));
  slot(row, "stop").addEventListener("click", () => acts.stop(run()));
  slot(row, "rerun").addEventListener("click", () => acts.rerun(run()));
  askTwice(slot(row, "remove"), () => acts.remove(run()));
  wireRename(row, run, acts.rename);
  return row;
}

/** A button that acts at its second press. @param {HTMLElement} button @param {() => void} act */
function askTwice(button, act) {
  let timer = 0;
  const calm = () => {
    clearTimeout(timer);
    button.classList.remove("sure");
    slot(button, "word").textContent = t("Delete");
  };
  button.addEventListener("click", () => {
    if (button.classList.contains("sure")) return (calm(), act());
    button.classList.add("sure");
    slot(button, "word").textContent = t("Really delete?");
    timer = setTimeout(calm, SURE_MS);
  });
  button.addEventListener("blur", calm);
}

/** The title's place holds a field while it is written. @param {HTMLElement} row @param {() => Run} run @param {Acts["rename"]} rename */
function wireRename(row, run, rename) {
  const [link, field, button] = [slot(row, "title"), slot(row, "field"), slot(row, "rename")];
  const input = /** @type {HTMLInputElement} */ (/** @type {HTMLElement} */ (field));
  /** @param {boolean} on */
  const write = (on) => {
    [input.hidden, link.hidden, button.hidden] = [!on, on, on];
    if (!on) return button.focus();
    input.value = titleOf(run());
    input.focus();
    input.select();
  };
  const save = () => {
    const title = input.value.trim();
    if (title && title !== titleOf(run())) rename(run(), title);
    write(false);
  };
  button.addEventListener("click", () => write(true));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    // Else the key would press the button that has the focus then.
    event.preventDefault();
    event.key === "Enter" ? save() : write(false);
  });
  input.addEventListener("blur", () => input.hidden || save());
}

/** @param {HTMLElement} row @param {Run} run @param {boolean} chosen */
function fill(row, run, chosen) {
  const title = titleOf(run);
  const state = stateOf(run);
  const main = mainSeries(run);
  const link = /** @type {HTMLAnchorElement} */ (slot(row, "title"));
  [link.textContent, link.href, link.title] = [title, `/runs/${encodeURIComponent(run.id)}`, title];
  /** @type {HTMLInputElement} */ (slot(row, "choose")).checked = chosen;
  slot(row, "choose").setAttribute("aria-label", t("Compare {title}", { title }));
  row.classList.toggle("chosen", chosen);
  row.classList.toggle("blank", !main);
  for (const name of ["rename", "stop", "rerun", "remove"]) slot(row, name).setAttribute("aria-description", title);
  const badge = slot(row, "state");
  badge.dataset.state = state;
  badge.textContent = STATES.get(state) ?? state;
  badge.title = run.detail ?? "";
  fillProgress(row, run, main);
  slot(row, "last").textContent = main ? formatScalar(main.last_value) : "";
  slot(row, "best").textContent = main?.min_value == null ? "" : formatScalar(main.min_value);
  slot(row, "best-step").textContent =
    main?.min_step == null ? "" : t("at {step}", { step: formatCount(main.min_step) });
  slot(row, "tag").textContent = main && main.tag !== "loss" ? main.tag : "";
  fillSparkline(slot(row, "spark"), run, main);
  const time = /** @type {HTMLTimeElement} */ (slot(row, "time"));
  time.dateTime = run.created_at;
  time.textContent = ago(run.started_at ?? run.created_at);
  time.title = new Date(run.created_at).toLocaleString();
  slot(row, "stop").hidden = run.state === "finished";
  const group = /** @type {HTMLAnchorElement} */ (slot(row, "group"));
  group.hidden = run.group === null;
  group.textContent = run.group ?? "";
  group.href = `/runs?${new URLSearchParams({ group: run.group ?? "" })}`;
}

/** @param {HTMLElement} row @param {Run} run @param {SeriesRecord | undefined} main */
function fillProgress(row, run, main) {
  const bar = /** @type {HTMLProgressElement} */ (slot(row, "bar"));
  const words = [];
  if (run.state === "queued")
    words.push(
      (run.queue_position ?? 1) > 1 ? t("{count} ahead", { count: (run.queue_position ?? 1) - 1 }) : t("next in line"),
    );
  else if (main)
    words.push(
      main.total && run.outcome !== "ok"
        ? t("{count} of {total}", { count: formatCount(main.count), total: formatCount(main.total) })
        : pointsWord(main.count),
    );
  if (run.state === "running" && main?.steps_per_s) words.push(`${formatCount(main.steps_per_s)}/s`);
  if (run.state === "running" && main?.eta_s) words.push(t("{time} left", { time: formatSeconds(main.eta_s) }));
  if (run.state === "finished" && run.wall_ms) words.push(formatSeconds(run.wall_ms / 1000, 1));
  slot(row, "progress").textContent = words.join(" · ");
  bar.hidden = run.state !== "running" || !main?.total;
  bar.max = main?.total ?? 1;
  bar.value = main?.count ?? 0;
  bar.setAttribute("aria-label", t("Progress of {title}", { title: titleOf(run) }));
}

/** @param {HTMLElement} cell @param {Run} run @param {SeriesRecord | undefined} main */
function fillSparkline(cell, run, main) {
  const drawn = run.sparkline.join();
  if (cell.dataset.drawn === drawn) return;
  cell.dataset.drawn = drawn;
  const [first, last] = [run.sparkline[0], run.sparkline.at(-1)].map(
    (value) => value !== undefined && formatScalar(value),
  );
  cell.replaceChildren(
    ...(run.sparkline.length > 1
      ? [sparkline(run.sparkline, t("{tag} from {first} to {last}", { tag: main?.tag ?? t("curve"), first, last }))]
      : []),
  );
}

/** @param {string} moment */
function ago(moment) {
  const seconds = Math.max(0, (Date.now() - Date.parse(moment)) / 1000);
  if (seconds < 10) return t("just now");
  if (seconds < 60) return t("{n} s ago", { n: Math.floor(seconds) });
  if (seconds < 3600) return t("{n} min ago", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("{n} h ago", { n: Math.floor(seconds / 3600) });
  return new Date(moment).toLocaleDateString();
}
