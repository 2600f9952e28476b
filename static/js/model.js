// The model in a few lines: its modules, the shapes of their parameters, and how many numbers are learned.

import { clone, formatCount, formatShape, part, slot } from "./dom.js";
import { t } from "./words.js";

/** @import { Tensor } from "./events.js" */
/** @typedef {{ module: string, parameters: string[], count: number }} Module */

/**
 * Fills the fold-out above the table of tensors; without a parameter it is hidden.
 * @param {HTMLElement} root @param {Iterable<Tensor>} tensors
 */
export function fillModel(root, tensors) {
  const parameters = [...tensors].filter(({ kind }) => kind === "parameter");
  const modules = [...modulesOf(parameters).values()];
  const total = modules.reduce((sum, { count }) => sum + count, 0);
  const frozen = parameters.filter(({ requires_grad }) => !requires_grad).reduce((sum, each) => sum + size(each), 0);
  part(root, "model").hidden = modules.length === 0;
  part(root, "model-total").textContent =
    t("{parameters} in {modules}", {
      parameters: total === 1 ? t("1 parameter") : t("{count} parameters", { count: formatCount(total) }),
      modules: modules.length === 1 ? t("1 module") : t("{count} modules", { count: modules.length }),
    }) + (frozen > 0 ? t(", {count} of them frozen", { count: formatCount(frozen) }) : "");
  part(root, "modules").replaceChildren(
    ...modules.map(({ module, parameters: shapes, count }) => {
      const row = clone(root, "module");
      slot(row, "module").textContent = module;
      slot(row, "parameters").textContent = shapes.join(", ");
      slot(row, "parameter-count").textContent = formatCount(count);
      return row;
    }),
  );
}

/** @param {Tensor[]} parameters @returns {Map<string, Module>} */
function modulesOf(parameters) {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  for (const tensor of parameters) {
    const dot = tensor.name.lastIndexOf(".");
    const [module, name] = dot < 0 ? [tensor.name, ""] : [tensor.name.slice(0, dot), tensor.name.slice(dot + 1)];
    const known = modules.get(module) ?? { module, parameters: [], count: 0 };
    known.parameters.push(`${name} ${formatShape(tensor.shape)}`.trim());
    known.count += size(tensor);
    modules.set(module, known);
  }
  return modules;
}

/** @param {Tensor} tensor */
const size = ({ shape }) => shape.reduce((product, length) => product * length, 1);
