// A graph's addresses at the server: its pictures, what is inside a group, and its search.

import { ask, reach, runUrl } from "./client.js";

/** @import { Graph } from "./events.js" */
/**
 * `expand` and `close` are groups opened and closed by hand, `focus` leaves out what does not lie on the way:
 * `path:K`, `reach:K` or `grad`.
 * @typedef {{ direction: "TB" | "LR", fold: boolean, expand: string[], close: string[], focus: string }} PictureOptions
 * @typedef {{ kind: "node" | "group" | "variable" | "line", label: string, detail: string, node: number | null,
 *   group: string | null, path: string[] }} Hit one place that was found, and the groups around it, the outermost first
 */

/** @param {string} run @param {number} index */
const graphUrl = (run, index) => `${runUrl(run)}/graphs/${index}`;

/**
 * The address of a graph's picture; the format is a suffix.
 * @param {string} run @param {number} index @param {string} format
 * @param {PictureOptions} options @param {boolean} [isWhole] everything opened, whatever is seen
 */
export function pictureUrl(run, index, format, options, isWhole = false) {
  const query = new URLSearchParams({ direction: options.direction });
  if (isWhole) query.set("whole", "1");
  else {
    if (!options.fold) query.set("fold", "false");
    if (options.focus) query.set("focus", options.focus);
    for (const name of /** @type {const} */ (["expand", "close"]))
      if (options[name].length > 0) query.set(name, options[name].join(","));
  }
  return `${graphUrl(run, index)}.${format}?${query}`;
}

/**
 * The SVG of a graph, drawn with the page's own styles.
 * @param {string} run @param {number} index @param {PictureOptions} options @param {AbortSignal} signal
 * @returns {Promise<string>}
 */
export async function picture(run, index, options, signal) {
  const answer = await reach(`${pictureUrl(run, index, "svg", options)}&standalone=false`, { signal });
  return answer.text();
}

/**
 * What a graph has that a word names: nodes, variables, modules, functions, lines.
 * @param {string} run @param {number} index @param {string} words @param {AbortSignal} [signal]
 * @returns {Promise<{ hits: Hit[], total: number }>}
 */
export const search = (run, index, words, signal) =>
  ask(`${graphUrl(run, index)}/search?${new URLSearchParams({ q: words, limit: "20" })}`, { signal });

/**
 * A group with its nodes, which the event of a large graph leaves out.
 * @param {string} run @param {number} index @param {string} group @returns {Promise<Graph>}
 */
export const inside = (run, index, group) => ask(`${graphUrl(run, index)}?${new URLSearchParams({ group })}`);
