// A recorded backward laid out in time: which gradient goes along which edge at which step, what adds up in a node,
// what a leaf's .grad becomes, and when saved tensors are freed. Pure: knows nothing of the page.

import { kindOf, short, spoken, sum } from "./gradients.js";
import { t } from "./words.js";

/** @import { Backward, Graph, Node } from "./events.js" */
/** @import { Gradient } from "./gradients.js" */
/** @typedef {{ at: number, value: Gradient }} Travel at which step a gradient set out, and what it was */
/**
 * What came into one output of a node: the parts that met there (those that were None left out), their sum, and what
 * a hook made of it.
 * @typedef {{ parts: Gradient[], arrived: Gradient, value: Gradient, hooked: boolean }} Arrival
 */
/** @typedef {ReturnType<typeof layOut>} Film */
/**
 * Where a replay stands; `isOwn` says that what the graph's nodes hold is of this very backward.
 * @typedef {{ film: Film, at: number, run: string, isOwn: boolean }} Frame
 */

/**
 * Positions run from 0, before the first step, over one for each step to `last`, when all is over.
 * @param {Backward} backward @param {Graph} graph
 */
export function layOut(backward, graph) {
  const { steps } = backward;
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const stepOf = new Map(steps.map((step, place) => [step.node, place + 1]));
  const freed = new Set(backward.freed);
  const last = steps.length + 1;
  /** @type {Map<number, import("./events.js").Edge[]>} */
  const into = new Map();
  // Of a graph that is told in part some edges may be missing: what is known to meet in a node need not be all.
  for (const edge of graph.truncated ? [] : graph.edges)
    (into.get(edge.head) ?? into.set(edge.head, []).get(edge.head))?.push(edge);

  /** @param {number} tail @param {number} place @returns {Travel | null} */
  const travel = (tail, place) => {
    const at = stepOf.get(tail);
    if (at === undefined || place >= steps[at - 1].grad_inputs.length) return null;
    return { at, value: steps[at - 1].grad_inputs[place] };
  };

  /** @param {number} id @returns {Arrival[]} */
  const arrivals = (id) => {
    const step = steps[(stepOf.get(id) ?? 0) - 1];
    return (step?.grad_outputs ?? []).map((value, place) => {
      const parts = (into.get(id) ?? [])
        .filter((edge) => edge.output_nr === place)
        .flatMap((edge) => travel(edge.tail, edge.input_nr)?.value ?? []);
      const arrived = step.arrived ? step.arrived[place] : value;
      return { parts, arrived, value, hooked: JSON.stringify(arrived) !== JSON.stringify(value) };
    });
  };

  /** Whether the tensors a node saved are gone at a position; where it failed, they were before. @param {number} id @param {number} at */
  const isFreed = (id, at) => freed.has(id) && at >= (id === backward.failed ? 0 : (stepOf.get(id) ?? 0));

  return { backward, graph, nodes, steps, last, stepOf, travel, arrivals, isFreed };
}

/** The change of a leaf's .grad, `3 + 4 = 7`. @param {import("./events.js").GradChange} change */
export function growth({ old, added, new: now }) {
  return old ? sum([old, added], now) : short(now ?? added);
}

/** What the backward did to the `.grad` of the leaf this node adds into. @param {Film} film @param {Node | undefined} node */
export function changeAt({ backward }, node) {
  if (node?.kind !== "accumulate_grad") return null;
  const { grads } = backward;
  return grads[`${node.variable} #${node.id}`] ?? grads[node.variable ?? `#${node.id}`] ?? null;
}

/** What came in, in words: a sum where gradients met, and what a hook did to it. @param {Arrival} arrival @param {(value: Gradient) => string} say */
export function arrivalWords({ parts, arrived, value, hooked }, say = spoken) {
  const words = parts.length > 1 ? sum(parts, arrived) : say(arrived);
  return hooked ? t("{arrived}, a hook made it {value}", { arrived: words, value: say(value) }) : words;
}

/** What a node of the picture has to tell beyond its edges: where gradients met, and what a hook changed. @param {Film} film @param {number} id */
export function noteOf(film, id) {
  return film
    .arrivals(id)
    .flatMap(({ parts, arrived, value, hooked }) => [
      ...(parts.length > 1 ? [sum(parts, arrived)] : []),
      ...(hooked ? [t("hook: {before} → {after}", { before: short(arrived), after: short(value) })] : []),
    ])
    .join(" · ");
}

/** Whether something in it is NaN or infinite. @param {Backward} backward */
export const isBroken = ({ steps }) =>
  steps.some((step) => [...step.grad_outputs, ...step.grad_inputs].some((value) => kindOf(value) === "nonfinite"));
