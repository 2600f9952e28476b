// One chart of several lines: what is visible is thinned out and drawn by Plotly, at most ten times a second.

import { layoutOf, tracesOf } from "./traces.js";

/** @import { Plotly } from "./plotly.js" */
/** @import { Series } from "./series.js" */
/**
 * @typedef {{
 *   key: string, label: string, series: Series, swatch: Element, faint?: boolean, dash?: string, right?: boolean,
 *   refine?: (from: number, to: number) => Promise<Series>,
 *   detail?: { from: number, to: number, series: Series },
 * }} Line `swatch` has the line's colour; `refine` brings the points between two steps where the series holds a thinned view
 * @typedef {{ logX: boolean, logY: boolean, smoothing: number }} Scale
 * @typedef {{ from: number, to: number }} Range
 * @typedef {{
 *   show: (lines: Line[], scale: Scale) => void, touch: () => void, fit: () => void, zoomBy: (factor: number) => void,
 *   moveBy: (share: number) => void, point: (x: number) => void, range: () => Range,
 * }} Chart `point` shows the values at an x as the mouse would
 */

const PAUSE_MS = 100;
const REFINE_PAUSE_MS = 150;
const CONFIG = { displayModeBar: false, doubleClick: "autosize", responsive: false, showTips: false };

/**
 * A chart in `sheet`; `failed` is told why it can't be drawn.
 * @param {HTMLElement} sheet @param {() => Promise<Plotly>} load @param {(why: string) => void} failed
 * @returns {Chart}
 */
export function createChart(sheet, load, failed) {
  /** @type {Line[]} */
  let lines = [];
  /** @type {Scale} */
  let scale = { logX: false, logY: false, smoothing: 0 };
  /** @type {Range | null} what a person zoomed to */
  let zoom = null;
  /** @type {Plotly | null} */
  let plotly = null;
  let [timer, painted, refining, revision] = [0, 0, 0, 0];

  const whole = () => {
    const xs = lines
      .filter(({ series }) => series.length > 0)
      .flatMap(({ series }) => [series.x(0), series.x(series.length - 1)]);
    return xs.length > 0 ? { from: Math.min(...xs), to: Math.max(...xs) } : { from: 0, to: 1 };
  };
  const range = () => zoom ?? whole();

  const touch = () => {
    if (timer) return;
    timer = setTimeout(() => requestAnimationFrame(() => void paint()), Math.max(0, painted + PAUSE_MS - Date.now()));
  };

  const paint = async () => {
    try {
      if (!plotly) (plotly = await load()) && watch();
      timer = 0;
      painted = Date.now();
      if (!sheet.isConnected || sheet.clientWidth === 0) return;
      const view = { ...range(), buckets: Math.max(sheet.clientWidth, 100), log: scale.logX };
      await plotly.react(sheet, tracesOf(lines, scale, view), layoutOf(sheet, lines, scale, revision), CONFIG);
    } catch (error) {
      timer = 0;
      failed(error instanceof Error ? error.message : String(error));
    }
  };

  const watch = () => {
    const told = /** @type {any} */ (sheet);
    queueMicrotask(() => told.on?.("plotly_relayout", moved));
  };

  /** @param {Record<string, any>} change */
  const moved = (change) => {
    const exact = (/** @type {number} */ value) => (scale.logX ? 10 ** Number(value) : Number(value));
    const [from, to] = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (change["xaxis.autorange"]) zoom = null;
    else if (from !== undefined && to !== undefined) zoom = { from: exact(from), to: exact(to) };
    else return;
    touch();
    clearTimeout(refining);
    refining = setTimeout(() => void refine(), REFINE_PAUSE_MS);
  };

  const refine = async () => {
    if (!zoom) return;
    const { from, to } = zoom;
    const coarse = lines.filter(({ series, refine }) => refine && !series.whole && series.ordered);
    await Promise.all(
      coarse.map(async (line) => {
        const series = await line.refine?.(from, to).catch(() => null);
        if (series) line.detail = { from, to, series };
      }),
    );
    if (coarse.length > 0) touch();
  };

  /** @param {number} from @param {number} to */
  const go = (from, to) => {
    const exact = (/** @type {number} */ x) => (scale.logX ? Math.log10(Math.max(x, Number.MIN_VALUE)) : x);
    void plotly?.relayout(sheet, { "xaxis.range": [exact(from), exact(to)], "yaxis.autorange": true });
  };

  followTheme(touch);
  new ResizeObserver(() => plotly && sheet.clientWidth > 0 && touch()).observe(sheet);

  return {
    show(next, how) {
      if (how.logX !== scale.logX || next[0]?.key !== lines[0]?.key) {
        revision += 1;
        zoom = null;
      }
      if (how.logY !== scale.logY) for (const line of next) line.right = false;
      [lines, scale] = [next, how];
      touch();
    },
    touch,
    fit: () => void plotly?.relayout(sheet, { "xaxis.autorange": true, "yaxis.autorange": true }),
    zoomBy(factor) {
      const { from, to } = range();
      const [middle, half] = [(from + to) / 2, (to - from) / 2 / factor];
      go(middle - half, middle + half);
    },
    moveBy(share) {
      const { from, to } = range();
      go(from + (to - from) * share, to + (to - from) * share);
    },
    point: (x) => plotly?.Fx.hover(sheet, { xval: x }, "xy"),
    range,
  };
}

/** Calls `changed` when the page turns light or dark. @param {() => void} changed */
function followTheme(changed) {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
