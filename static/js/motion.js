// From one drawing to the next: what both show moves to its new place, what is new fades in.

import { boxOf } from "./shapes.js";

/** @import { Box } from "./shapes.js" */
/** @typedef {Map<string, Box>} Places where each part of a drawing stood, by its key */

const LASTS_MS = 220;
/** More than this is not followed by the eye, and would cost more than it tells. */
const MOST = 500;
const PARTS = "[data-key]";

/** @param {SVGSVGElement | null} svg @returns {Places} */
export function placesOf(svg) {
  const parts = [.../** @type {NodeListOf<SVGElement>} */ (svg?.querySelectorAll(PARTS) ?? [])];
  return new Map(parts.map((part) => [keyOf(part), boxOf(part)]));
}

/**
 * Moves the parts of a drawing from where they stood before; `shift` is by how much all of it stood elsewhere on the
 * screen, `shows` says what is seen of the new one.
 * @param {SVGSVGElement} svg @param {Places} before @param {{ x: number, y: number }} shift
 * @param {(box: Box) => boolean} shows
 */
export function move(svg, before, shift, shows) {
  if (before.size === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const parts = [.../** @type {NodeListOf<SVGElement>} */ (svg.querySelectorAll(`${PARTS}, .edge-label`))];
  const seen = parts.filter((part) => !part.classList.contains("away") && shows(boxOf(part)));
  if (seen.length > MOST) return;
  for (const part of seen) {
    const from = before.get(keyOf(part));
    if (!from) part.animate([{ opacity: 0 }, { opacity: 1 }], { duration: LASTS_MS, easing: "ease-in" });
    else if (part.matches(".frame")) grow(part, from, shift);
    else slide(part, from, shift, part.matches("path"));
  }
}

/** A line and its arrow have one key in the drawing, and a place each. @param {SVGElement} part */
const keyOf = (part) =>
  `${part.localName === "text" ? "word" : part.classList.contains("arrow") ? "arrow" : ""} ${part.dataset.key}`;

/** @param {Element} part @param {Box} from @param {{ x: number, y: number }} shift @param {boolean} isStretched */
function slide(part, from, shift, isStretched) {
  const to = boxOf(part);
  const [wide, tall] = isStretched ? [ratio(from.width, to.width), ratio(from.height, to.height)] : [1, 1];
  const start = isStretched ? from : { x: from.x + (from.width - to.width) / 2, y: from.y };
  const [x, y] = [start.x + shift.x - to.x * wide, start.y + shift.y - to.y * tall];
  if (Math.abs(x) + Math.abs(y) < 0.5 && wide === 1 && tall === 1) return;
  part.animate([{ transform: `translate(${x}px, ${y}px) scale(${wide}, ${tall})` }, { transform: "none" }], {
    duration: LASTS_MS,
    easing: "ease-in-out",
  });
}

/** A frame grows out of the box it was, or out of the frame; its words only fade in. @param {Element} frame @param {Box} from @param {{ x: number, y: number }} shift */
function grow(frame, from, shift) {
  const whole = boxOf(frame);
  for (const part of frame.children)
    if (part.matches("text, .bar")) part.animate([{ opacity: 0 }, { opacity: 1 }], LASTS_MS);
    else if (boxOf(part).width === whole.width && boxOf(part).height === whole.height) slide(part, from, shift, true);
}

/** @param {number} before @param {number} now */
const ratio = (before, now) => (now < 1 || before < 1 ? 1 : before / now);
