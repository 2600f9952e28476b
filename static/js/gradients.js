// A gradient in few words: its value where it is small, else shape, norm and range; none, zero and NaN are told apart.

import { formatShape } from "./dom.js";
import { t } from "./words.js";

/** @import { Float, Nested, TensorValue } from "./events.js" */
/** @typedef {TensorValue | null | undefined} Gradient null where autograd passed none */
/** @typedef {"undefined" | "zero" | "nonfinite" | "finite"} Kind */

const FEW = 3;
const SHOWN_ELEMENTS = 4;
const SUMMED_ELEMENTS = 3;

/** What kind of gradient it is. @param {Gradient} value @returns {Kind} */
export function kindOf(value) {
  if (!value) return "undefined";
  const all = elements(value);
  if (value.nonfinite || all.some((each) => typeof each === "string" && /^(NaN|-?Infinity)$/.test(each)))
    return "nonfinite";
  const zero = all.length > 0 ? all.every((each) => Number(each) === 0) : value.min === 0 && value.max === 0;
  return zero ? "zero" : "finite";
}

/** A number with no more digits than are read at a glance. @param {Float} value @param {number} [digits] */
export function plain(value, digits = 4) {
  if (typeof value === "string") return value === "NaN" ? "nan" : value === "Infinity" ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(2);
  return String(Number(value.toPrecision(digits)));
}

/** The lines that stand on an edge: a value, or a shape with its norm and under it the range. @param {Gradient} value */
export function shortLines(value) {
  if (!value) return ["None"];
  const all = elements(value);
  if (all.length > 0 && all.length <= SHOWN_ELEMENTS)
    return [nested(/** @type {Nested} */ (value.data), all.length > 2 ? FEW : 4)];
  const { norm, min, max } = statistics(value);
  const shape = formatShape(value.shape);
  if (kindOf(value) === "zero") return [shape, t("all zero")];
  const first = norm === null ? shape : `${shape} ${t("norm")} ${plain(norm, FEW)}`;
  if (value.nonfinite) return [first, t("{count} not finite", { count: value.nonfinite })];
  return min === null || max === null ? [first] : [first, `${plain(min, FEW)} … ${plain(max, FEW)}`];
}

/** The same in one line. @param {Gradient} value */
export const short = (value) => shortLines(value).join(", ");

/** As it is read aloud: none and zero by name. @param {Gradient} value */
export function spoken(value) {
  const kind = kindOf(value);
  if (kind === "undefined") return t("none (undefined)");
  if (kind === "zero") return t("{value} (zero)", { value: shortLines(value)[0] });
  return kind === "nonfinite" ? short(value) : shortLines(value)[0];
}

/** What does not fit on an edge: why it is grey or red. @param {Gradient} value */
export function remark(value) {
  const kind = kindOf(value);
  if (kind === "undefined") return t("None: autograd passed no gradient here. It counts as zero.");
  if (kind === "zero") return t("Zero: a gradient came, and every element of it is 0.");
  return kind === "nonfinite" ? t("Not finite: from here on NaN or infinity travels.") : "";
}

/**
 * What came together and what became of it, `3 + 3 + 1 = 7`; of large ones only how many.
 * @param {Gradient[]} parts @param {Gradient} total
 */
export function sum(parts, total) {
  const counts = [...parts, total].map((each) => (each ? elements(each).length : 1));
  if (counts.every((count) => count > 0 && count <= SUMMED_ELEMENTS))
    return `${parts.map((each) => signed(short(each))).join(" + ")} = ${short(total)}`;
  return t("{count} gradients added = {total}", { count: parts.length, total: short(total) });
}

/** @param {string} words */
const signed = (words) => (words.startsWith("-") ? `(${words})` : words);

/** @param {TensorValue} value @returns {Float[]} */
export function elements(value) {
  if (value.data === null) return [];
  const data = /** @type {any[]} */ ([value.data]);
  return data.flat(Infinity);
}

/** @param {TensorValue} value @returns {{ norm: Float | null, min: Float | null, max: Float | null }} */
function statistics(value) {
  if (value.norm !== null || value.data === null) return value;
  const numbers = elements(value).map(Number);
  return { norm: Math.hypot(...numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** @param {Nested} data @param {number} digits @returns {string} */
function nested(data, digits) {
  if (Array.isArray(data)) return `[${data.map((each) => nested(each, digits)).join(", ")}]`;
  return typeof data === "string" && !/^(NaN|-?Infinity)$/.test(data)
    ? data
    : plain(/** @type {Float} */ (data), digits);
}
