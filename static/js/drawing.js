// The drawing on view: put in the place of the one before, so that what was looked at stays where it was.

import { move, placesOf } from "./motion.js";
import { boxOf, holds } from "./shapes.js";
import { createViewport } from "./viewport.js";
import { t } from "./words.js";

/** @import { Camera } from "./camera.js" */
/** @typedef {ReturnType<typeof createDrawing>} Drawing */

/** Room under the lowest leaf for what the replay says of its .grad. */
const GRAD_HEIGHT = 16;

/** @param {HTMLElement} sheet @param {Camera} camera */
export function createDrawing(sheet, camera) {
  /** @type {SVGSVGElement | null} */
  let svg = null;
  /** @type {ReturnType<typeof createViewport> | null} */
  let viewport = null;

  camera.onMove((place, { width, height }) => viewport?.update(place, width, height));
  sheet.addEventListener("focusin", ({ target }) => {
    const box = /** @type {Element} */ (target).closest(".node, .frame");
    if (box?.matches(":focus-visible")) camera.reveal(box);
  });

  /** @param {string} selector @returns {SVGGElement | null} */
  const find = (selector) => svg?.querySelector(selector) ?? null;

  const drawing = {
    svg: () => svg,
    find,
    clear() {
      viewport?.remove();
      [svg, viewport] = [null, null];
      sheet.replaceChildren();
    },
    /** A group's box or frame. @param {string} id */
    group: (id) => find(`[data-group="${CSS.escape(id)}"]`),
    /** Which group each open one lies in. @returns {Map<string, string>} */
    parents() {
      const frames = /** @type {SVGGElement[]} */ ([...(svg?.querySelectorAll(".frame[data-parent]") ?? [])]);
      return new Map(frames.map(({ dataset }) => [dataset.group ?? "", dataset.parent ?? ""]));
    },
    /** The box a node is drawn in, the smallest one: its own, or one it is folded into. @param {number} id */
    node(id) {
      const own = find(`.node[data-node="${id}"]:not(.saved, .group, .more)`);
      if (own) return own;
      const all = /** @type {SVGGElement[]} */ ([...(svg?.querySelectorAll(".node:not(.saved), .chip") ?? [])]);
      const holding = all.filter(({ dataset }) => ` ${dataset.nodes} `.includes(` ${id} `));
      const last = holding.sort((one, other) => sizeOf(one) - sizeOf(other))[0];
      return /** @type {SVGGElement | undefined} */ (last?.closest(".node")) ?? null;
    },
    /** The open groups a box or a frame lies in, the outermost first. @param {Element | null} box */
    framesAround(box) {
      if (!box) return [];
      const frames = /** @type {SVGGElement[]} */ ([...(svg?.querySelectorAll(".frame") ?? [])]);
      return frames.filter((frame) => frame === box || (holds(boxOf(frame), boxOf(box)) && isBefore(frame, box)));
    },
    /** Gives a box the focus and the page's one Tab stop in the drawing. @param {SVGElement} box */
    focus(box) {
      camera.reveal(box);
      stopAt(box);
      box.focus({ preventScroll: true });
    },
    /**
     * Shows a picture. What `kept` names by its key stays where it is on the screen; `wanted` gets the focus.
     * @param {string} text @param {number} index of its graph
     * @param {{ wanted?: () => SVGElement | null, kept?: string | null }} [now]
     */
    show(text, index, { wanted, kept = null } = {}) {
      const next = read(text, index);
      const hadFocus = sheet.contains(document.activeElement);
      const focused = /** @type {SVGElement | null} */ (document.activeElement?.closest(".node, .frame") ?? null);
      const [before, from] = [svg?.dataset.graph === String(index) ? placesOf(svg) : new Map(), boxWith(svg, kept)];
      const [place, to] = [camera.place(), boxWith(next, kept)];
      viewport?.remove();
      sheet.replaceChildren(next);
      svg = next;
      viewport = createViewport(next);
      camera.show(next, from && to ? { from: boxOf(from), to: boxOf(to) } : null);
      const box = wanted?.() ?? (hadFocus ? boxWith(next, focused?.dataset.key ?? null) : null);
      const first = next.querySelector(".node.root") ?? next.querySelector(".node, .frame");
      const stop = box ?? /** @type {SVGElement | null} */ (first);
      if (stop && (hadFocus || box)) drawing.focus(stop);
      else if (stop) stopAt(stop);
      if (kept) move(next, before, shiftTo(place), viewport.shows);
    },
  };

  /** By how much all that was drawn stood elsewhere on the screen. @param {{ x: number, y: number, k: number }} place before */
  function shiftTo(place) {
    const now = camera.place();
    return { x: (place.x - now.x) / now.k, y: (place.y - now.y) / now.k };
  }

  /** @param {SVGElement} box */
  function stopAt(box) {
    for (const other of svg?.querySelectorAll('[tabindex="0"]') ?? []) other.setAttribute("tabindex", "-1");
    box.setAttribute("tabindex", "0");
  }
  return drawing;
}

/** @param {SVGElement} box */
const sizeOf = ({ dataset }) => dataset.nodes?.length ?? Infinity;

/** @param {Element} one @param {Element} other */
const isBefore = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

/** @param {SVGSVGElement | null} svg @param {string | null} key @returns {SVGGElement | null} */
function boxWith(svg, key) {
  return key === null ? null : (svg?.querySelector(`:is(.node, .frame)[data-key="${CSS.escape(key)}"]`) ?? null);
}

/** @param {string} text @param {number} index @returns {SVGSVGElement} */
function read(text, index) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") throw new Error(t("The picture that came is not an SVG. Run the code again."));
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
  svg.dataset.graph = String(index);
  for (const word of svg.querySelectorAll(".saved .detail"))
    if (word.textContent === "saved") word.textContent = t("saved");
  // Here a group can be opened and closed; in a file of its own it is a symbol like any other.
  for (const group of svg.querySelectorAll("[aria-expanded]")) group.setAttribute("role", "button");
  if (svg.querySelector(".leaf")) {
    svg.viewBox.baseVal.height += GRAD_HEIGHT;
    svg.setAttribute("height", String(svg.viewBox.baseVal.height));
  }
  return svg;
}
