// The keyboard and the clicks on a drawing: one Tab stop, arrows along the edges, Home and End, + - 0, Enter, Escape.

import { emit } from "./dom.js";
import { boxOf, middle } from "./shapes.js";

/** @import { Camera } from "./camera.js" */
/** @import { Drawing } from "./drawing.js" */
/** @import { Box } from "./shapes.js" */

const ARROWS = new Map([
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
]);
const BOXES = ".node, .frame";
/** Of a frame only its title bar is walked to. */
const BAR_HEIGHT = 24;

/**
 * Makes the drawings shown in `sheet` walkable; `open` opens a box that stands for many nodes, `close` closes a frame.
 * @param {HTMLElement} sheet @param {{ camera: Camera, drawing: Drawing }} view
 * @param {{ open: (id: string) => void, close: (group: string) => void, search: () => void }} acts
 */
export function walk(sheet, { camera, drawing }, { open, close, search }) {
  /** @param {SVGElement} box @returns {boolean} */
  const toggle = ({ classList, dataset }) => {
    if (classList.contains("frame")) close(dataset.group ?? "");
    else if (classList.contains("group")) open(dataset.group ?? "");
    else if (classList.contains("more")) open(dataset.node ?? "");
    else return false;
    return true;
  };
  /** @param {SVGElement} box */
  const act = (box) => {
    if (!toggle(box) && box.dataset.line) emit("line", Number(box.dataset.line));
  };
  /** @param {SVGElement} box */
  const leave = (box) => {
    const inner = drawing.framesAround(box).at(-1);
    if (inner) close(inner.dataset.group ?? "");
    else box.blur();
  };
  /** @type {Map<string, () => void>} */
  const keys = new Map([
    ["+", () => camera.zoomBy(1.3)],
    ["=", () => camera.zoomBy(1.3)],
    ["-", () => camera.zoomBy(1 / 1.3)],
    ["0", () => camera.fit()],
    ["/", search],
  ]);
  sheet.addEventListener("keydown", (event) => {
    const box = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest(BOXES));
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS.get(event.key);
    if (arrow) go(drawing, neighbour(sheet, box, arrow));
    else if (event.key === "Home" || event.key === "End") go(drawing, outermost(sheet, event.key === "End"));
    else if (event.key === "Enter") act(box);
    else if (event.key === "Escape") leave(box);
    else if (keys.has(event.key)) keys.get(event.key)?.();
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("click", (event) => {
    const hit = /** @type {Element} */ (event.target);
    const box = /** @type {SVGElement | null} */ (hit.closest(BOXES));
    if (!box || (box.matches(".frame") && !isOnBar(box, event.clientY, camera.place().k))) return;
    if (hit.closest(".chip") || !toggle(box)) drawing.focus(box);
  });
}

/** @param {Drawing} drawing @param {SVGElement | null} box */
function go(drawing, box) {
  if (box) drawing.focus(box);
}

/** @param {Element} frame @param {number} y on the screen @param {number} scale */
const isOnBar = (frame, y, scale) => y - frame.getBoundingClientRect().top <= BAR_HEIGHT * scale;

/** Where a box is walked to. @param {SVGElement} box @returns {Box} */
function spotOf(box) {
  const whole = boxOf(box);
  return box.matches(".frame") ? { ...whole, height: BAR_HEIGHT } : whole;
}

/** The uppermost or the lowest box. @param {HTMLElement} sheet @param {boolean} isLast */
function outermost(sheet, isLast) {
  const boxes = /** @type {SVGElement[]} */ ([...sheet.querySelectorAll(BOXES)]);
  const order = boxes.sort((one, other) => spotOf(one).y - spotOf(other).y || spotOf(one).x - spotOf(other).x);
  return order.at(isLast ? -1 : 0) ?? null;
}

/** What an edge calls its end. @param {SVGElement} box */
const nameOf = ({ dataset }) => dataset.key ?? dataset.node;

/**
 * The box an arrow leads to: along an edge where one runs that way, else the nearest one there.
 * @param {HTMLElement} sheet @param {SVGElement} box @param {number[]} arrow @returns {SVGElement | null}
 */
function neighbour(sheet, box, [right, down]) {
  const linked = new Set();
  for (const edge of /** @type {NodeListOf<SVGElement>} */ (sheet.querySelectorAll(".edge"))) {
    const { tail, head, from = tail, to = head } = edge.dataset;
    if (from === nameOf(box)) linked.add(to);
    if (to === nameOf(box)) linked.add(from);
  }
  const here = middle(spotOf(box));
  let [best, bestScore] = [/** @type {SVGElement | null} */ (null), -Infinity];
  for (const other of /** @type {NodeListOf<SVGElement>} */ (sheet.querySelectorAll(BOXES))) {
    const there = middle(spotOf(other));
    const [x, y] = [there.x - here.x, there.y - here.y];
    const along = x * right + y * down;
    if (other === box || along < 1) continue;
    const score = linked.has(nameOf(other))
      ? along / Math.hypot(x, y)
      : -Math.hypot(x, y) - 2 * Math.hypot(x * down, y * right);
    if (score > bestScore) [best, bestScore] = [other, score];
  }
  return best;
}
