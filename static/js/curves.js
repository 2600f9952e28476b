// Which curves there are, run by run, and which of them are shown when nobody has chosen.

import { Series } from "./series.js";

/** @import { Float, Scalars } from "./events.js" */
/** @import { Line } from "./chart.js" */
/**
 * @typedef {{ tag: string, origin: string, count: number }} Known a series the server holds
 * @typedef {{ step: number[], value: Float[], total: number }} Thinned
 * @typedef {{ points: number, from?: number, to?: number }} Window
 * @typedef {(run: string, tag: string, origin: string, window: Window) => Promise<Thinned>} Fetch
 * @typedef {{ tag: string, origin: string, count: number, line: Line, wanted: boolean, colour: number,
 *   first_ms: number, last_ms: number, coming: boolean, afar: boolean }} Curve `afar`: its points are the server's, not yet here
 * @typedef {{ id: string, label: string, wanted: boolean, byHand: boolean, best: string, going: boolean,
 *   curves: Map<string, Curve> }} Run
 */

const SHOWN_AT_FIRST = 10;
const WHOLE_POINTS = 20_000;
const THINNED_POINTS = 2_000;
const RANK = new Map([
  ["log", 4],
  ["backward", 3],
  ["assigned", 2],
  ["stdout", 2],
  ["optimizer", 1],
]);
const LESS = /^(grad_norm|backward\/|assigned\/|stdout\/)/;

/** @param {string} id @returns {Run} */
export const newRun = (id) => ({
  id,
  label: "",
  wanted: true,
  byHand: false,
  best: "",
  going: true,
  curves: new Map(),
});

/** @param {string} tag @param {string} origin */
const keyOf = (tag, origin) => `${tag} ${origin}`;

/** The run's curve of that name, made when it is first told. @param {Run} run @param {string} tag @param {string} origin */
function curveOf(run, tag, origin) {
  const known = run.curves.get(keyOf(tag, origin));
  if (known) return known;
  const swatch = document.createElement("span");
  /** @type {Curve} */
  const curve = {
    tag,
    origin,
    count: 0,
    line: { key: `${run.id} ${keyOf(tag, origin)}`, label: tag, series: new Series(), swatch },
    wanted: false,
    colour: -1,
    first_ms: NaN,
    last_ms: NaN,
    coming: false,
    afar: false,
  };
  run.curves.set(keyOf(tag, origin), curve);
  if (!run.byHand) choose(run);
  return curve;
}

/** Adds a frame of points; gives how many its curve has now. @param {Run} run @param {Scalars} frame */
export function take(run, frame) {
  const curve = curveOf(run, frame.tag, frame.origin);
  if (curve.count === 0) curve.first_ms = Number(frame.wall_ms[0]);
  curve.line.series.append(frame.step, frame.value);
  curve.line.series.total = /** @type {{ total?: number | null }} */ (frame).total ?? null;
  curve.count = curve.line.series.length;
  curve.last_ms = Number(frame.wall_ms.at(-1));
  return curve.count;
}

/**
 * Takes over what the server holds of a run; the points come when a curve is shown.
 * @param {Run} run @param {Known[]} known @param {{ tag: string, origin: string } | null} best
 */
export function announce(run, known, best) {
  run.going = false;
  run.best = best ? keyOf(best.tag, best.origin) : "";
  for (const { tag, origin, count } of known) {
    const curve = curveOf(run, tag, origin);
    if (count > curve.count) Object.assign(curve, { count, afar: true });
  }
}

/** What is shown of a run until a person chooses: what it logs, else its best curve. @param {Run} run */
function choose(run) {
  const logged = ranked(run).filter(({ origin }) => origin === "log");
  const shown = logged.length > 0 ? logged.slice(0, SHOWN_AT_FIRST) : [main(run)];
  for (const curve of run.curves.values()) curve.wanted = shown.includes(curve);
}

/** A run's curves, the one it is judged by first, what few ask for last. @param {Run} run @returns {Curve[]} */
export function ranked(run) {
  const rank = (/** @type {Curve} */ { tag, origin }) =>
    (keyOf(tag, origin) === run.best ? 100 : 0) +
    (tag === "loss" ? 10 : 0) +
    (RANK.get(origin) ?? 0) -
    (LESS.test(tag) ? 5 : 0);
  return [...run.curves.values()].sort((one, other) => rank(other) - rank(one));
}

/** The curve a run is judged by. @param {Run} run @returns {Curve | undefined} */
export const main = (run) => ranked(run)[0];

/**
 * Brings a curve's points from the server, thinned out where they are many; finer ones follow a zoom.
 * @param {Run} run @param {Curve} curve @param {Fetch} fetch
 */
export async function bring(run, curve, fetch) {
  if (!curve.afar || curve.coming) return false;
  curve.coming = true;
  const points = curve.count > WHOLE_POINTS ? THINNED_POINTS : WHOLE_POINTS;
  const ask = async (/** @type {Window} */ window) => {
    const { step, value, total } = await fetch(run.id, curve.tag, curve.origin, window);
    const series = new Series();
    series.append(step, value);
    series.whole = step.length >= total;
    return series;
  };
  try {
    const { line } = curve;
    curve.afar = false;
    line.series = await ask({ points });
    line.detail = undefined;
    if (!line.series.whole)
      line.refine = (from, to) =>
        ask({ points: THINNED_POINTS, from: Math.max(Math.floor(from), 0), to: Math.max(Math.ceil(to), 0) });
  } catch (error) {
    curve.afar = true;
    throw error;
  } finally {
    curve.coming = false;
  }
  return true;
}
