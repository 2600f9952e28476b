// The backwards of a run, and the list to choose among them: those recorded, and any other by its number.

import { clone, part } from "./dom.js";
import { isBroken } from "./frames.js";
import { title } from "./readout.js";
import { t } from "./words.js";

/** @import { Backward, Graph } from "./events.js" */
/**
 * One backward as it can be shown: on the drawing of graph `shown`; `run` is the run that recorded it, which for one
 * done again is a run of its own; `isBroken` says that NaN or infinity travelled; `first` is the backward whose values
 * the drawing shows, where that is an earlier one over a graph of the same structure.
 * @typedef {{ backward: Backward, graph: Graph, shown: number, run: string, isAgain: boolean, isLast: boolean,
 *   isBroken: boolean, first: number | null }} Take
 */

const OTHER = "other";

/** @param {HTMLElement} root */
export function createReel(root) {
  const list = /** @type {HTMLSelectElement} */ (part(root, "backwards"));
  const number = /** @type {HTMLInputElement} */ (part(root, "number"));
  /** @type {Map<number, Graph>} */
  const graphs = new Map();
  /** @type {Map<number, Take>} */
  const takes = new Map();
  /** @type {Map<number, number>} each drawing's first backward */
  const firsts = new Map();
  let highest = 0;

  const isWhole = () => [...takes.values()].every(({ backward }) => backward.recorded);
  const recorded = () => [...takes.values()].filter(({ backward }) => backward.recorded);

  const reel = {
    /** The run whose events are told. */
    run: "",
    graphs,
    /** @param {number} wanted */
    find: (wanted) => takes.get(wanted),
    clear() {
      graphs.clear();
      takes.clear();
      firsts.clear();
      highest = 0;
      list.replaceChildren();
    },
    /** Takes what a run told; null where its graph was not told. @param {Backward} backward @returns {Take | null} */
    tell(backward) {
      const graph = graphs.get(backward.graph ?? -1);
      if (!graph) return null;
      const before = takes.get(highest);
      if (before) before.isLast = false;
      highest = Math.max(highest, backward.number);
      const kept = backward.recorded ? backward : { ...backward, freed: [] };
      const known = firsts.get(graph.index) ?? backward.number;
      const first = known === backward.number || backward.raised ? null : known;
      firsts.set(graph.index, known);
      const own = { run: reel.run, isAgain: false, isLast: true, isBroken: isBroken(backward), first };
      const take = { ...own, backward: kept, graph, shown: graph.index };
      takes.set(backward.number, take);
      if (backward.recorded) reel.fill();
      return take;
    },
    /** Puts one that was recorded again in the place of the original. @param {Take} original @param {import("./panels/replay.js").Again} told */
    add(original, told) {
      const backward = told.backwards.find((each) => each.number === original.backward.number);
      if (!backward?.recorded) throw new Error(t("That backward was not reached again: {detail}", told));
      const graph = told.graphs.find(({ index }) => index === backward.graph) ?? original.graph;
      if (takes.get(backward.number) !== original) return null;
      const take = {
        ...original,
        backward,
        graph,
        run: told.id,
        isAgain: true,
        isBroken: isBroken(backward),
        first: null,
      };
      takes.set(backward.number, take);
      reel.fill();
      return take;
    },
    /** The one to be shown first, of a graph or of all: one that failed, else the last recorded, else the last. @param {number} [shown] @returns {Take | null} */
    newest(shown) {
      const all = [...takes.values()].filter((take) => shown === undefined || take.shown === shown);
      const kept = all.filter(({ backward }) => backward.recorded);
      return all.findLast(({ backward }) => backward.raised) ?? kept.at(-1) ?? all.at(-1) ?? null;
    },
    fill() {
      const ordered = recorded().sort((one, other) => one.backward.number - other.backward.number);
      const before = list.value;
      list.replaceChildren(...ordered.map((take) => option(String(take.backward.number), titleOf(take))));
      if (!isWhole()) list.append(option(OTHER, t("another of {count}…", { count: highest })));
      if (before) list.value = before;
      part(root, "which").hidden = ordered.length === 0 || list.options.length < 2;
      number.max = String(highest);
    },
    /** Shows which one is on view. @param {Take} take */
    choose(take) {
      if (list.options.length === 0) reel.fill();
      list.value = take.backward.recorded ? String(take.backward.number) : OTHER;
      number.value = String(take.backward.number);
      ask(!take.backward.recorded || take.first !== null, take);
    },
    /** @param {(take: Take) => void} listener */
    onChoice(listener) {
      list.addEventListener("change", () => {
        const chosen = takes.get(Number(list.value));
        ask(list.value === OTHER, null);
        if (chosen) listener(chosen);
      });
    },
  };

  /** Offers to record one by running again. @param {boolean} isOffered @param {Take | null} take */
  const ask = (isOffered, take) => {
    const isReused = Boolean(take?.backward.recorded);
    part(root, "again").hidden = !isOffered;
    part(root, "number-label").hidden = highest < 2 || isReused;
    part(root, "record").textContent = isReused ? t("Run again") : t("Record it");
    part(root, "why").textContent = isReused
      ? t("The values in the boxes are those of backward {first}; running again with the same seed brings its own.", {
          first: take?.first,
        })
      : t("Runs the program again with the same seed, up to it.");
  };
  /** @param {string} value @param {string} words */
  const option = (value, words) => {
    const made = clone(root, "backward");
    made.setAttribute("value", value);
    made.textContent = words;
    return made;
  };
  /** @param {Take} take */
  const titleOf = ({ backward, isBroken }) => {
    const before = takes.get(backward.number - 1)?.backward;
    return title(backward, { isNew: before !== undefined && before.graph !== backward.graph, isBroken });
  };
  return reel;
}
