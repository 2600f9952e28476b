// The menu that saves a graph: what is seen, and the whole of it.

import { clone, part } from "./dom.js";

const SEEN = ["svg", "png", "pdf", "dot", "json", "graphml"];
/** No picture of a whole large graph could be read, or made in time, as pixels. */
const WHOLE = ["svg", "pdf", "dot", "json", "graphml"];

/** @param {HTMLElement} root @param {(format: string, isWhole: boolean) => string} url */
export function fillDownloads(root, url) {
  /** @param {string} name @param {string[]} formats @param {boolean} isWhole */
  const fill = (name, formats, isWhole) =>
    part(root, name).replaceChildren(
      ...formats.map((format) => {
        const item = clone(root, "download");
        const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
        link.textContent = format === "graphml" ? "GraphML" : format.toUpperCase();
        link.href = url(format, isWhole);
        link.download = `${isWhole ? "whole-graph" : "graph"}.${format}`;
        return item;
      }),
    );
  fill("downloads", SEEN, false);
  fill("downloads-whole", WHOLE, true);
}
