// Pan, zoom and fit for one drawing: d3-zoom computes, this module moves. Without the bundle it only scales.

/** @typedef {typeof import("../bundle.mjs")} Vendor */
/**
 * @typedef {{
 *   show: (svg: SVGSVGElement) => void, fit: () => void, zoomBy: (factor: number) => void,
 *   reveal: (node: Element) => void,
 * }} Camera
 */

const LARGEST_FIT = 1.5;
const SMALLEST_START = 0.55;
const PADDING = 20;

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
  let moved = false;
  /** @type {import("d3-zoom").ZoomTransform} */
  let place = vendor.zoomIdentity;
  /** @type {SVGSVGElement | null} */
  let svg = null;
  const behaviour = /** @type {import("d3-zoom").ZoomBehavior<SVGSVGElement, unknown>} */ (vendor.zoom());
  behaviour.extent(() => [
    [0, 0],
    [sheet.clientWidth, sheet.clientHeight],
  ]);
  behaviour.scaleExtent([0.02, 8]).on("zoom", (event) => {
    place = event.transform;
    moved ||= Boolean(event.sourceEvent);
    svg?.querySelector(".camera")?.setAttribute("transform", String(place));
  });

  /** @param {number} smallest */
  const fitAtLeast = (smallest) => {
    if (!svg?.isConnected) return;
    moved = false;
    const { clientWidth: width, clientHeight: height } = sheet;
    const whole = Math.min((width - PADDING) / size.width, (height - PADDING) / size.height, LARGEST_FIT);
    const scale = Math.max(whole, smallest, 0.02);
    const top =
      scale > whole ? Math.max((height - size.height * scale) / 2, PADDING / 2) : (height - size.height * scale) / 2;
    const target = vendor.zoomIdentity.translate((width - size.width * scale) / 2, top).scale(scale);
    behaviour.transform(vendor.select(svg), target);
  };
  new ResizeObserver(() => !moved && fitAtLeast(SMALLEST_START)).observe(sheet);

  return {
    show(next) {
      const box = next.viewBox.baseVal;
      const same = box.width === size.width && box.height === size.height;
      size = { width: box.width, height: box.height };
      svg = wrap(next);
      const selection = vendor.select(svg).call(behaviour).on("dblclick.zoom", null);
      if (same && moved) behaviour.transform(selection, place);
      else fitAtLeast(SMALLEST_START);
    },
    fit: () => fitAtLeast(0),
    zoomBy(factor) {
      if (!svg) return;
      behaviour.scaleBy(vendor.select(svg), factor);
      moved = true;
    },
    reveal(node) {
      if (!svg) return;
      const [box, frame] = [node.getBoundingClientRect(), sheet.getBoundingClientRect()];
      const x = outside(box.left, box.right, frame.left, frame.right);
      const y = outside(box.top, box.bottom, frame.top, frame.bottom);
      if (x !== 0 || y !== 0) behaviour.translateBy(vendor.select(svg), x / place.k, y / place.k);
    },
  };
}

/**
 * How far a span must move to lie inside its frame.
 * @param {number} low @param {number} high @param {number} from @param {number} to
 */
function outside(low, high, from, to) {
  if (low < from + PADDING) return from + PADDING - low;
  return high > to - PADDING ? to - PADDING - high : 0;
}

/** The drawing filling its sheet, with one group that the camera moves. @param {SVGSVGElement} svg */
function wrap(svg) {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  group.classList.add("camera");
  group.append(...svg.childNodes);
  svg.append(group);
  for (const name of ["viewBox", "width", "height"]) svg.removeAttribute(name);
  return svg;
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
  return {
    show(next) {
      svg = next;
      fit();
    },
    fit,
    zoomBy: (factor) => set(scale * factor),
    reveal: (node) => node.scrollIntoView({ block: "nearest", inline: "nearest" }),
  };
}
