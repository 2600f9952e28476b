// The program's numbers as fields: changing one edits its literal in the source; a sweep runs it with several values.

import { clone, part, slot } from "../dom.js";
import { readNumber } from "../knobs.js";
import { readSweep } from "../sweep.js";
import { t } from "../words.js";

/** @import { Knob } from "../knobs.js" */
/**
 * @typedef {{
 *   find: () => Knob[], change: (from: number, to: number, text: string) => void, run: () => void,
 *   sweep: (knob: Knob, values: string[], tell: (words: string) => void) => Promise<void>,
 * }} Tools `find` gives the knobs of the source as it is now
 */

/**
 * Gives `refresh`, to be called whenever the source has changed, and `ran`, when it runs.
 * @param {HTMLElement} root @param {Tools} tools
 */
export function mount(root, tools) {
  const fields = part(root, "fields");
  const problem = part(root, "problem");
  const chooser = /** @type {HTMLSelectElement} */ (part(root, "knob"));
  const values = /** @type {HTMLInputElement} */ (part(root, "values"));
  /** @type {Map<string, HTMLInputElement>} */
  const inputs = new Map();
  const knobOf = (/** @type {string} */ name) => tools.find().find((knob) => knob.name === name);

  /** Puts a field's number into the code; tells whether the code has it now. @param {string} name @param {HTMLInputElement} input */
  const apply = (name, input) => {
    const knob = knobOf(name);
    const text = input.value.trim();
    const isNumber = readNumber(text) !== null;
    input.setAttribute("aria-invalid", String(!isNumber));
    problem.textContent =
      isNumber || !knob
        ? ""
        : t("{name}: “{text}” is no number, so the code still says {kept}. Write one such as 1e-3.", {
            name,
            text,
            kept: knob.text,
          });
    if (isNumber && knob && knob.text !== text) {
      tools.change(knob.from, knob.to, text);
      part(root, "run").hidden = false;
    }
    return isNumber;
  };

  /** @param {Knob} knob */
  const createField = ({ name, text }) => {
    const field = clone(root, "field");
    const input = /** @type {HTMLInputElement} */ (slot(field, "value"));
    slot(field, "name").textContent = name;
    input.value = text;
    input.addEventListener("change", () => apply(name, input));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && apply(name, input)) tools.run();
      if (event.key === "Escape") [input.value, problem.textContent] = [knobOf(name)?.text ?? "", ""];
      if (event.key === "Escape") input.setAttribute("aria-invalid", "false");
    });
    inputs.set(name, input);
    return field;
  };

  const refresh = () => {
    const knobs = tools.find();
    root.hidden = knobs.length === 0;
    if (knobs.map(({ name }) => name).join() !== [...inputs.keys()].join()) {
      inputs.clear();
      fields.replaceChildren(...knobs.map(createField));
      chooser.replaceChildren(...knobs.map(({ name }) => new Option(name, name)));
      problem.textContent = "";
    }
    for (const { name, text } of knobs) {
      const input = inputs.get(name);
      if (!input || input === document.activeElement || input.ariaInvalid === "true") continue;
      input.value = text;
    }
    preview();
  };

  const asked = () => readSweep(values.value, knobOf(chooser.value)?.text ?? "");
  const preview = (insist = false) => {
    const { values: all, problem: wrong } = asked();
    const place = part(root, "preview");
    place.dataset.state = wrong && insist ? "bad" : "";
    place.textContent = wrong
      ? values.value.trim() || insist
        ? wrong
        : ""
      : t("{count} runs: {values}", { count: all.length, values: all.join(", ") });
    values.setAttribute("aria-invalid", String(Boolean(wrong) && insist));
    return wrong === "";
  };

  part(root, "run").addEventListener("click", tools.run);
  part(root, "sweep-toggle").addEventListener("click", ({ currentTarget }) => {
    const form = part(root, "sweep");
    form.hidden = !form.hidden;
    /** @type {HTMLElement} */ (currentTarget).setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) values.focus();
  });
  values.addEventListener("input", () => preview());
  chooser.addEventListener("change", () => preview());
  part(root, "sweep").addEventListener("submit", async (event) => {
    event.preventDefault();
    const knob = knobOf(chooser.value);
    if (!preview(true) || !knob) return values.focus();
    const start = /** @type {HTMLButtonElement} */ (part(root, "start"));
    const place = part(root, "preview");
    start.disabled = true;
    await tools
      .sweep(knob, asked().values, (words) => (place.textContent = words))
      .catch((error) => {
        [place.dataset.state, place.textContent] = ["bad", error.message];
      });
    start.disabled = false;
  });

  return {
    refresh,
    ran() {
      part(root, "run").hidden = true;
    },
  };
}
