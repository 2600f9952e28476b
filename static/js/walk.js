// The keyboard and the clicks on a drawing: one Tab stop, arrows along the edges, + - 0, Enter, Escape.

import { emit } from "./dom.js";

/** @import { Camera } from "./camera.js" */

const ARROWS = new Map([
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
]);

/**
 * Makes the drawings shown in `sheet` walkable; `expand` opens a box that stands for many nodes.
 * @param {HTMLElement} sheet @param {Camera} camera @param {(node: string) => void} expand
 */
export function walk(sheet, camera, expand) {
  const act = (/** @type {SVGElement} */ node) => {
    if (node.classList.contains("more")) expand(node.dataset.node ?? "");
    else if (node.dataset.line) emit("line", Number(node.dataset.line));
  };
  /** @type {Map<string, () => void>} */
  const keys = new Map([
    ["+", () => camera.zoomBy(1.3)],
    ["=", () => camera.zoomBy(1.3)],
    ["-", () => camera.zoomBy(1 / 1.3)],
    ["0", () => camera.fit()],
  ]);
  sheet.addEventListener("keydown", (event) => {
    const node = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest(".node"));
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS.get(event.key);
    if (arrow) moveTo(sheet, camera, node, neighbour(sheet, node, arrow));
    else if (event.key === "Enter") act(node);
    else if (event.key === "Escape") node.blur();
    else if (keys.has(event.key)) keys.get(event.key)?.();
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("click", (event) => {
    const node = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest(".node"));
    if (node?.classList.contains("more")) expand(node.dataset.node ?? "");
    else if (node) moveTo(sheet, camera, node, node);
  });
}

/** @param {HTMLElement} sheet @param {Camera} camera @param {SVGElement} from @param {SVGElement | null} to */
function moveTo(sheet, camera, from, to) {
  if (!to) return;
  for (const node of sheet.querySelectorAll('.node[tabindex="0"]')) node.setAttribute("tabindex", "-1");
  from.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus({ preventScroll: true });
  camera.reveal(to);
}

/**
 * The node an arrow leads to: along an edge where one runs that way, else the nearest one there.
 * @param {HTMLElement} sheet @param {SVGElement} node @param {number[]} arrow @returns {SVGElement | null}
 */
function neighbour(sheet, node, [right, down]) {
  const linked = new Set();
  for (const edge of /** @type {NodeListOf<SVGElement>} */ (sheet.querySelectorAll(".edge"))) {
    if (edge.dataset.tail === node.dataset.node) linked.add(edge.dataset.head);
    if (edge.dataset.head === node.dataset.node) linked.add(edge.dataset.tail);
  }
  const here = node.getBoundingClientRect();
  let [best, bestScore] = [/** @type {SVGElement | null} */ (null), -Infinity];
  for (const other of /** @type {NodeListOf<SVGElement>} */ (sheet.querySelectorAll(".node"))) {
    const box = other.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2 - here.x - here.width / 2, box.y + box.height / 2 - here.y - here.height / 2];
    const along = x * right + y * down;
    if (other === node || along < 1) continue;
    const score = linked.has(other.dataset.node)
      ? along / Math.hypot(x, y)
      : -Math.hypot(x, y) - 2 * Math.hypot(x * down, y * right);
    if (score > bestScore) [best, bestScore] = [other, score];
  }
  return best;
}
