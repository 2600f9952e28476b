// The card about one node: what it is, what went in and out of it, its formula with numbers, what it saved, a check.

import { fillArithmetic, fillCheck, fillGroup, fillSaved } from "../anatomy.js";
import { afterPaint, clone, emit, formatShape, listen, part, slot } from "../dom.js";
import { arrivalWords, changeAt, growth } from "../frames.js";
import { kindOf, remark, short } from "../gradients.js";
import { t } from "../words.js";

/** @import { Arithmetic } from "../anatomy.js" */
/** @import { Check, Graph, Handlers, Node } from "../events.js" */
/** @import { Light } from "../dom.js" */
/** @import { Frame } from "../frames.js" */
/** @import { Gradient } from "../gradients.js" */
/**
 * @typedef {{
 *   arithmetic: (run: string, number: number, node: number) => Promise<Arithmetic>,
 *   check: (run: string, number: number, leaf: string) => Promise<Check | null>,
 *   inside: (run: string, index: number, group: string) => Promise<Node[]>,
 * }} Tools `inside` gives a group's nodes, which the event of a large graph leaves out
 */

/**
 * @param {HTMLElement} root @param {Tools} tools @returns {Handlers}
 */
export function mount(root, tools) {
  /** @type {Map<number, Graph>} */
  const graphs = new Map();
  /** @type {Map<number, Node>} */
  let nodes = new Map();
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Node | null} the node that was clicked or walked to; while there is one, pointing at others shows nothing */
  let chosen = null;
  let stale = false;
  let asked = "";
  let run = "";
  let shown = -1;
  /** @type {number | undefined} */
  let wanted;

  // Where boxes stand on the screen is known once they are painted; asked before, all of them would be laid out twice.
  const moveAsideSoon = afterPaint(() => !root.hidden && moveAside(root));
  /** @param {Node | undefined} node */
  const show = (node) => {
    root.hidden = node === undefined;
    root.toggleAttribute("data-chosen", chosen !== null);
    if (!node) return;
    fill(root, node);
    fillFlow(root, node, frame);
    fillSaved(root, node, frame);
    part(root, "check").hidden = !chosen || !frame || node.kind !== "accumulate_grad" || !node.variable;
    moveAsideSoon();
  };

  /** Of a rerun, the node with the values that it had there. @param {number | undefined} id */
  const find = (id = -1) => frame?.film.nodes.get(id) ?? nodes.get(id);

  const explain = async () => {
    if (!chosen || !frame) return;
    const key = [frame.run, frame.film.backward.number, chosen.id].join();
    if (key === asked) return;
    asked = key;
    part(root, "arithmetic").replaceChildren();
    part(root, "checked").replaceChildren();
    const told = await tools.arithmetic(frame.run, frame.film.backward.number, chosen.id).catch(() => null);
    if (told && key === asked) fillArithmetic(root, told);
  };

  /** @param {Node | null} node */
  const choose = (node) => {
    chosen = node;
    asked = "";
    for (const name of ["arithmetic", "checked"]) part(root, name).replaceChildren();
    show(node ?? undefined);
    void explain();
  };

  const check = async () => {
    if (!chosen?.variable || !frame) return;
    const key = asked;
    const place = part(root, "checked");
    place.textContent = t("Running the program again and measuring in float64…");
    part(root, "check").inert = true;
    try {
      const told = await tools.check(frame.run, frame.film.backward.number, chosen.variable);
      if (key === asked) fillCheck(root, told);
    } catch (error) {
      if (key === asked) place.textContent = error instanceof Error ? error.message : String(error);
    }
    part(root, "check").inert = false;
    root.scrollTop = root.scrollHeight; // on a small screen the card is lower than what it says
  };

  /** @param {Light | null} light */
  const choosePointed = async (light) => {
    wanted = light?.nodes?.[0];
    choose(find(wanted) ?? null);
    if (chosen || wanted === undefined || light?.inside === undefined) return;
    const [id, index] = [wanted, shown];
    const told = await tools.inside(run, index, light.inside).catch(() => []);
    if (index !== shown) return;
    for (const node of told) if (!nodes.has(node.id)) nodes.set(node.id, node);
    if (wanted === id) choose(find(id) ?? null);
  };

  listen("shown", (index) => {
    shown = index;
    nodes = new Map((graphs.get(index)?.nodes ?? []).map((node) => [node.id, node]));
    choose(null);
  });
  listen("light", ({ source, nodes: ids = [], group }) => {
    if (chosen) return;
    const found = graphs.get(shown)?.groups?.find(({ id }) => id === group);
    show(source === "graph" && group === undefined ? find(ids[0]) : undefined);
    if (!found) return;
    root.hidden = false;
    fillGroup(root, found);
    moveAsideSoon();
  });
  listen("node", (light) => void choosePointed(light));
  listen("frame", (next) => {
    frame = next;
    if (!chosen) return;
    fillFlow(root, chosen, frame);
    fillSaved(root, chosen, frame);
    part(root, "check").hidden = !frame || chosen.kind !== "accumulate_grad" || !chosen.variable;
    void explain();
  });
  part(root, "check").addEventListener("click", () => void check());
  part(root, "close").addEventListener("click", () => emit("node", null));
  root.addEventListener("keydown", ({ key }) => key === "Escape" && emit("node", null));

  return {
    started(event) {
      run = event.run_id;
      stale = true;
    },
    graph(event) {
      if (stale) graphs.clear();
      stale = false;
      graphs.set(event.index, event);
    },
  };
}

const CORNERS = ["bottom left", "bottom right", "top right", "top left"];

/** Puts the card into the corner where it hides least of the drawing. @param {HTMLElement} root */
function moveAside(root) {
  const parts = [...(root.parentElement?.querySelectorAll(".node:not(.away), .norm-legend") ?? [])];
  const boxes = parts.map((part) => /** @type {const} */ ([part.getBoundingClientRect(), weightOf(part)]));
  let [best, least] = ["", Infinity];
  for (const corner of CORNERS) {
    root.dataset.corner = corner;
    const card = root.getBoundingClientRect();
    const hidden = boxes.reduce((sum, [box, weight]) => sum + overlap(card, box) * weight, 0);
    if (hidden < least) [best, least] = [corner, hidden];
  }
  root.dataset.corner = best;
}

/** What explains the whole drawing counts for more than a box of it. @param {Element} part */
const weightOf = (part) => (part.matches(".norm-legend") ? 50 : 1);

/** The area two boxes share. @param {DOMRect} one @param {DOMRect} other */
function overlap(one, other) {
  const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const tall = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return Math.max(wide, 0) * Math.max(tall, 0);
}

/** @param {HTMLElement} root @param {Node} node */
function fill(root, node) {
  const shape = node.shape === null ? null : t("shape {shape}", { shape: formatShape(node.shape) });
  const place = node.line === null ? null : t("line {line}", { line: node.line });
  const number = node.sequence_nr === null ? null : `sequence_nr ${node.sequence_nr}`;
  slot(root, "name").textContent = node.name;
  slot(root, "variable").textContent = !node.variable
    ? ""
    : node.kind === "accumulate_grad"
      ? t("adds into {variable}.grad", { variable: node.variable })
      : t("made {variable}", { variable: node.variable });
  slot(root, "facts").textContent = [shape, node.dtype, place, node.function, node.module, number]
    .filter(Boolean)
    .join(" · ");
  const formula = slot(root, "formula");
  formula.textContent = node.formula ?? "";
  formula.hidden = !node.formula;
}

/** What went in and out, once the replay has come so far. @param {HTMLElement} root @param {Node} node @param {Frame | null} frame */
function fillFlow(root, node, frame) {
  const flow = part(root, "flow");
  flow.replaceChildren();
  if (!frame) return;
  const { film, at } = frame;
  const step = film.stepOf.get(node.id);
  /** @param {string} way @param {string} words @param {Gradient} [value] */
  const row = (way, words, value) => {
    const made = clone(root, "flow");
    slot(made, "way").textContent = way;
    slot(made, "value").textContent = words;
    if (value !== undefined) slot(made, "value").className = kindOf(value);
    if (value !== undefined) made.title = remark(value);
    flow.append(made);
  };
  const reason = film.backward.raised ? t("an exception came before it") : t("this backward had no need of it");
  if (step === undefined) return row(t("not run"), reason);
  if (at < step) return row(t("waits"), t("it runs at step {step}", { step }));
  film.arrivals(node.id).forEach((each) => row(t("gradient in"), arrivalWords(each, short), each.value));
  film.steps[step - 1].grad_inputs.forEach((value) => row(t("gradient out"), short(value), value));
  const change = changeAt(film, node);
  if (change) row(`${node.variable ?? `#${node.id}`}.grad`, growth(change), change.new);
}
