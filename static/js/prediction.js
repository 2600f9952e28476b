// A prediction beside what a run really gave: read off the events, and compared as a person would.

/** @import { Event, Tensor } from "./events.js" */
/** @typedef {string | number | boolean | null | unknown[]} Answer */

const FLAWS = 1e-3;

/** Collects what questions ask about while a run tells of itself. */
export function createReading() {
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  let exception = "none";
  let stdout = "";
  let nodes = 0;

  return {
    /** @param {Event} event */
    take(event) {
      if (event.type === "tensor") tensors.set(event.name, event);
      if (event.type === "exception") exception = event.kind;
      if (event.type === "stdout") stdout += event.text;
      if (event.type === "graph") nodes = event.total_nodes;
    },
    /** What the run says, or undefined where it says nothing of that. @param {string} read @returns {Answer | undefined} */
    answer(read) {
      if (read === "exception") return exception;
      if (read === "stdout") return stdout.trim();
      if (read === "nodes") return nodes;
      const dot = read.lastIndexOf(".");
      const tensor = tensors.get(read.slice(0, dot));
      if (!tensor) return undefined;
      const field = /** @type {"grad" | "value" | "is_leaf" | "requires_grad" | "grad_fn" | "retains_grad"} */ (
        read.slice(dot + 1)
      );
      const found = tensor[field];
      return found !== null && typeof found === "object" ? (found.data ?? null) : found;
    },
    /** Why a tensor's gradient is what it is, in the run's own words. @param {string} read */
    explanation: (read) => (read.endsWith(".grad") ? (tensors.get(read.slice(0, -5))?.explanation ?? "") : ""),
  };
}

/** The answer as Python would write it. @param {Answer} answer @returns {string} */
export function written(answer) {
  if (answer === null) return "None";
  if (answer === true) return "True";
  if (answer === false) return "False";
  if (Array.isArray(answer)) return `[${answer.map((each) => written(/** @type {Answer} */ (each))).join(", ")}]`;
  return typeof answer === "number" ? String(Number(answer.toPrecision(6))) : String(answer);
}

/** Whether a prediction says the same, give or take how it is written. @param {string} prediction @param {Answer} answer */
export function agrees(prediction, answer) {
  const told = tidy(prediction);
  if (told === tidy(written(answer))) return true;
  const numbers = numbersIn(told);
  const real = numbersIn(tidy(written(answer)));
  if (!numbers || !real || numbers.length !== real.length) return false;
  return numbers.every((each, at) => Math.abs(each - real[at]) <= FLAWS * Math.max(1, Math.abs(real[at])));
}

/** @param {string} text */
const tidy = (text) =>
  text
    .trim()
    .toLowerCase()
    .replace(/^tensor\((.*)\)$/, "$1")
    .replace(/["'`\s]/g, "");

/** The numbers of `4`, `[1, 2]` or `1, 2`; null where it is something else. @param {string} text */
function numbersIn(text) {
  const parts = text.replace(/[[\]()]/g, "").split(",");
  const numbers = parts.map(Number);
  return parts.every((part) => part !== "") && numbers.every(Number.isFinite) ? numbers : null;
}
