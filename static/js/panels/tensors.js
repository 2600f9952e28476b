// The table of variables: leaf or not, what `.grad` is, and why.

import { clone, emit, formatShape, formatValue, listen, part, slot } from "../dom.js";
import { growth } from "../frames.js";
import { short } from "../gradients.js";
import { fillModel } from "../model.js";
import { t } from "../words.js";

/** @import { GradChange, Handlers, Tensor, TensorValue } from "../events.js" */
/** @import { Light } from "../dom.js" */

/** @typedef {{ tensor: Tensor, graph: number }} Report what was told of a variable, after which graph event */

/** A line as a sentence names it, in each language there is. */
const LINE = /(\blines? |第 ?)(\d+)/;
const UNPARSED = ["SyntaxError", "IndentationError", "TabError"];

/**
 * @param {HTMLElement} root @returns {Handlers}
 */
export function mount(root) {
  const rows = part(root, "rows");
  /** @type {Map<string, HTMLElement>} */
  const byName = new Map();
  /** @type {WeakMap<HTMLElement, Report>} */
  const reports = new WeakMap();
  /** @type {Map<string, GradChange>} what the last backward that reached a leaf added to what was there */
  const grown = new Map();
  let newest = -1;
  let waiting = false;
  let unparsed = false;

  const clear = () => {
    byName.clear();
    grown.clear();
    rows.replaceChildren();
    root.removeAttribute("data-stale");
    waiting = false;
  };
  const count = () => {
    fillModel(
      root,
      [...byName.values()].flatMap((row) => reports.get(row)?.tensor ?? []),
    );
    part(root, "empty").hidden = byName.size > 0;
    part(root, "table").hidden = byName.size === 0;
    part(root, "count").textContent = byName.size === 0 ? "" : `${byName.size}`;
  };

  point(rows, reports);
  listen("light", (light) => {
    for (const row of byName.values()) row.classList.toggle("lit", isLit(reports.get(row), light));
  });

  return {
    started(event) {
      waiting = true;
      unparsed = false;
      newest = -1;
      root.toggleAttribute("data-stale", event.preset === "training");
    },
    graph(event) {
      newest = event.index;
    },
    backward(event) {
      if (waiting) clear();
      for (const [name, change] of Object.entries(event.grads)) grown.set(name, change);
    },
    tensor(event) {
      if (waiting) clear();
      const row = byName.get(event.name) ?? clone(root, "row");
      fill(row, root, event, grown.get(event.name) ?? null);
      reports.set(row, { tensor: event, graph: newest });
      if (!byName.has(event.name)) rows.append(row);
      byName.set(event.name, row);
      count();
    },
    exception(event) {
      unparsed = waiting && UNPARSED.includes(event.kind);
    },
    finished() {
      if (waiting && !unparsed) clear();
      root.toggleAttribute("data-stale", unparsed && byName.size > 0);
      count();
    },
  };
}

/** @param {HTMLElement} row @param {HTMLElement} root @param {Tensor} tensor @param {GradChange | null} change */
function fill(row, root, tensor, change) {
  slot(row, "name").textContent = tensor.name;
  slot(row, "name").title =
    tensor.line === null ? tensor.name : t("{name}: go to line {line}", { name: tensor.name, line: tensor.line });
  slot(row, "aliases").textContent =
    tensor.aliases.length > 0
      ? t("also {names}", { names: tensor.aliases.join(", ") })
      : tensor.kind === "tensor"
        ? ""
        : tensor.kind;
  const leaf = slot(row, "leaf");
  leaf.textContent = tensor.is_leaf ? t("leaf") : t("not a leaf");
  leaf.classList.toggle("yes", tensor.is_leaf);
  slot(row, "requires").textContent = tensor.requires_grad ? "True" : "False";
  slot(row, "requires").classList.toggle("quiet", !tensor.requires_grad);
  slot(row, "grad_fn").textContent = tensor.grad_fn ?? "None";
  slot(row, "grad_fn").classList.toggle("quiet", tensor.grad_fn === null);
  const seek = slot(row, "seek");
  seek.hidden = tensor.node === null;
  seek.title = t("{name}: show it in the graph", { name: tensor.name });
  seek.setAttribute("aria-label", seek.title);
  slot(row, "shape").textContent = formatShape(tensor.shape);
  slot(row, "dtype").textContent = tensor.device === "cpu" ? tensor.dtype : `${tensor.dtype} ${tensor.device}`;
  show(slot(row, "value"), tensor.value, t("not shown"));
  show(slot(row, "grad"), tensor.grad, "None");
  slot(row, "grad").classList.toggle("has", tensor.grad !== null);
  const adds = change?.old && tensor.grad && short(change.new) === short(tensor.grad);
  slot(row, "grown").textContent = adds ? growth(change) : "";
  linkLines(slot(row, "why"), root, tensor.explanation);
}

/** A sentence whose lines lead to them. @param {HTMLElement} cell @param {HTMLElement} root @param {string} sentence */
function linkLines(cell, root, sentence) {
  cell.replaceChildren();
  let rest = sentence;
  for (let found = LINE.exec(rest); found && cell.childNodes.length < 20; found = LINE.exec(rest)) {
    const [whole, before, line] = found;
    const button = clone(root, "line");
    button.textContent = line;
    button.setAttribute("aria-label", t("line {line}", { line }));
    button.addEventListener("click", () => emit("line", Number(line)));
    cell.append(rest.slice(0, found.index) + before, button);
    rest = rest.slice(found.index + whole.length);
  }
  cell.append(rest);
}

/** @param {HTMLElement} cell @param {TensorValue | null} value @param {string} none */
function show(cell, value, none) {
  cell.textContent = value === null ? none : formatValue(value);
  cell.classList.toggle("quiet", value === null);
  cell.classList.toggle("nonfinite", Boolean(value?.nonfinite));
}

/** @param {Report | undefined} report @param {Light} light */
function isLit(report, light) {
  if (!report) return false;
  const { tensor, graph } = report;
  const named =
    light.variables?.includes(tensor.name) || tensor.aliases.some((alias) => light.variables?.includes(alias));
  const made = tensor.node !== null && graph === light.graph && light.nodes?.includes(tensor.node);
  return Boolean(named || made || (light.source === "editor" && tensor.line !== null && tensor.line === light.line));
}

/**
 * Tells what the pointer or the keyboard is on.
 * @param {HTMLElement} rows @param {WeakMap<HTMLElement, Report>} reports
 */
function point(rows, reports) {
  const reportAt = (/** @type {Event} */ event) => {
    const row = /** @type {Element} */ (event.target).closest("tr");
    return row ? reports.get(row) : undefined;
  };
  const tell = (/** @type {Event} */ event) => {
    const report = reportAt(event);
    if (!report) return;
    const { tensor, graph } = report;
    const nodes = tensor.node === null ? [] : [tensor.node];
    emit("light", { source: "tensors", line: tensor.line, graph, nodes, variables: [tensor.name, ...tensor.aliases] });
  };
  const rest = () => emit("light", { source: "tensors" });
  rows.addEventListener("pointerover", tell);
  rows.addEventListener("pointerleave", rest);
  rows.addEventListener("focusin", tell);
  rows.addEventListener("focusout", rest);
  rows.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const report = reportAt(event);
    if (target.closest(".name") && report && report.tensor.line !== null) emit("line", report.tensor.line);
    if (!target.closest(".seek") || !report || report.tensor.node === null) return;
    const { tensor, graph } = report;
    emit("seek", { graph, node: report.tensor.node, variables: [tensor.name, ...tensor.aliases] });
  });
}
