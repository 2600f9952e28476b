// Pan, zoom and fit for one drawing: d3-zoom computes, this module moves. Without the bundle it only scales.

import { boxOf, originOf } from "./shapes.js";

/** @import { Box } from "./shapes.js" */
/** @import { Place } from "./viewport.js" */
/** @typedef {typeof import("../bundle.mjs")} Vendor */
/** @typedef {{ width: number, height: number }} Room of the sheet, on the screen */
/** @typedef {{ from: Box, to: Box }} Anchor what stood at `from` in the drawing before stands at `to` now */
/**
 * @typedef {{
 *   show: (svg: SVGSVGElement, anchor?: Anchor | null) => void, fit: () => void, zoomBy: (factor: number) => void,
 *   reveal: (node: Element) => void, frame: (node: Element) => void, place: () => Place,
 *   onMove: (listener: (place: Place, room: Room) => void) => void,
 * }} Camera
 */

const LARGEST_FIT = 1.5;
/** A drawing taller than its sheet begins as large as its width allows, so that its words can be read. */
const SMALLEST_START = 0.55;
const TALL_START = 0.85;
const READABLE = 0.45;
const SMALLEST = 0.02;
const LARGEST = 8;
const PADDING = 20;
/** A hand that clicks moves a little. */
const CLICK_MOVES = 4;
/** What is revealed shows something of what lies around it. */
const AROUND = 48;
/** A drawing at rest is painted anew, sharp; while it moves, the painted one is moved. */
const RESTS_MS = 160;
/** Scaled further than this, the painted one would look coarse, or be far larger than what is seen of it. */
const STRETCH = 2;

/**
 * A camera over `sheet`, the box a drawing stands in.
 * @param {HTMLElement} sheet @param {Vendor | null} vendor @returns {Camera}
 */
export function createCamera(sheet, vendor) {
  return vendor ? movingCamera(sheet, vendor) : plainCamera(sheet);
}

/** @param {HTMLElement} sheet @param {Vendor} vendor @returns {Camera} */
function movingCamera(sheet, vendor) {
  let size = { width: 1, height: 1 };
  // Known from the observer alone: asking the sheet once a new drawing stands in it would lay all of that out.
  let room = { width: sheet.clientWidth, height: sheet.clientHeight };
  let moved = false;
  /** @type {import("d3-zoom").ZoomTransform} */
  let place = vendor.zoomIdentity;
  /** @type {SVGSVGElement | null} */
  let svg = null;
  /** @type {(place: Place, room: Room) => void} */
  let told = () => {};
  const hold = createHold();
  const behaviour = /** @type {import("d3-zoom").ZoomBehavior<HTMLElement, unknown>} */ (vendor.zoom());
  behaviour.extent(() => [
    [0, 0],
    [room.width, room.height],
  ]);
  behaviour
    .filter((event) => svg !== null && !event.button && (!event.ctrlKey || event.type === "wheel"))
    .scaleExtent([SMALLEST, LARGEST])
    .clickDistance(CLICK_MOVES)
    .on("zoom", (event) => {
      place = event.transform;
      moved ||= Boolean(event.sourceEvent);
      if (!svg) return;
      if (event.sourceEvent) hold(svg, place.k);
      svg.style.transform = `translate(${place.x}px, ${place.y}px) scale(${place.k})`;
      told(place, room);
    });
  const selection = vendor.select(sheet).call(behaviour).on("dblclick.zoom", null);

  /** @param {Box} box in the SVG's units @param {number} smallest @param {number} [largest] */
  const fitOn = (box, smallest, largest = LARGEST_FIT) => {
    const { width, height } = room;
    const whole = Math.min((width - PADDING) / box.width, (height - PADDING) / box.height, largest);
    const scale = Math.max(whole, smallest, SMALLEST);
    const centred = (height - box.height * scale) / 2;
    const top = scale > whole ? Math.max(centred, PADDING / 2) : centred;
    const left = (width - box.width * scale) / 2;
    behaviour.transform(
      selection,
      vendor.zoomIdentity.translate(left - box.x * scale, top - box.y * scale).scale(scale),
    );
  };
  /** @param {number} smallest */
  const fitAtLeast = (smallest) => {
    if (!svg?.isConnected) return;
    moved = false;
    fitOn({ x: 0, y: 0, ...size }, smallest);
  };
  const start = () => {
    fitAtLeast(Math.min(Math.max((room.width - PADDING) / size.width, SMALLEST_START), TALL_START));
    const root = svg?.querySelector(".node.root");
    if (!root || size.width * place.k <= room.width) return;
    // The middle of a wide drawing may be empty: it begins where the graph does.
    const { x, y, width, height } = boxIn(root);
    const [left, right] = [PADDING / 2 - place.applyX(0), room.width - PADDING / 2 - place.applyX(size.width)];
    const across = Math.min(Math.max(room.width / 2 - place.applyX(x + width / 2), right), left);
    const down = outside(place.applyY(y), height * place.k, room.height);
    behaviour.translateBy(selection, across / place.k, Math.min(down, 0) / place.k);
  };
  /** Where an element stands in the SVG. @param {Element} node @returns {Box} */
  const boxIn = (node) => {
    const [box, origin] = [boxOf(node), svg ? originOf(svg) : { x: 0, y: 0 }];
    return { ...box, x: box.x + origin.x, y: box.y + origin.y };
  };
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = sheet;
    const [x, y] = [(width - room.width) / 2, (height - room.height) / 2];
    room = { width, height };
    if (!moved) start();
    else if (width > 0 && height > 0) behaviour.translateBy(selection, x / place.k, y / place.k);
    told(place, room);
  }).observe(sheet);

  return {
    show(next, anchor) {
      const box = next.viewBox.baseVal;
      const same = box.width === size.width && box.height === size.height;
      size = { width: box.width, height: box.height };
      svg = next;
      if (anchor) {
        const { from, to } = anchor;
        moved = true;
        // What was opened to be read must not come in letters too small to be read.
        if (place.k < READABLE && to.height > from.height) {
          const { x, y } = originOf(next);
          return fitOn({ ...to, x: to.x + x, y: to.y + y }, READABLE, TALL_START);
        }
        const x = place.x + (from.x + from.width / 2 - to.x - to.width / 2) * place.k;
        behaviour.transform(
          selection,
          vendor.zoomIdentity.translate(x, place.y + (from.y - to.y) * place.k).scale(place.k),
        );
      } else if (same && moved) behaviour.transform(selection, place);
      else start();
    },
    fit: () => fitAtLeast(0),
    zoomBy(factor) {
      if (!svg) return;
      behaviour.scaleBy(selection, factor);
      moved = true;
    },
    reveal(node) {
      if (!svg) return;
      const box = boxIn(node);
      const x = outside(place.applyX(box.x), box.width * place.k, room.width);
      const y = outside(place.applyY(box.y), box.height * place.k, room.height);
      if (x !== 0 || y !== 0) behaviour.translateBy(selection, x / place.k, y / place.k);
    },
    frame(node) {
      moved = true;
      fitOn(boxIn(node), 0);
    },
    place: () => place,
    onMove: (listener) => {
      told = listener;
    },
  };
}

/** Lets the browser keep a drawing as painted while it moves, and paint it sharp once it rests. */
function createHold() {
  let resting = 0;
  let painted = 1;
  /** @param {SVGSVGElement} svg @param {number} scale */
  return (svg, scale) => {
    clearTimeout(resting);
    const isStretched = scale > painted * STRETCH || scale < painted / STRETCH;
    if (isStretched || !svg.classList.contains("moving")) painted = scale;
    svg.classList.toggle("moving", !isStretched);
    resting = setTimeout(() => svg.classList.remove("moving"), RESTS_MS);
  };
}

/**
 * How far a span must move to lie inside its frame; one that has no room there shows its beginning.
 * @param {number} low @param {number} length @param {number} room
 */
function outside(low, length, room) {
  const around = Math.min(AROUND, Math.max((room - length) / 2, PADDING));
  if (low < around || length > room - 2 * around) return around - low;
  return -Math.max(low + length - (room - around), 0);
}

/** @param {HTMLElement} sheet @returns {Camera} */
function plainCamera(sheet) {
  let scale = 1;
  /** @type {SVGSVGElement | null} */
  let svg = null;
  /** @param {number} next */
  const set = (next) => {
    if (!svg) return;
    scale = next;
    svg.setAttribute("width", String(svg.viewBox.baseVal.width * scale));
    svg.setAttribute("height", String(svg.viewBox.baseVal.height * scale));
  };
  const fit = () => {
    const box = svg?.viewBox.baseVal;
    if (box) set(Math.min(sheet.clientWidth / box.width, sheet.clientHeight / box.height, LARGEST_FIT));
  };
  /** @param {Element} node */
  const reveal = (node) => node.scrollIntoView({ block: "nearest", inline: "nearest" });
  return {
    show(next) {
      svg = next;
      fit();
    },
    fit,
    zoomBy: (factor) => set(scale * factor),
    reveal,
    frame: reveal,
    place: () => ({ x: 0, y: 0, k: scale }),
    onMove: () => {},
  };
}
