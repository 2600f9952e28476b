// The card beside the graph: everything a graph event says about the node that is pointed at.

import { clone, formatNumber, formatShape, formatValue, listen, slot } from "../dom.js";

/** @import { Graph, Handlers, Node, Saved } from "../events.js" */

/**
 * @param {HTMLElement} root @returns {Handlers}
 */
export function mount(root) {
  /** @type {Map<number, Graph>} */
  const graphs = new Map();
  /** @type {Map<number, Node>} */
  let nodes = new Map();
  let stale = false;

  listen("shown", (index) => {
    nodes = new Map((graphs.get(index)?.nodes ?? []).map((node) => [node.id, node]));
    root.hidden = true;
  });
  listen("light", ({ source, nodes: ids = [] }) => {
    const node = source === "graph" ? nodes.get(ids[0] ?? -1) : undefined;
    root.hidden = node === undefined;
    if (!node) return;
    fill(root, node);
    moveAside(root);
  });

  return {
    started() {
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
  const boxes = [...(root.parentElement?.querySelectorAll(".node") ?? [])].map((node) => node.getBoundingClientRect());
  let [best, least] = ["", Infinity];
  for (const corner of CORNERS) {
    root.dataset.corner = corner;
    const card = root.getBoundingClientRect();
    const hidden = boxes.reduce((sum, box) => sum + overlap(card, box), 0);
    if (hidden < least) [best, least] = [corner, hidden];
  }
  root.dataset.corner = best;
}

/** The area two boxes share. @param {DOMRect} one @param {DOMRect} other */
function overlap(one, other) {
  const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const tall = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return Math.max(wide, 0) * Math.max(tall, 0);
}

/** @param {HTMLElement} root @param {Node} node */
function fill(root, node) {
  const shape = node.shape === null ? null : `shape ${formatShape(node.shape)}`;
  const place = node.line === null ? null : `line ${node.line}`;
  const number = node.sequence_nr === null ? null : `sequence_nr ${node.sequence_nr}`;
  slot(root, "name").textContent = node.name;
  slot(root, "variable").textContent = !node.variable
    ? ""
    : node.kind === "accumulate_grad"
      ? `adds into ${node.variable}.grad`
      : `made ${node.variable}`;
  slot(root, "facts").textContent = [shape, node.dtype, place, node.function, node.module, number]
    .filter(Boolean)
    .join(" · ");
  const formula = slot(root, "formula");
  formula.textContent = node.formula ?? "";
  formula.hidden = !node.formula;
  slot(root, "saved").replaceChildren(
    ...node.saved.map((saved) => {
      const item = clone(root, "saved");
      item.textContent = `saved ${saved.name} = ${words(saved)}`;
      return item;
    }),
  );
}

/** @param {Saved} saved */
function words({ value, freed }) {
  if (freed) return "freed";
  if (value === null) return "not shown";
  if (typeof value === "string" || typeof value === "number")
    return typeof value === "number" ? formatNumber(value, false) : value;
  return value.data !== null && value.shape.length < 2
    ? formatValue(value)
    : `${value.dtype} ${formatShape(value.shape)}`;
}
