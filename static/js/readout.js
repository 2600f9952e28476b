// What the player says of a frame, in one sentence that is also read aloud.

import { formatCount } from "./dom.js";
import { arrivalWords, changeAt, growth } from "./frames.js";
import { spoken } from "./gradients.js";
import { t } from "./words.js";

/** @import { Backward, ExceptionRaised, Graph } from "./events.js" */
/** @import { Film } from "./frames.js" */

const MOST_NAMED = 4;

/**
 * The sentence of a position. `raised` is what ended the program, if something did.
 * @param {Film} film @param {number} at @param {ExceptionRaised | null} raised
 */
export function sentence(film, at, raised) {
  const total = film.steps.length;
  if (at === 0) return t("Before step 1 of {total}: nothing has run yet.", { total });
  return at === film.last ? ending(film, raised) : stepSentence(film, at, total);
}

/** @param {Film} film @param {number} at @param {number} total */
function stepSentence(film, at, total) {
  const step = film.steps[at - 1];
  const node = film.nodes.get(step.node);
  const name = node?.name ?? t("node {number}", { number: step.node });
  const into = film.arrivals(step.node).map((each) => arrivalWords(each));
  const change = changeAt(film, node);
  const values = { step: at, total, name, in: into.join(", ") };
  if (change)
    return t("Step {step} of {total}: {name}, gradient in {in}, {variable}.grad = {grown}", {
      ...values,
      variable: node?.variable ?? `#${step.node}`,
      grown: growth(change),
    });
  if (step.grad_inputs.length === 0) return t("Step {step} of {total}: {name}, gradient in {in}", values);
  const out = step.grad_inputs.map(spoken).join(", ");
  return t("Step {step} of {total}: {name}, gradient in {in}, out {out}", { ...values, out });
}

/** @param {Film} film @param {ExceptionRaised | null} raised */
function ending({ backward, graph, nodes }, raised) {
  if (backward.raised) {
    const name = backward.failed === null ? "" : (nodes.get(backward.failed)?.name ?? "");
    const words = raised ? `${raised.kind}: ${raised.message}` : t("an exception, which the program caught");
    return name ? t("Stopped at {name}: {words}", { name, words }) : t("Stopped: {words}", { words });
  }
  const returned = Object.entries(backward.returned).map(([name, value]) => `${name}: ${spoken(value)}`);
  if (returned.length > 0) return t("Done: torch.autograd.grad gave {values}", { values: cut(returned) });
  const grown = Object.entries(backward.grads).map(([name, change]) => `${name}.grad = ${growth(change)}`);
  if (grown.length > 0) return t("Done: {values}", { values: cut(grown) });
  return graph.truncated ? t("Done: no leaf among the nodes shown.") : t("Done: no leaf got a gradient.");
}

/** @param {string[]} words */
function cut(words) {
  const more = words.length - MOST_NAMED;
  const named = words.slice(0, MOST_NAMED).join(", ");
  return more > 0 ? t("{named} and {count} more", { named, count: more }) : named;
}

/** What must be known about how a backward was recorded. @param {Backward} backward @param {Graph} graph @param {boolean} isAgain */
export function caveat(backward, graph, isAgain) {
  const { nodes, total_nodes: total, truncated } = graph;
  const words = [
    ...(truncated
      ? [
          t("The replay follows the first {count} of {total} nodes.", {
            count: formatCount(nodes.length),
            total: formatCount(total),
          }),
        ]
      : []),
    ...(isAgain ? [t("Recorded by running the program again with the same seed.")] : []),
    ...(backward.values === "norms" ? [t("Past the budget: only shapes and norms were kept.")] : []),
    ...(backward.create_graph
      ? [t("create_graph: backward itself was recorded, so it can be differentiated again.")]
      : []),
  ];
  return words.join(" ");
}

/** What is said in place of a replay. @param {Backward} backward */
export function unrecorded({ number, raised }) {
  return raised
    ? t("Backward {number} raised an exception, and was not recorded.", { number })
    : t("Backward {number} was not recorded.", { number });
}

/** A backward in the list of those that can be chosen. @param {Backward} backward @param {{ isNew: boolean, isBroken: boolean }} marks */
export function title(backward, { isNew, isBroken }) {
  const { number, line, raised, returned } = backward;
  const call = Object.keys(returned).length > 0 ? "grad" : "backward";
  return [
    `${call} ${number}`,
    ...(line === null ? [] : [t("line {line}", { line })]),
    ...(raised ? [`✕ ${t("error")}`] : []),
    ...(isBroken ? [`⚠ ${t("not finite")}`] : []),
    ...(isNew ? [t("new structure")] : []),
  ].join(" · ");
}
