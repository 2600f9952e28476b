// Only what is near the visible part of a drawing has a layout; the rest is `display: none` until the camera comes near.
// Where things stand is known from their numbers, so that moving the camera asks the browser for nothing.

import { boxOf, originOf } from "./shapes.js";

/** @import { Box } from "./shapes.js" */
/** @typedef {{ x: number, y: number, k: number }} Place where the camera stands: a translation, then a scale */
/** @typedef {{ element: Element, box: Box, away: boolean }} Item */

/** What is laid out beyond each side, as a share of what is visible; within it no move changes anything. */
const MARGIN = 0.5;
/** Zooming in this far leaves so much laid out in vain that it is worth looking again. */
const CLOSER = 2;
/** Scales below which small words, and then all words, are too small to be read. */
const SMALL_WORDS = 0.45;
const ALL_WORDS = 0.3;

/** @param {SVGSVGElement} svg */
export function createViewport(svg) {
  const origin = originOf(svg);
  const drawing = svg.querySelector(".drawing");
  /** @type {Item[]} */
  let items = [...(drawing?.children ?? [])].flatMap(itemsOf);
  /** @type {Box & { k: number } | null} what is laid out */
  let laid = null;
  /** @type {Box | null} what was visible last */
  let seen = null;

  const look = () => {
    if (!laid) return;
    for (const item of items) hide(item, !meet(item.box, laid));
  };
  // Words that a replay puts on the drawing are no part of the picture that came.
  const added = new MutationObserver((changes) => {
    const all = changes.filter(({ target }) => target === drawing || target.parentElement === drawing);
    const removed = new Set(all.flatMap(({ removedNodes }) => [...removedNodes]));
    if (removed.size > 0) items = items.filter(({ element }) => !removed.has(element) && element.isConnected);
    const known = new Set(items.map(({ element }) => element));
    for (const item of all.flatMap(({ addedNodes }) => [...addedNodes].flatMap(itemsOf)))
      if (!known.has(item.element) && item.element.isConnected) items.push(item);
    look();
  });
  if (drawing) added.observe(drawing, { childList: true, subtree: true });

  return {
    /** Lays out what is near. @param {Place} place @param {number} width @param {number} height of the sheet */
    update({ x, y, k }, width, height) {
      svg.classList.toggle("far", k < SMALL_WORDS);
      svg.classList.toggle("farther", k < ALL_WORDS);
      seen = { x: -x / k - origin.x, y: -y / k - origin.y, width: width / k, height: height / k };
      if (laid && inside(seen, laid) && k < laid.k * CLOSER) return;
      const [wide, tall] = [seen.width * MARGIN, seen.height * MARGIN];
      laid = { x: seen.x - wide, y: seen.y - tall, width: seen.width + 2 * wide, height: seen.height + 2 * tall, k };
      look();
    },
    /** Whether a box lies at least partly in what is visible. @param {Box} box */
    shows: (box) => seen !== null && meet(box, seen),
    remove: () => added.disconnect(),
  };
}

/** What can be hidden alone: a part of the drawing, or each of the words a replay put there. @param {Node} node @returns {Item[]} */
function itemsOf(node) {
  if (!(node instanceof Element)) return [];
  if (node.matches("g:not(.node, .frame)")) return [...node.children].flatMap(itemsOf);
  return node.matches(".node, .frame, .edge, .arrow, text") ? [{ element: node, box: boxOf(node), away: false }] : [];
}

/** What has the focus, or would get it by Tab, stays. @param {Item} item @param {boolean} away */
function hide(item, away) {
  const hidden = away && item.element.getAttribute("tabindex") !== "0" && item.element !== document.activeElement;
  if (hidden === item.away) return;
  item.away = hidden;
  item.element.classList.toggle("away", hidden);
}

/** @param {Box} one @param {Box} other */
function meet(one, other) {
  return (
    one.x <= other.x + other.width &&
    other.x <= one.x + one.width &&
    one.y <= other.y + other.height &&
    other.y <= one.y + one.height
  );
}

/** @param {Box} inner @param {Box} outer */
function inside(inner, outer) {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
