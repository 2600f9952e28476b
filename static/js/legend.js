// The chart's legend: a chip for each curve that shows or hides it, in the colour of its line.

import { clone, formatScalar, part, slot } from "./dom.js";
import { t } from "./words.js";

/** @import { Curve, Run } from "./curves.js" */

const COLOURS = 8;
const MOST_CHIPS = 6;
const DASHES = ["solid", "dash", "dot"];

/**
 * Gives every shown curve a colour of its own; it keeps it while hidden, unless another has taken it.
 * @param {Curve[]} shown
 */
export function paint(shown) {
  const taken = new Set();
  for (const curve of shown) {
    if (curve.colour < 0 || taken.has(curve.colour)) {
      curve.colour = 0;
      while (taken.has(curve.colour)) curve.colour += 1;
    }
    taken.add(curve.colour);
    curve.line.dash = DASHES[Math.floor(curve.colour / COLOURS) % DASHES.length];
  }
}

/**
 * The chips, made anew; the keyboard stays on the one it was on.
 * @param {HTMLElement} root @param {[Run, Curve][]} pairs
 * @param {(pair: [Run, Curve]) => boolean} isShown @param {(run: Run, curve: Curve) => void} toggle
 */
export function fillChips(root, pairs, isShown, toggle) {
  const chips = part(root, "chips");
  const focused = chips.contains(document.activeElement) && document.activeElement?.getAttribute("data-key");
  chips.replaceChildren(
    ...pairs.map(([run, curve]) => {
      const chip = clone(root, "chip");
      const shown = isShown([run, curve]);
      chip.dataset.key = curve.line.key;
      chip.setAttribute("aria-pressed", String(shown));
      curve.line.swatch = slot(chip, "swatch");
      slot(chip, "swatch").dataset.colour = String(curve.colour % COLOURS);
      slot(chip, "swatch").classList.toggle("dashed", Boolean(curve.line.dash && curve.line.dash !== "solid"));
      slot(chip, "label").textContent = curve.line.label;
      slot(chip, "label").title = curve.line.label;
      chip.addEventListener("click", () => toggle(run, curve));
      return chip;
    }),
  );
  chips.hidden = pairs.length === 0;
  foldChips(root);
  const chip = [...chips.children].find((each) => each.getAttribute("data-key") === focused);
  /** @type {HTMLElement | undefined} */ (chip)?.focus();
}

/** Hides what is not shown beyond the first few, behind a button that says how many. @param {HTMLElement} root */
export function foldChips(root) {
  const more = part(root, "more");
  const open = more.ariaExpanded === "true";
  const chips = /** @type {HTMLElement[]} */ ([...part(root, "chips").children]);
  const spare = chips.slice(MOST_CHIPS).filter(({ ariaPressed }) => ariaPressed !== "true");
  for (const chip of spare) chip.hidden = !open;
  more.hidden = spare.length === 0;
  more.textContent = open ? t("Fewer") : t("{count} more", { count: spare.length });
}

/** The newest value on each chip. @param {HTMLElement} root @param {[Run, Curve][]} pairs */
export function fillValues(root, pairs) {
  const chips = /** @type {HTMLElement[]} */ ([...part(root, "chips").children]);
  for (const [, { line }] of pairs) {
    const chip = chips.find(({ dataset }) => dataset.key === line.key);
    const { series } = line;
    if (chip && series.length > 0) slot(chip, "value").textContent = formatScalar(series.value[series.length - 1]);
  }
}

/**
 * Where several runs are compared, one tag at a time: which tag.
 * @param {HTMLSelectElement} chooser @param {Iterable<Run>} runs @param {string} chosen
 */
export function fillTags(chooser, runs, chosen) {
  const tags = [...new Set([...runs].flatMap(({ curves }) => [...curves.values()].map(({ tag }) => tag)))];
  const label = /** @type {HTMLElement} */ (chooser.closest("label"));
  label.hidden = tags.length < 2;
  if (tags.join("\n") === [...chooser.options].map(({ value }) => value).join("\n")) return;
  chooser.replaceChildren(...tags.map((tag) => new Option(tag, tag)));
  chooser.value = tags.includes(chosen) ? chosen : (tags[0] ?? "");
}
