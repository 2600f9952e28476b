// What is pointed at in a drawing, told to the page; and what the page points at, lit up in the drawing.

import { emit } from "./dom.js";

/** @import { Light } from "./dom.js" */

/** @type {WeakMap<Element, Light>} */
const known = new WeakMap();

/** What a box of the picture stands for. @param {Element} box @returns {Light} */
export function lightOf(box) {
  const before = known.get(box);
  if (before) return before;
  const { nodes = "", line, variable, group, parent } = /** @type {SVGElement} */ (box).dataset;
  const light = {
    source: "graph",
    graph: Number(box.closest("svg")?.dataset.graph),
    line: line ? Number(line) : null,
    nodes: nodes.split(" ").filter(Boolean).map(Number),
    variables: variable === undefined ? [] : [variable],
    ...(group !== undefined && { group }),
    ...(parent !== undefined && group === undefined && { inside: parent }),
  };
  known.set(box, light);
  return light;
}

/** Tells what the pointer or the keyboard is on. @param {HTMLElement} sheet */
export function point(sheet) {
  const target = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).closest(".chip, .node");
  const rest = () => {
    const focused = sheet.querySelector(".node:focus");
    emit("light", focused ? lightOf(focused) : { source: "graph" });
  };
  sheet.addEventListener("pointerover", (event) => {
    const node = target(event);
    node ? emit("light", lightOf(node)) : rest();
  });
  sheet.addEventListener("pointerleave", rest);
  sheet.addEventListener("focusin", (event) => {
    const node = target(event);
    if (!node) return;
    emit("node", node.matches(".group") ? null : lightOf(node));
    emit("light", lightOf(node));
  });
  sheet.addEventListener("keydown", ({ key }) => key === "Escape" && emit("node", null));
  sheet.addEventListener("focusout", rest);
}

/** @param {HTMLElement} sheet @param {Light} light */
export function lightUp(sheet, light) {
  const nodes = new Set(light.nodes);
  for (const item of sheet.querySelectorAll(".node, .chip")) {
    const own = lightOf(item);
    const lit =
      (nodes.size > 0 && own.graph === light.graph && own.nodes?.some((node) => nodes.has(node))) ||
      own.variables?.some((name) => light.variables?.includes(name)) ||
      (light.source === "editor" && own.line !== null && own.line === light.line);
    item.classList.toggle("lit", Boolean(lit));
  }
}
