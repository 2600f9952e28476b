// Plays the frames of a backward on its drawing. All that a step changes is made beforehand, so that moving to another
// frame only sets classes on what lies between the two: a slider drawn over 300 boxes stays smooth.

import { changeAt, growth, noteOf } from "./frames.js";
import { kindOf, shortLines } from "./gradients.js";
import { createLabels } from "./labels.js";
import { boxOf } from "./shapes.js";
import { t } from "./words.js";

/** @import { Film } from "./frames.js" */
/** @import { Gradient, Kind } from "./gradients.js" */
/** @typedef {{ set: (element: Element) => void, unset: (element: Element) => void, element: Element }} Change */
/** @typedef {ReturnType<typeof createLabels>} Labels */

const WIDEST_CHARACTER = 6;
const KINDS = /** @type {const} */ (["undefined", "zero", "nonfinite", "finite"]);

/**
 * The stage of one film on one drawing; `show` moves to a position of it.
 * @param {SVGSVGElement} svg @param {Film} film
 */
export function createStage(svg, film) {
  const labels = createLabels(/** @type {SVGGElement} */ (svg.querySelector(".drawing")));
  /** @type {Element[][]} what is lit while a position is on view */
  const lit = Array.from({ length: film.last + 1 }, () => []);
  /** @type {Change[][]} what happens at a position and lasts */
  const lasting = Array.from({ length: film.last + 1 }, () => []);
  /** @param {number} at @param {Element} element @param {string} name */
  const mark = (at, element, name) =>
    lasting[at].push({
      element,
      set: (each) => each.classList.add(name),
      unset: (each) => each.classList.remove(name),
    });

  for (const node of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll(".node, .chip")))
    if (node.classList.contains("saved")) layNote(film, node, lasting);
    else layNode(film, labels, node, lit, mark);
  const lines = /** @type {SVGPathElement[]} */ ([...svg.querySelectorAll("path[data-edges]")]);
  const worded = longest(lines);
  for (const line of lines) layEdge(film, worded.has(line) ? labels : null, line, lit, mark);
  const failed = film.backward.failed === null ? null : svg.querySelector(`.node[data-node="${film.backward.failed}"]`);
  if (failed) {
    ringAround(failed);
    mark(film.last, failed, "failed");
  }

  let here = 0;
  /** @param {number} way */
  const light = (way) => lit[here].forEach((element) => element.classList.toggle("now", way > 0));
  lasting[0].forEach(({ element, set }) => set(element));
  return {
    /** @param {number} at */
    show(at) {
      light(-1);
      for (; here < at; here += 1) lasting[here + 1].forEach(({ element, set }) => set(element));
      for (; here > at; here -= 1) lasting[here].forEach(({ element, unset }) => unset(element));
      light(1);
      svg.classList.toggle("over", at === film.last);
    },
    remove() {
      this.show(0);
      lasting[0].forEach(({ element, unset }) => unset(element));
      svg.classList.remove("over");
      for (const kind of KINDS)
        for (const line of svg.querySelectorAll(`.of-${kind}`)) line.classList.remove(`of-${kind}`);
      labels.remove();
      for (const ring of svg.querySelectorAll(".ring")) ring.remove();
    },
  };
}

/** @typedef {(at: number, element: Element, name: string) => void} Mark */

/** Of the pieces of a link, which crosses frames, the longest: there is room for words. @param {SVGPathElement[]} lines */
function longest(lines) {
  /** @type {Map<string | undefined, SVGPathElement>} */
  const found = new Map();
  for (const line of lines) {
    const other = found.get(line.dataset.edges);
    if (!other || lengthOf(line) > lengthOf(other)) found.set(line.dataset.edges, line);
  }
  return new Set(found.values());
}

/** @param {Element} line */
function lengthOf(line) {
  const { width, height } = boxOf(line);
  return width + height;
}

/**
 * An edge and the words on it: its gradient, or how many go along it where it stands for several.
 * @param {Film} film @param {Labels | null} labels @param {SVGPathElement} edge @param {Element[][]} lit @param {Mark} mark
 */
function layEdge(film, labels, edge, lit, mark) {
  const carried = (edge.dataset.edges ?? "").split(" ").map((each) => each.split(":").map(Number));
  const travels = carried.flatMap(([tail, place]) => film.travel(tail, place) ?? []);
  if (travels.length === 0) return;
  const at = Math.max(...travels.map((each) => each.at));
  const kind = kindOfAll(travels.map((each) => each.value));
  const lines =
    travels.length === 1 ? shortLines(travels[0].value) : [t("{count} gradients", { count: travels.length })];
  const text = labels?.along(edge, lines, `gradient ${kind}`);
  const arrow = edge.nextElementSibling;
  for (const line of arrow?.classList.contains("arrow") ? [edge, arrow] : [edge]) {
    line.classList.add(`of-${kind}`);
    mark(at, line, "carried");
    travels.forEach((each) => lit[each.at].push(line));
  }
  // How many edges a link stands for is said by how many gradients went along it.
  const key = travels.length > 1 ? edge.dataset.key : undefined;
  const many = key && edge.ownerSVGElement?.querySelector(`.edge-label[data-key="${CSS.escape(key)}"]`);
  if (many) mark(at, many, "told");
  if (!text) return;
  mark(at, text, "on");
  travels.forEach((each) => lit[each.at].push(text));
  const head = film.stepOf.get(Number(edge.dataset.head || NaN));
  if (head !== undefined) lit[head].push(text);
}

/**
 * A box: lit at its step, done from there on; beside it what met there, under a leaf what its .grad became.
 * @param {Film} film @param {Labels} labels @param {SVGGElement} node @param {Element[][]} lit @param {Mark} mark
 */
function layNode(film, labels, node, lit, mark) {
  const ids = (node.dataset.nodes ?? "").split(" ").filter(Boolean).map(Number);
  const own = node.matches(".more, .chip, .group") ? ids : ids.slice(0, 1);
  const isRoot = node.classList.contains("root");
  const steps = own.flatMap((id) => film.stepOf.get(id) ?? []);
  if (steps.length === 0) return;
  ringAround(node);
  steps.forEach((at) => lit[at].push(node));
  mark(Math.max(...steps), node, "done");
  const shape = /** @type {SVGGraphicsElement | null} */ (node.querySelector(".shape"));
  if (!shape || node.matches(".more, .chip, .portal, .group")) return;
  for (const text of layWords(film, labels, own[0], shape, isRoot)) {
    mark(steps[0], text, "on");
    lit[steps[0]].push(text);
  }
}

/**
 * What stands at a box: over a root what backward() was given, beside it what met there and what a hook made of it, under
 * a leaf its .grad.
 * @param {Film} film @param {Labels} labels @param {number} id @param {SVGGraphicsElement} shape @param {boolean} isRoot
 */
function layWords(film, labels, id, shape, isRoot) {
  const given = film.arrivals(id).filter(({ parts }) => isRoot && parts.length === 0);
  const change = changeAt(film, film.nodes.get(id));
  const note = noteOf(film, id);
  return [
    ...given.map(({ arrived }) => labels.above(shape, shortLines(arrived)[0], `gradient ${kindOf(arrived)}`)),
    ...(note ? [labels.at(shape, note.split(" · "), "gradient note")] : []),
    ...(change ? [labels.below(shape, grownLines(change, shape), `gradient grown ${kindOf(change.new)}`)] : []),
  ];
}

/** What became of a leaf's .grad, in two lines where one would run under the leaf beside it. @param {import("./events.js").GradChange} change @param {SVGGraphicsElement} shape */
function grownLines(change, shape) {
  const [first, ...more] = change.old ? [growth(change)] : shortLines(change.new ?? change.added);
  const line = `.grad = ${[first, ...more].join(", ")}`;
  return line.length * WIDEST_CHARACTER > boxOf(shape).width ? [`.grad = ${first}`, ...more] : [line];
}

/**
 * A second, thicker outline that is only shown and hidden: to change a line's width, a browser lays out the whole
 * drawing again. @param {Element} node
 */
function ringAround(node) {
  // Of a group the last: those before it are its tab, or the edges of those stacked behind.
  const shape = [...node.querySelectorAll(":scope > .shape:not(.inner)")].at(-1);
  if (!shape || node.querySelector(".ring")) return;
  const ring = /** @type {Element} */ (shape.cloneNode());
  ring.setAttribute("class", "ring");
  shape.after(ring);
}

/**
 * The box of a node's saved tensors: hollow, and called freed, once they are gone.
 * @param {Film} film @param {SVGGElement} box @param {Change[][]} lasting
 */
function layNote(film, box, lasting) {
  const id = Number(box.dataset.node);
  const at = lasting.findIndex((_, position) => film.isFreed(id, position));
  if (at < 0) return;
  const title = box.querySelector(".detail");
  const before = title?.textContent ?? "";
  /** @param {boolean} isFreed */
  const free = (isFreed) => {
    box.classList.toggle("freed", isFreed);
    if (title) title.textContent = isFreed ? t("freed") : before;
  };
  lasting[at].push({ element: box, set: () => free(true), unset: () => free(false) });
}

/** @param {Gradient[]} values @returns {Kind} */
function kindOfAll(values) {
  const kinds = values.map(kindOf);
  if (kinds.includes("nonfinite") || kinds.includes("finite"))
    return kinds.includes("nonfinite") ? "nonfinite" : "finite";
  return kinds.includes("zero") ? "zero" : "undefined";
}
