// The curve panel: a run's series as they come, the runs it is compared with, and what to do about a NaN.

import { createChart } from "../chart.js";
import { readByKeys, showScale, wireControls } from "../controls.js";
import { announce, bring, main, newRun, ranked, take } from "../curves.js";
import { listen, part } from "../dom.js";
import { fillChips, fillTags, fillValues, paint } from "../legend.js";
import { describe, progress, suggestion, warning } from "../wording.js";
import { t } from "../words.js";

/** @import { Handlers, Scalars } from "../events.js" */
/** @import { Curve, Fetch, Known, Run } from "../curves.js" */
/** @import { Scale } from "../chart.js" */
/**
 * @typedef {{ plotly: () => Promise<import("../plotly.js").Plotly>, scalars: Fetch }} Tools
 * @typedef {{ tag: string, origin: string } | null} Best
 * @typedef {{
 *   present: (id: string, label: string, known: Known[], best: Best) => void,
 *   forget: (id: string) => void, scale: (change: Partial<Scale>) => void,
 * }} Comparing `present` shows what the server holds of a run, again when it holds more
 */

const MOST_EARLIER = 5;
const WORDS_PAUSE_MS = 250;
const UNPARSED = ["SyntaxError", "IndentationError", "TabError"];

/**
 * With data-overlay on `root` all runs are equal and one tag of each is shown; else the newest run is shown with all
 * its curves, and those before it with one.
 * @param {HTMLElement} root @param {Tools} tools @returns {Handlers & Comparing}
 */
export function mount(root, tools) {
  const overlay = root.hasAttribute("data-overlay");
  const sheet = part(root, "sheet");
  const chooser = /** @type {HTMLSelectElement} */ (part(root, "tag"));
  const complain = (/** @type {string} */ why) => (part(root, "warning").textContent = why);
  const chart = createChart(sheet, tools.plotly, complain);
  /** @type {Map<string, Run>} */
  const runs = new Map();
  /** @type {Scale} */
  const scale = { logX: false, logY: false, smoothing: 0 };
  let [current, keeps, timer, unparsed] = ["", false, 0, false];
  /** @type {{ run: Run | undefined, keeps: boolean }} what was shown before, for a source that was only half typed */
  let before = { run: undefined, keeps };

  const others = () => [...runs.values()].filter(({ id }) => id !== current);
  const compared = () => {
    const first = runs.get(current) ?? [...runs.values()][0];
    return (overlay && chooser.value) || (first && main(first)?.tag) || "";
  };
  /** Every curve that has a chip: the newest run's own, and one of each other run. @returns {[Run, Curve][]} */
  const offered = () => {
    const tag = compared();
    const run = runs.get(current);
    const [first, ...more] = run ? ranked(run).map((curve) => /** @type {[Run, Curve]} */ ([run, curve])) : [];
    const beside = others().flatMap((run) => {
      const curve = ranked(run).find((curve) => curve.tag === tag);
      return curve ? [/** @type {[Run, Curve]} */ ([run, curve])] : [];
    });
    return [...(first ? [first] : []), ...beside, ...more];
  };
  /** @param {[Run, Curve]} pair */
  const isShown = ([run, curve]) => (run.id === current ? curve.wanted : run.wanted);
  const shown = () => offered().filter(isShown);
  const lines = () => shown().flatMap(([, { line }]) => (line.series.length > 0 ? [line] : []));

  /** A single point is no curve, and the graph can use the room. */
  const isPointless = () =>
    !overlay && ![...runs.values()].some(({ curves }) => [...curves.values()].some(({ count }) => count > 1));

  const arrange = () => {
    fillTags(chooser, overlay ? runs.values() : [], compared());
    const pairs = offered();
    paint(pairs.filter(isShown).map(([, curve]) => curve));
    for (const [run, curve] of pairs) {
      const own = !overlay && run.id === current;
      const named = overlay || (runs.size > 1 && (!own || curve === main(run)));
      curve.line.label = [own || !run.label ? curve.tag : "", named ? run.label : ""].filter(Boolean).join(" · ");
      curve.line.faint = !overlay && !own;
    }
    fillChips(root, pairs, isShown, toggle);
    fillValues(root, pairs);
    for (const [run, curve] of shown())
      void bring(run, curve, tools.scalars).then(
        (came) => came && arrange(),
        (error) => complain(error.message),
      );
    draw();
  };
  const draw = () => {
    if (!root.hidden) chart.show(lines(), { ...scale });
    tell();
  };
  const tell = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      const pairs = shown();
      const curves = pairs.map(([, curve]) => curve);
      fillValues(root, offered());
      sheet.setAttribute("aria-label", t("Chart: {curves}.", { curves: describe(curves) || t("nothing is shown") }));
      part(root, "warning").textContent = warning(curves, scale);
      part(root, "hint").textContent = suggestion(curves, scale);
      part(root, "progress").textContent = !overlay && pairs[0] ? progress(...pairs[0]) : "";
    }, WORDS_PAUSE_MS);
  };
  /** @param {Run} run @param {Curve} curve */
  const toggle = (run, curve) => {
    if (run.id === current) [run.byHand, curve.wanted] = [true, !curve.wanted];
    else run.wanted = !run.wanted;
    arrange();
  };
  /** @param {Partial<Scale>} change */
  const change = (change) => {
    Object.assign(scale, change);
    showScale(root, scale);
    draw();
  };
  /** @param {Scalars} frame */
  const receive = (frame) => {
    const run = runs.get(current);
    if (!run) return;
    const count = take(run, frame);
    const appears = root.hidden && (keeps || count > 1);
    if (appears) root.hidden = false;
    root.removeAttribute("data-stale");
    if (count === frame.step.length || appears) return arrange();
    chart.touch();
    tell();
  };

  wireControls(root, chart, () => scale, change);
  readByKeys(root, sheet, chart, lines);
  chooser.addEventListener("change", arrange);
  listen("labels", (labels) => {
    for (const { id } of overlay ? [] : others()) if (!(id in labels)) runs.delete(id);
    for (const run of runs.values()) run.label = labels[run.id] ?? run.label;
    arrange();
  });

  return {
    started(event) {
      [before, unparsed] = [{ run: runs.get(current), keeps }, false];
      if (!keeps || !before.run?.curves.size) runs.delete(current);
      [current, keeps] = [event.run_id, event.preset === "training"];
      runs.set(current, newRun(current));
      for (const { id } of others().slice(0, -MOST_EARLIER)) runs.delete(id);
      root.toggleAttribute("data-stale", keeps);
      if (keeps) void tools.plotly().catch(() => {});
    },
    scalars: receive,
    exception: ({ kind }) => {
      unparsed = UNPARSED.includes(kind);
    },
    finished() {
      root.toggleAttribute("data-stale", unparsed);
      if (unparsed && before.run) {
        runs.delete(current);
        [current, keeps] = [before.run.id, before.keeps];
        runs.set(current, before.run);
        return;
      }
      const run = runs.get(current);
      if (run) run.going = false;
      root.hidden ||= isPointless();
      arrange();
    },
    present(id, label, known, best) {
      if (!overlay && id !== current) {
        runs.clear();
        [current, keeps] = [id, true];
      }
      const run = runs.get(id) ?? newRun(id);
      run.label = label || run.label;
      announce(run, known, best);
      runs.set(id, run);
      root.hidden = isPointless();
      arrange();
    },
    forget(id) {
      runs.delete(id);
      arrange();
    },
    scale: change,
  };
}
