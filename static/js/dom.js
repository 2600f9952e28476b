// What every panel builds with: templates cloned, text set as text, and the page's signals.
// No markup is ever made from a string, so a name like "<b>" shows as it is.

import { t } from "./words.js";

/** @import { Float, Nested, TensorValue } from "./events.js" */
/** @import { Frame } from "./frames.js" */

/**
 * What one part of the page points at, for the others to light up; `nodes` are ids in the graph of index `graph`, `group`
 * is the group they are all of, `inside` the one that a single node stands in.
 * @typedef {{ source: string, line?: number | null, graph?: number, nodes?: number[], variables?: string[],
 *   group?: string, inside?: string }} Light
 * @typedef {{ graph: number, node: number, variables: string[] }} Sought a node to be shown, whatever hides it
 * @typedef {{ index: number, run: string, drawn: number }} View a graph, with the values it had in `run` as graph `drawn`
 * @typedef {{ light: Light, line: number, source: string, shown: number, labels: Record<string, string>, view: View,
 *   node: Light | null, frame: Frame | null, seek: Sought }} Signals
 */

/**
 * The element marked data-part=`name` in `root`; its absence is a fault of the template.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root @param {string} name @returns {T}
 */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!found) throw new Error(`the template has no part ${name}`);
  return /** @type {any} */ (found);
}

/**
 * A fresh copy of the template `name` in `root`.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root @param {string} name @returns {T}
 */
export function clone(root, name) {
  const template = root.querySelector(`template[data-template="${name}"]`);
  const first = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  if (!first) throw new Error(`the page has no template ${name}`);
  return /** @type {any} */ (document.importNode(first, true));
}

/**
 * The element marked data-slot=`name` in `root`, given `text`; with no text its optional block is hidden.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root @param {string} name @param {string | null} [text] @returns {T}
 */
export function slot(root, name, text) {
  const found = /** @type {HTMLElement | null} */ (root.querySelector(`[data-slot="${name}"]`));
  if (!found) throw new Error(`the template has no slot ${name}`);
  if (text !== undefined) {
    found.textContent = text;
    const block = /** @type {HTMLElement} */ (found.closest("p, li, details") ?? found);
    if (block.querySelectorAll("[data-slot]").length === 1 || block === found) block.hidden = !text;
  }
  return /** @type {any} */ (found);
}

/**
 * Tells the page: `light` what is pointed at, `line` where to go in the source, `source` what to put in the
 * editor, `shown` which graph is on view and `view` which one should be, `node` which node is chosen, `seek` which one
 * should be shown, `frame` where the replay of a backward stands, `labels` which runs are compared and in what each differs from the others.
 * @template {keyof Signals} K @param {K} name @param {Signals[K]} detail
 */
export function emit(name, detail) {
  document.dispatchEvent(new CustomEvent(`gradwalk:${name}`, { detail }));
}

/**
 * Calls `listener` with each signal `name`.
 * @template {keyof Signals} K @param {K} name @param {(detail: Signals[K]) => void} listener
 */
export function listen(name, listener) {
  document.addEventListener(`gradwalk:${name}`, (event) => listener(/** @type {CustomEvent} */ (event).detail));
}

/**
 * Makes a button lead to a line of the source.
 * @param {HTMLElement} button @param {number | null} line
 */
export function leadToLine(button, line) {
  button.hidden = line === null;
  if (line === null) return;
  button.textContent = t("line {line}", { line });
  button.addEventListener("click", () => emit("line", line));
}

/** A shape as torch prints it. @param {number[]} shape */
export function formatShape(shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/**
 * A number in torch's manner: floats keep their point, long ones are rounded.
 * @param {Float} value @param {boolean} [isFloat]
 */
export function formatNumber(value, isFloat = true) {
  if (typeof value === "string") return value === "NaN" ? "nan" : value === "Infinity" ? "inf" : "-inf";
  if (!isFloat) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return `${value}.`;
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** A point of a curve in few digits. @param {Float} value */
export function formatScalar(value) {
  const number = Number(value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "inf" : "-inf";
  const size = Math.abs(number);
  return size !== 0 && (size >= 1e6 || size < 1e-3) ? number.toExponential(2) : String(Number(number.toPrecision(4)));
}

/** A count as it is read. @param {number} value */
export const formatCount = (value) => Math.round(value).toLocaleString("en");

const SHOWN_ITEMS = 6;
const SHOWN_LINES = 5;

/**
 * Elements in torch's brackets, rows on lines of their own, the middle of long ones left out.
 * @param {Nested} data @param {boolean} isFloat @param {number} [depth] @returns {string}
 */
function formatNested(data, isFloat, depth = 1) {
  if (typeof data === "boolean") return data ? "True" : "False";
  if (!Array.isArray(data))
    return typeof data === "string" && !/^(NaN|-?Infinity)$/.test(data)
      ? data
      : formatNumber(/** @type {Float} */ (data), isFloat);
  const cut = data.length > SHOWN_ITEMS;
  const shown = (cut ? [...data.slice(0, 3), ...data.slice(-2)] : data).map((item) =>
    formatNested(item, isFloat, depth + 1),
  );
  if (cut) shown.splice(3, 0, "…");
  return `[${shown.join(Array.isArray(data[0]) ? `,\n${" ".repeat(depth)}` : ", ")}]`;
}

/**
 * A tensor's value in few words: its elements, or their statistics where there are too many.
 * @param {TensorValue} value
 */
export function formatValue(value) {
  const isFloat = /float|complex/.test(value.dtype);
  if (value.data !== null) {
    const lines = formatNested(value.data, isFloat).split("\n");
    return [...lines.slice(0, SHOWN_LINES), ...(lines.length > SHOWN_LINES ? ["…"] : [])].join("\n");
  }
  const names = /** @type {const} */ (["mean", "std", "min", "max"]);
  const known = names
    .filter((name) => value[name] !== null)
    .map((name) => `${name} ${formatNumber(/** @type {Float} */ (value[name]))}`);
  const words =
    known.length > 0 ? `${known.slice(0, 2).join(", ")}\n${known.slice(2).join(", ")}`.trim() : t("not shown");
  return value.nonfinite ? `${words}\n${t("{count} not finite", { count: value.nonfinite })}` : words;
}

/**
 * Does something once what was changed is on the screen; however often it is asked for until then, once.
 * @param {() => void} work @returns {() => void} asks for it
 */
export function afterPaint(work) {
  let frame = 0;
  return () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => setTimeout(work));
  };
}
