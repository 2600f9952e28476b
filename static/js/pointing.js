// What is pointed at in a drawing, told to the page; and what the page points at, lit up in the drawing.

import { emit } from "./dom.js";

/** @import { Light } from "./dom.js" */

/** What a node of the picture stands for. @param {Element} node @returns {Light} */
export function lightOf(node) {
  const { nodes = "", line, variable } = /** @type {SVGElement} */ (node).dataset;
  return {
    source: "graph",
    graph: Number(node.closest("svg")?.dataset.graph),
    line: line ? Number(line) : null,
    nodes: nodes.split(" ").filter(Boolean).map(Number),
    variables: variable === undefined ? [] : [variable],
  };
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
    emit("light", lightOf(node));
    emit("node", lightOf(node));
  });
  sheet.addEventListener("keydown", ({ key }) => key === "Escape" && emit("node", null));
  sheet.addEventListener("focusout", rest);
}

/** @param {HTMLElement} sheet @param {Light} light */
export function lightUp(sheet, light) {
  for (const item of sheet.querySelectorAll(".node, .chip")) {
    const own = lightOf(item);
    const lit =
      (own.graph === light.graph && own.nodes?.some((node) => light.nodes?.includes(node))) ||
      own.variables?.some((name) => light.variables?.includes(name)) ||
      (light.source === "editor" && own.line !== null && own.line === light.line);
    item.classList.toggle("lit", Boolean(lit));
  }
}
