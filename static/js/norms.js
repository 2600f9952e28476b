// The lines of a drawing coloured by how large the gradient is that travelled along each: where it vanishes, where it
// explodes. Colour and width say the same, so neither is needed to read the other.

import { listen, part } from "./dom.js";
import { elements, kindOf } from "./gradients.js";

/** @import { Film } from "./frames.js" */
/** @import { Gradient } from "./gradients.js" */

/** Powers of ten at which the scale ends. */
const END = 6;

/** @param {HTMLElement} root @param {() => SVGSVGElement | null} drawing */
export function createNorms(root, drawing) {
  const toggle = part(root, "norms");
  /** @type {Film | null} */
  let film = null;
  let isOn = false;

  const paint = () => {
    const svg = drawing();
    part(root, "norm-legend").hidden = !(isOn && film && svg);
    svg?.classList.toggle("norms", isOn && film !== null);
    if (!svg || !isOn || !film) return;
    for (const line of /** @type {NodeListOf<SVGPathElement>} */ (svg.querySelectorAll("path.edge[data-edges]")))
      colour(line, largest(film, line.dataset.edges ?? ""));
  };
  const show = () => {
    toggle.setAttribute("aria-pressed", String(isOn));
    /** @type {HTMLButtonElement} */ (toggle).disabled = film === null && !isOn;
    part(root, "norms-hint").hidden = film !== null;
    paint();
  };

  toggle.addEventListener("click", () => {
    isOn = !isOn;
    show();
  });
  listen("frame", (frame) => {
    if ((frame?.film ?? null) === film) return;
    film = frame?.film ?? null;
    show();
  });
  show();
  return { paint };
}

/**
 * The largest norm of what travelled along a line that may stand for several edges; NaN where one was not finite, null
 * where nothing travelled.
 * @param {Film} film @param {string} edges
 */
function largest(film, edges) {
  const pairs = edges.split(" ").map((each) => each.split(":").map(Number));
  const values = pairs.flatMap(([tail, place]) => film.travel(tail, place)?.value ?? []);
  const norms = values.map(normOf);
  return norms.length === 0 ? null : norms.some(Number.isNaN) ? NaN : Math.max(...norms);
}

/** @param {NonNullable<Gradient>} value */
export function normOf(value) {
  if (kindOf(value) === "nonfinite") return NaN;
  const norm = value.norm ?? Math.hypot(...elements(value).map(Number));
  return Number(norm);
}

/** @param {SVGPathElement} line @param {number | null} norm */
function colour(line, norm) {
  const kind = norm === null ? "none" : Number.isNaN(norm) ? "broken" : norm === 0 ? "zero" : "sized";
  const power = kind === "sized" ? Math.min(Math.max(Math.log10(/** @type {number} */ (norm)), -END), END) : 0;
  const arrow = line.nextElementSibling;
  for (const part of arrow?.classList.contains("arrow") ? [line, arrow] : [line]) {
    part.setAttribute("data-norm", kind === "sized" ? (power < 0 ? "small" : "large") : kind);
    const { style } = /** @type {SVGElement} */ (part);
    style.setProperty("--far", `${Math.round((Math.abs(power) / END) * 100)}%`);
    style.setProperty("--wide", String(1.9 + (power / END) * 1.3));
  }
}
