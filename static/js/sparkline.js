// A curve the size of a word, drawn as SVG.

/** @import { Float } from "./events.js" */

const [WIDTH, HEIGHT, EDGE] = [112, 28, 3];
const NAMESPACE = "http://www.w3.org/2000/svg";
const LOG_FROM = 100;

/**
 * The line through `values`, broken where one is not finite; on a log scale where they span two powers of ten.
 * @param {Float[]} values @param {string} label @returns {SVGSVGElement}
 */
export function sparkline(values, label) {
  const numbers = values.map(Number);
  const finite = numbers.filter(Number.isFinite);
  const log = Math.min(...finite) > 0 && Math.max(...finite) >= LOG_FROM * Math.min(...finite);
  const scale = log ? Math.log : Number;
  const [low, high] = [scale(Math.min(...finite)), scale(Math.max(...finite))];
  const place = (/** @type {number} */ value, /** @type {number} */ index) => {
    const x = EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(numbers.length - 1, 1);
    const share = high > low ? (scale(value) - low) / (high - low) : 0.5;
    return `${x.toFixed(1)} ${(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
  };
  const path = numbers
    .map((value, index) => {
      if (!Number.isFinite(value)) return "";
      return `${index > 0 && Number.isFinite(numbers[index - 1]) ? "L" : "M"}${place(value, index)}`;
    })
    .join("");
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "sparkline" });
  if (finite.length > 0) svg.append(make("path", { d: path }));
  const last = numbers.length - 1;
  if (Number.isFinite(numbers[last])) {
    const [cx, cy] = place(numbers[last], last).split(" ");
    svg.append(make("circle", { cx, cy, r: "2.2" }));
  }
  return /** @type {SVGSVGElement} */ (svg);
}

/** @param {string} name @param {Record<string, string>} attributes */
function make(name, attributes) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
