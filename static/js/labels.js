// Words beside the lines of a drawing, each where it covers least of the boxes and of the other words.

import { boxOf, pointsAlong } from "./shapes.js";

/** @import { Box, Place } from "./shapes.js" */

const SVG = "http://www.w3.org/2000/svg";
const LINE_HEIGHT = 12;
const CHARACTER = 6;
const SHARES = [0.27, 0.38, 0.5, 0.62, 0.73];
/** Which of them are tried first. */
const ORDER = [2, 1, 3, 0, 4];
const FAR = 40;
/** How much of a word on a line may lie on boxes and other words; one with less room is shown at its step alone. */
const COVERED = 0.2;

/**
 * One word after another put on a drawing. Its boxes and its own words are left readable as far as there is room.
 * @param {SVGGElement} drawing
 */
export function createLabels(drawing) {
  const layer = document.createElementNS(SVG, "g");
  layer.setAttribute("class", "gradients");
  layer.setAttribute("aria-hidden", "true");
  drawing.append(layer);
  /** @type {Box[]} */
  const taken = [...drawing.querySelectorAll(".node > .shape:not(.inner), .edge-label, .frame > text")].map(boxOf);

  /** The place where words cover least, and how much of them lies on something there. @param {string[]} lines @param {Place[]} places */
  const fit = (lines, places) => {
    const width = Math.max(...lines.map((line) => line.length)) * CHARACTER + 4;
    const height = lines.length * LINE_HEIGHT + 2;
    const boxes = places.map(({ x, y }) => ({ x: x - width / 2, y: y - height / 2, width, height }));
    const covered = boxes.map((box) => taken.reduce((area, other) => area + overlap(box, other), 0));
    const costs = covered.map((area, place) => area + place);
    const best = costs.indexOf(Math.min(...costs));
    return { lines, place: places[best], box: boxes[best], covered: covered[best] / (width * height) };
  };
  /** @param {string[]} lines @param {Place[]} places @param {string} classes */
  const put = (lines, places, classes) => {
    const { place, box } = fit(lines, places);
    taken.push(box);
    return write(layer, lines, place, classes);
  };

  return {
    /** Words on a line: all of them where there is room, or the first of them. @param {Element} path @param {string[]} lines @param {string} classes */
    along(path, lines, classes) {
      const along = pointsAlong(path, SHARES);
      const places = ORDER.map((at) => along[at]);
      const sides = places.slice(0, 3).flatMap(({ x, y }) => [
        { x: x + FAR / 2, y },
        { x: x - FAR / 2, y },
      ]);
      const whole = fit(lines, [...places, ...sides]);
      const found = whole.covered <= COVERED ? whole : fit(lines.slice(0, 1), [...places, ...sides]);
      if (found.covered > COVERED) return write(layer, lines, whole.place, `${classes} crowded`);
      taken.push(found.box);
      return write(layer, found.lines, found.place, classes);
    },
    /** Words under a box. @param {SVGGraphicsElement} shape @param {string[]} lines @param {string} classes */
    below(shape, lines, classes) {
      const { x, y, width, height } = boxOf(shape);
      const down = y + height + (lines.length * LINE_HEIGHT) / 2 + 3;
      const shifts = [0, -width / 4, width / 4, -width / 2, width / 2];
      return put(
        lines,
        shifts.map((shift) => ({ x: x + width / 2 + shift, y: down })),
        classes,
      );
    },
    /** A word on top of a box. @param {SVGGraphicsElement} shape @param {string} line @param {string} classes */
    above(shape, line, classes) {
      const { x, y, width } = boxOf(shape);
      return put([line], [{ x: x + width / 2, y: y - LINE_HEIGHT / 2 }], classes);
    },
    /** Words at a box: over its right corner or its left one, else beside it. @param {SVGGraphicsElement} shape @param {string[]} lines @param {string} classes */
    at(shape, lines, classes) {
      const { x, y, width, height } = boxOf(shape);
      const half = (Math.max(...lines.map((line) => line.length)) * CHARACTER) / 2 + 6;
      const [right, left, middle, over] = [x + width, x, y + height / 2, y - LINE_HEIGHT / 2 - 2];
      const places = [
        [right + half, middle],
        [left - half, middle],
        [right + half / 2, over],
        [left - half / 2, over],
      ];
      return put(
        lines,
        places.map(([across, down]) => ({ x: across, y: down })),
        classes,
      );
    },
    remove: () => layer.remove(),
  };
}

/** @param {SVGGElement} layer @param {string[]} lines @param {Place} place @param {string} classes */
function write(layer, lines, { x, y }, classes) {
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("class", classes);
  lines.forEach((line, number) => {
    const span = document.createElementNS(SVG, "tspan");
    span.setAttribute("x", x.toFixed(1));
    span.setAttribute("y", (y + 3.5 + (number - (lines.length - 1) / 2) * LINE_HEIGHT).toFixed(1));
    span.textContent = line;
    text.append(span);
  });
  layer.append(text);
  return text;
}

/** The area two boxes share. @param {Box} one @param {Box} other */
function overlap(one, other) {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const tall = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return wide > 0 && tall > 0 ? wide * tall : 0;
}
