// Which groups of a graph are open, beyond those its event opens: what a drawing is asked for. Knows nothing of the page.

/** @import { Graph } from "./events.js" */
/** @typedef {{ expand: string[], close: string[] }} Openness ids in the order of opening and of closing */

const TOLD = 3;

/** @type {Openness} */
export const AS_TOLD = { expand: [], close: [] };

/**
 * Opened too: a group, or a box that stands for several nodes.
 * @param {Openness} openness @param {string[]} ids the outermost first @returns {Openness}
 */
export function opened({ expand, close }, ids) {
  const rest = expand.filter((id) => !ids.includes(id));
  return { expand: [...rest, ...ids], close: close.filter((id) => !ids.includes(id)) };
}

/**
 * Closed, with all that is open inside: what is open opens those around it. An event names some 2,000 groups at most,
 * the drawing those that are open; of what neither names it is not known where it lies, so `close` holds against it.
 * @param {Openness} openness @param {string} id @param {Graph | undefined} graph
 * @param {Map<string, string>} drawn the parents of the groups that are drawn open @returns {Openness}
 */
export function closed({ expand, close }, id, graph, drawn) {
  const parents = new Map([
    ...drawn,
    ...(graph?.groups ?? []).map(({ id, parent }) => /** @type {const} */ ([id, parent])),
  ]);
  const rest = expand.filter((each) => !around(each, parents).includes(id));
  const isOpenElse = graph?.opened?.includes(id) || rest.some((each) => !parents.has(each));
  return { expand: rest, close: isOpenElse && !close.includes(id) ? [...close, id] : close };
}

/** The groups around one, itself the last. @param {string | null} innermost @param {Map<string, string | null>} parents */
function around(innermost, parents) {
  const path = [];
  for (let each = innermost; each !== null && path.length <= parents.size; each = parents.get(each) ?? null)
    path.unshift(each);
  return path;
}

/** The groups around a node or a group, the outermost first. @param {string | null} innermost @param {Graph} graph */
export const pathTo = (innermost, graph) =>
  around(innermost, new Map((graph.groups ?? []).map(({ id, parent }) => [id, parent])));

/** The innermost groups around something, in words. @param {string[]} path @param {Graph | undefined} graph */
export function trail(path, graph) {
  const labels = new Map(graph?.groups?.map(({ id, label }) => [id, label.split(" · ")[0]]));
  return path
    .slice(-TOLD)
    .flatMap((id) => labels.get(id) ?? [])
    .join(" › ");
}
