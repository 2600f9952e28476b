// The chosen runs: their curves on one chart under what differs between their sources, and two sources side by side.

import { labelsOf } from "./differences.js";
import { emit } from "./dom.js";

/** @import { Run } from "./client.js" */
/** @import { FindKnobs, Program } from "./differences.js" */
/** @import { Comparing } from "./panels/curve.js" */
/**
 * @typedef {{ curve: Comparing, read: (id: string) => Promise<Run>, findKnobs: FindKnobs, changed: () => void,
 *   failed: (error: unknown) => void }} Tools
 */

/** @param {Tools} tools */
export function createComparison({ curve, read, findKnobs, changed, failed }) {
  /** @type {Map<string, Program | null>} null until a run's source has come */
  const programs = new Map();
  const known = () => [...programs.values()].filter((program) => program !== null);
  const name = () => {
    if (known().length > 0) emit("labels", labelsOf(known(), findKnobs));
  };

  /** @param {string} id */
  const add = async (id) => {
    if (programs.has(id)) return;
    programs.set(id, null);
    changed();
    try {
      const run = await read(id);
      if (!programs.has(id)) return;
      programs.set(id, { id, title: run.title, source: run.source ?? "" });
      curve.present(id, run.title ?? id, run.series, run.best);
      name();
    } catch (error) {
      programs.delete(id);
      failed(error);
    }
    changed();
  };

  /** @param {string} id */
  const remove = (id) => {
    if (!programs.delete(id)) return;
    curve.forget(id);
    name();
    changed();
  };

  return {
    add,
    remove,
    ids: () => new Set(programs.keys()),
    /** Draws what the server holds by now of the chosen among `runs`. @param {Run[]} runs */
    refresh(runs) {
      for (const run of runs) if (programs.get(run.id)) curve.present(run.id, "", run.series, run.best);
    },
    /** The two chosen programs with their labels, or null where there are not two. */
    pair() {
      const [left, right, ...more] = known();
      if (!left || !right || more.length > 0) return null;
      const labels = labelsOf([left, right], findKnobs);
      return [left, right].map(({ id, title, source }) => ({
        label: [title, labels[id]].filter((word, place, all) => word && all.indexOf(word) === place).join(" · "),
        source,
      }));
    },
  };
}
