// Where things stand in a drawing, read off its own numbers: asking the browser would lay the drawing out, and what is
// hidden has no layout at all.

/** @typedef {{ x: number, y: number }} Place in the drawing's own units */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box in the drawing's own units */

/** @type {WeakMap<Element, Box>} */
const known = new WeakMap();
const CHARACTER = 6;
const LINE_HEIGHT = 14;

/** The box around a shape, a line, a word, or a group with shapes in it. @param {Element} element @returns {Box} */
export function boxOf(element) {
  const before = known.get(element);
  if (before) return before;
  const box = read(element);
  known.set(element, box);
  return box;
}

/** How far the drawing is moved inside its SVG. @param {SVGSVGElement} svg */
export function originOf(svg) {
  const words = svg.querySelector(".drawing")?.getAttribute("transform") ?? "";
  const [x = 0, y = 0] = (words.match(/-?[\d.]+/g) ?? []).map(Number);
  return { x, y };
}

/** @param {Box} box */
export const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

/** Into how many straight pieces a bend is taken apart to be measured. */
const PIECES = 8;

/**
 * The points at some shares of a drawing's line: an M, then Cs.
 * @param {Element} path @param {number[]} shares ascending @returns {Place[]}
 */
export function pointsAlong(path, shares) {
  const knots = polyline(path.getAttribute("d") ?? "");
  const lengths = knots.slice(1).map(({ x, y }, at) => Math.hypot(x - knots[at].x, y - knots[at].y));
  const whole = lengths.reduce((sum, each) => sum + each, 0);
  return shares.map((share) => {
    let [at, left] = [0, share * whole];
    while (at < lengths.length - 1 && left > lengths[at]) left -= lengths[at++];
    const [from, to] = [knots[at], knots[at + 1] ?? knots[at]];
    const along = lengths[at] ? left / lengths[at] : 0;
    return { x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * along };
  });
}

/** @param {string} d @returns {Place[]} */
function polyline(d) {
  const numbers = (d.match(/-?[\d.]+/g) ?? []).map(Number);
  const points = Array.from({ length: Math.floor(numbers.length / 2) }, (_, at) => ({
    x: numbers[2 * at],
    y: numbers[2 * at + 1],
  }));
  const knots = points.slice(0, 1);
  for (let at = 0; at + 3 < points.length; at += 3)
    for (let piece = 1; piece <= PIECES; piece += 1) knots.push(bent(points.slice(at, at + 4), piece / PIECES));
  return knots.length > 0 ? knots : [{ x: 0, y: 0 }];
}

/** A point of a cubic Bézier curve. @param {Place[]} points @param {number} t @returns {Place} */
function bent([a, b, c, d], t) {
  const [one, two, three, four] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
  return {
    x: one * a.x + two * b.x + three * c.x + four * d.x,
    y: one * a.y + two * b.y + three * c.y + four * d.y,
  };
}

/** @param {Box} outer @param {Box} inner */
export function holds(outer, inner) {
  const { x, y } = middle(inner);
  return x >= outer.x && x <= outer.x + outer.width && y >= outer.y && y <= outer.y + outer.height;
}

/** @param {Element} element @returns {Box} */
function read(element) {
  if (element.localName === "path") return ofPath(element.getAttribute("d") ?? "");
  if (element.localName === "text") return ofText(element);
  if (element.localName === "rect")
    return { x: at(element, "x"), y: at(element, "y"), width: at(element, "width"), height: at(element, "height") };
  const shapes = [...element.children].filter((child) => child.matches(".shape"));
  return around(
    (shapes.length > 0 ? shapes : [...element.children].filter((child) => child.matches("path, rect"))).map(boxOf),
  );
}

/** @param {Element} element @param {string} name */
const at = (element, name) => Number(element.getAttribute(name) ?? 0);

/** A word: as wide as its letters may be. A frame's begins where it is put, others have it in their middle. @param {Element} element @returns {Box} */
function ofText(element) {
  const lines = element.children.length > 0 ? [...element.children] : [element];
  const width = Math.max(...lines.map((line) => line.textContent?.length ?? 0)) * CHARACTER;
  const height = lines.length * LINE_HEIGHT;
  const left = element.parentElement?.matches(".frame") ? 0 : width / 2;
  return { x: at(lines[0], "x") - left, y: at(lines[0], "y") - LINE_HEIGHT, width, height };
}

/**
 * The box around a path's points; those that only bend it may lie further out than the line goes.
 * @param {string} d @returns {Box}
 */
function ofPath(d) {
  /** @type {number[][]} */
  const [across, down] = [[], []];
  for (const [, command, words] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const [x, y] = command === command.toUpperCase() ? [0, 0] : [across.at(-1) ?? 0, down.at(-1) ?? 0];
    const numbers = (words.match(/-?[\d.]+/g) ?? []).map(Number);
    const kind = command.toUpperCase();
    if (kind === "H") across.push(...numbers.map((number) => x + number));
    else if (kind === "V") down.push(...numbers.map((number) => y + number));
    else
      (kind === "A" ? numbers.slice(5, 7) : numbers).forEach((number, place) =>
        place % 2 ? down.push(y + number) : across.push(x + number),
      );
  }
  if (across.length === 0 || down.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [left, top] = [Math.min(...across), Math.min(...down)];
  return { x: left, y: top, width: Math.max(...across) - left, height: Math.max(...down) - top };
}

/** @param {Box[]} boxes @returns {Box} */
export function around(boxes) {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}
