// Parts of the card about a node: its formula with numbers, what it saved and whether that is gone, a check's outcome.

import { clone, formatCount, formatNumber, formatShape, formatValue, part, slot } from "./dom.js";
import { plain } from "./gradients.js";
import { t } from "./words.js";

/** @import { Line } from "./client.js" */
/** @typedef {import("./client.js").Arithmetic} Arithmetic */
/** @import { Check, Group, Node, Saved } from "./events.js" */
/** @import { Frame } from "./frames.js" */

const PLACES = 5;

/** Each input's formula, and where what was saved is known its numbers, and its result. @param {HTMLElement} root @param {Arithmetic} told */
export function fillArithmetic(root, { lines }) {
  if (lines.length > 0) slot(root, "formula").hidden = true;
  part(root, "arithmetic").replaceChildren(
    ...lines.map((line) => {
      const made = clone(root, "line");
      slot(made, "equation").textContent = equation(line);
      slot(made, "table", origin(line, lines.length));
      slot(made, "note", line.note ?? "");
      return made;
    }),
  );
}

/** The formula, torch's own where nobody wrote a simpler one, and what it came to. @param {Line} line */
function equation({ formula, numbers, result, table }) {
  return [formula ?? table, numbers === result ? null : numbers, result].filter(Boolean).join(" = ");
}

/** Which input it is for, and the words of torch's own table. @param {Line} line @param {number} count */
function origin({ input, variable, table, formula }, count) {
  const name = variable && variable !== input ? `${input} (${variable})` : input;
  const words = formula ? (table ?? "") : "";
  return [count > 1 || variable ? t("for {input}", { input: name }) : "", words].filter(Boolean).join(" · ");
}

/** What the node keeps for backward, and whether it still does. @param {HTMLElement} root @param {Node} node @param {Frame | null} frame */
export function fillSaved(root, node, frame) {
  const isFreed = frame?.film.isFreed(node.id, frame.at) ?? false;
  const isKept = !isFreed && Boolean(frame?.film.backward.retain_graph) && frame?.at === frame?.film.last;
  slot(root, "saved").replaceChildren(
    ...node.saved.map((saved) => {
      const item = clone(root, "saved");
      const isTensor = typeof saved.value === "object"; // numbers stay with the node
      const gone = isFreed && isTensor && !saved.freed;
      const words = t("saved {name} = {value}", { name: saved.name, value: wordsOf(saved) });
      const isOlder = frame && !frame.isOwn && isTensor && saved.value;
      item.textContent = [
        words,
        isOlder ? t("read at an earlier backward") : "",
        gone ? t("freed") : isKept && isTensor ? t("kept by retain_graph") : "",
      ]
        .filter(Boolean)
        .join(" · ");
      item.classList.toggle("freed", gone || saved.freed);
      return item;
    }),
  );
}

/** A group's card: what it is, what goes in and comes out. @param {HTMLElement} root @param {Group} group */
export function fillGroup(root, group) {
  /** @param {number[][]} shapes @param {number} count */
  const flow = (shapes, count) => [...shapes.map(formatShape), ...(count > shapes.length ? ["…"] : [])].join(", ");
  const { first_line: first, last_line: last } = group;
  const lines =
    first === null
      ? ""
      : last === first
        ? t("line {line}", { line: first })
        : t("lines {first}–{last}", { first, last });
  slot(root, "name").textContent = group.label;
  slot(root, "variable").textContent =
    group.repeats > 1 ? t("{count} equal blocks", { count: formatCount(group.repeats) }) : "";
  slot(root, "facts").textContent = [
    group.nodes === 1 ? t("1 node") : t("{count} nodes", { count: formatCount(group.nodes) }),
    group.parameters > 0 ? parametersOf(group) : "",
    lines,
  ]
    .filter(Boolean)
    .join(" · ");
  slot(root, "formula").hidden = false;
  slot(root, "formula").textContent =
    `${flow(group.input_shapes, group.inputs)} → ${flow(group.output_shapes, group.outputs)}`;
  for (const name of ["flow", "arithmetic", "checked"]) part(root, name).replaceChildren();
  slot(root, "saved").replaceChildren();
  part(root, "check").hidden = true;
}

/** @param {Group} group */
function parametersOf({ parameters, elements }) {
  const words = { count: formatCount(parameters), elements: formatCount(elements) };
  if (parameters !== 1) return t("{count} parameters with {elements} numbers", words);
  return elements === 1 ? t("1 parameter with 1 number") : t("1 parameter with {elements} numbers", words);
}

/** @param {Saved} saved */
function wordsOf({ value, freed }) {
  if (freed) return t("freed");
  if (value === null) return t("not shown");
  if (typeof value === "string" || typeof value === "number")
    return typeof value === "number" ? formatNumber(value, false) : value;
  return value.data !== null && value.shape.length < 2
    ? formatValue(value)
    : `${value.dtype} ${formatShape(value.shape)}`;
}

/** Recorded beside measured, the places that differ most. @param {HTMLElement} root @param {Check | null} check */
export function fillCheck(root, check) {
  const place = part(root, "checked");
  if (!check) {
    place.textContent = t("The check did not come: that backward was not reached again.");
    return;
  }
  const made = clone(root, "check");
  const verdict = slot(made, "verdict");
  const numbers = { error: plain(check.error ?? "NaN"), tolerance: plain(check.tolerance ?? "NaN") };
  made.dataset.agrees = String(check.agrees);
  verdict.textContent =
    check.agrees === null
      ? t("It could not be checked.")
      : check.agrees
        ? t("✓ Agrees: they differ by {error} at most, {tolerance} is allowed.", numbers)
        : t("✕ Does not agree: they differ by {error}, {tolerance} is allowed.", numbers);
  const gap = (/** @type {number} */ place) => Math.abs(Number(check.recorded[place]) - Number(check.measured[place]));
  const order = check.places.map((_, position) => position).sort((one, other) => gap(other) - gap(one));
  const table = /** @type {HTMLTableElement} */ (made.querySelector("table"));
  table.hidden = order.length === 0;
  table.tBodies[0].append(
    ...order.slice(0, PLACES).map((position) => {
      const row = clone(root, "place");
      slot(row, "place").textContent = `${check.leaf}[${check.places[position]}]`;
      slot(row, "recorded").textContent = plain(check.recorded[position], 7);
      slot(row, "measured").textContent = plain(check.measured[position], 7);
      return row;
    }),
  );
  slot(made, "detail").textContent = check.detail;
  place.replaceChildren(made);
}
