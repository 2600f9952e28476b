// The chart's own controls: axes, smoothing, zoom, and the keyboard on the drawing, which reads it point by point.

import { formatCount, formatScalar, part } from "./dom.js";
import { foldChips } from "./legend.js";
import { t } from "./words.js";

/** @import { Chart, Line, Scale } from "./chart.js" */

const READ_SHARE = 100;

/**
 * @param {HTMLElement} root @param {Chart} chart @param {() => Scale} scale @param {(change: Partial<Scale>) => void} change
 */
export function wireControls(root, chart, scale, change) {
  const smoothing = /** @type {HTMLInputElement} */ (part(root, "smoothing"));
  part(root, "log-y").addEventListener("click", () => change({ logY: !scale().logY }));
  part(root, "log-x").addEventListener("click", () => change({ logX: !scale().logX }));
  part(root, "hint").addEventListener("click", () => {
    change({ logY: true });
    part(root, "log-y").focus();
  });
  part(root, "more").addEventListener("click", ({ currentTarget }) => {
    const more = /** @type {HTMLElement} */ (currentTarget);
    more.ariaExpanded = String(more.ariaExpanded !== "true");
    foldChips(root);
  });
  smoothing.addEventListener("input", () => change({ smoothing: Number(smoothing.value) }));
  part(root, "in").addEventListener("click", () => chart.zoomBy(1.5));
  part(root, "out").addEventListener("click", () => chart.zoomBy(1 / 1.5));
  part(root, "fit").addEventListener("click", () => chart.fit());
}

/** @param {HTMLElement} root @param {Scale} scale */
export function showScale(root, { logX, logY, smoothing }) {
  part(root, "log-y").setAttribute("aria-pressed", String(logY));
  part(root, "log-x").setAttribute("aria-pressed", String(logX));
  part(root, "smoothing-value").textContent = smoothing === 0 ? t("off") : smoothing.toFixed(2);
}

/**
 * Arrows read the points aloud, with Shift they move the view; + - 0 zoom.
 * @param {HTMLElement} root @param {HTMLElement} sheet @param {Chart} chart @param {() => Line[]} lines
 */
export function readByKeys(root, sheet, chart, lines) {
  let place = -1;
  const says = part(root, "reading");
  /** @param {number} way */
  const read = (way) => {
    const [first] = lines();
    if (!first) return;
    const { series } = first;
    const { from, to } = chart.range();
    const [low, high] = [series.find(from), Math.min(series.find(to), series.length - 1)];
    const stride = Math.max(1, Math.floor((high - low) / READ_SHARE));
    place = Math.min(Math.max(place < 0 ? (way > 0 ? low : high) : place + way * stride, low), high);
    const x = series.x(place);
    chart.point(x);
    const values = lines().map(({ label, series: each }) => {
      const at = Math.min(each.find(x), each.length - 1);
      return `${label} ${formatScalar(each.value[at])}`;
    });
    says.textContent = t("step {step}: {values}", { step: formatCount(series.step[place]), values: values.join(", ") });
  };
  /** @type {Map<string, () => void>} */
  const keys = new Map([
    ["ArrowRight", () => read(1)],
    ["ArrowLeft", () => read(-1)],
    ["Home", () => ((place = -1), read(1))],
    ["End", () => ((place = -1), read(-1))],
    ["Shift ArrowRight", () => chart.moveBy(0.2)],
    ["Shift ArrowLeft", () => chart.moveBy(-0.2)],
    ["+", () => chart.zoomBy(1.5)],
    ["=", () => chart.zoomBy(1.5)],
    ["-", () => chart.zoomBy(1 / 1.5)],
    ["0", () => chart.fit()],
  ]);
  sheet.addEventListener("keydown", (event) => {
    const act = keys.get(`${event.shiftKey && event.key.startsWith("Arrow") ? "Shift " : ""}${event.key}`);
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    act();
    event.preventDefault();
  });
  sheet.addEventListener("blur", () => {
    place = -1;
    says.textContent = "";
  });
}
