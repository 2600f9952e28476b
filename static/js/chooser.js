// Which of a run's graphs is on view, and the words on how much of it is seen.

import { clone, formatCount, part } from "./dom.js";
import { t } from "./words.js";

/** @import { Graph } from "./events.js" */

/** Below this a graph is seen at a glance, and nothing needs to be searched for. */
const SEARCHED = 12;

/** @param {HTMLElement} root @param {Map<number, Graph>} graphs */
export function fillChooser(root, graphs) {
  const chooser = /** @type {HTMLSelectElement} */ (part(root, "graphs"));
  const before = chooser.value;
  const words = { backward: "backward()", grad: "autograd.grad()", final: t("at the end") };
  chooser.replaceChildren(
    ...[...graphs.values()].map((graph) => {
      const option = clone(root, "option");
      option.setAttribute("value", String(graph.index));
      option.textContent =
        graph.line === null ? words[graph.reason] : `${words[graph.reason]}, ${t("line {line}", { line: graph.line })}`;
      return option;
    }),
  );
  const walked = [...graphs.values()].filter((graph) => graph.reason !== "final");
  const chosen =
    root.hasAttribute("data-chosen") && graphs.has(Number(before))
      ? before
      : (walked.at(-1) ?? [...graphs.values()].at(-1))?.index;
  chooser.value = String(chosen);
  part(root, "chooser").hidden = graphs.size < 2;
}

/** @param {HTMLElement} root @param {Graph | null} graph @param {SVGSVGElement | null} svg */
export function showControls(root, graph, svg) {
  const folded = Number(svg?.dataset.folded ?? 0);
  const hasGroups = Boolean(svg?.querySelector(".group, .frame"));
  const total = graph?.total_nodes ?? 0;
  part(root, "empty").hidden = graph !== null;
  part(root, "tools").hidden = graph === null;
  part(root, "way").hidden = total <= SEARCHED && part(root, "focus-chip").hidden;
  part(root, "fold-label").hidden =
    folded === 0 && !hasGroups && /** @type {HTMLInputElement} */ (part(root, "fold")).checked;
  const drawn = Number(svg?.dataset.totalNodes ?? total);
  const words = [nodes(drawn, total)];
  if (hasGroups) words.push(boxes(svg?.querySelectorAll(".node:not(.saved)").length ?? 0));
  else if (folded > 0) words.push(t("{count} folded", { count: formatCount(folded) }));
  part(root, "count").textContent = graph ? words.join(", ") : "";
  part(root, "missing").textContent = graph?.missing ?? "";
  part(root, "missing").hidden = !graph?.missing;
}

/** @param {number} count */
const boxes = (count) => (count === 1 ? t("1 box") : t("{count} boxes", { count: formatCount(count) }));

/** How many nodes a drawing is of, where only a part is looked at out of how many. @param {number} drawn @param {number} total */
function nodes(drawn, total) {
  if (drawn < total) return t("{count} of {total} nodes", { count: formatCount(drawn), total: formatCount(total) });
  return total === 1 ? t("1 node") : t("{count} nodes", { count: formatCount(total) });
}
