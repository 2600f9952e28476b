// The graph panel: asks for the picture of a graph event, shows it, opens and closes its groups, and finds things in it.

import { fillChooser, showControls } from "../chooser.js";
import { createCrumbs } from "../crumbs.js";
import { emit, listen, part } from "../dom.js";
import { fillDownloads } from "../downloads.js";
import { createDrawing } from "../drawing.js";
import { chosenOf, createFocus } from "../focus.js";
import { AS_TOLD, closed, opened, pathTo, trail } from "../groups.js";
import { closeMenu } from "../menu.js";
import { createNorms } from "../norms.js";
import { lightOf, lightUp, point } from "../pointing.js";
import { createSearch } from "../search.js";
import { t } from "../words.js";

/** @import { Graph, Handlers } from "../events.js" */
/** @import { View } from "../dom.js" */
/** @import { Hit, PictureOptions as Options } from "../graphs.js" */
/**
 * @typedef {{
 *   picture: (run: string, index: number, options: Options, signal: AbortSignal) => Promise<string>,
 *   pictureUrl: (run: string, index: number, format: string, options: Options, isWhole: boolean) => string,
 *   search: (run: string, index: number, words: string, signal: AbortSignal) => Promise<{ hits: Hit[], total: number }>,
 *   camera: (sheet: HTMLElement) => import("../camera.js").Camera,
 *   walk: typeof import("../walk.js").walk,
 * }} Tools
 */

const UNPARSED = ["SyntaxError", "IndentationError", "TabError"];
/** A replay's slider that is drawn moves the drawing only where it rests. */
const SETTLED_MS = 120;
const NOTHING = t("No graph: nothing here was computed from a tensor that requires grad.");

/**
 * @param {HTMLElement} root @param {Tools} tools @returns {Handlers}
 */
export function mount(root, tools) {
  const sheet = part(root, "sheet");
  const chooser = /** @type {HTMLSelectElement} */ (part(root, "graphs"));
  const fold = /** @type {HTMLInputElement} */ (part(root, "fold"));
  const camera = tools.camera(sheet);
  const drawing = createDrawing(sheet, camera);
  const crumbs = createCrumbs(root, sheet, { camera, drawing });
  const norms = createNorms(root, drawing.svg);
  /** @type {Map<number, Graph>} */
  const graphs = new Map();
  /** @type {Options} */
  const options = { direction: "TB", fold: true, ...AS_TOLD, focus: "" };
  let run = "";
  /** @type {View | null} a run done again, where the drawing shows the values it had there */
  let again = null;
  let waiting = false;
  let unparsed = false;
  let coming = new AbortController();
  let settling = 0;

  const graph = () => graphs.get(Number(chooser.value));
  /** Of which run the graph on view is drawn. @param {Graph} graph */
  const source = (graph) => (again?.index === graph.index ? again : { run, drawn: graph.index });

  const clear = (text = NOTHING) => {
    coming.abort();
    drawing.clear();
    part(root, "empty-text").textContent = text;
    showControls(root, null, null);
  };

  /** @param {() => SVGElement | null} [wanted] what gets the focus @param {string | null} [kept] what stays in its place */
  const draw = async (wanted, kept = null) => {
    coming.abort();
    const { signal } = (coming = new AbortController());
    const drawn = graph();
    if (!drawn) return;
    const from = source(drawn);
    try {
      const text = await tools.picture(from.run, from.drawn, options, signal);
      if (signal.aborted) return;
      drawing.show(text, drawn.index, { wanted, kept });
      norms.paint();
      emit("shown", drawn.index);
      const { ...then } = options;
      fillDownloads(root, (format, isWhole) => tools.pictureUrl(from.run, from.drawn, format, then, isWhole));
      showControls(root, drawn, drawing.svg());
      crumbs.show(sheet.querySelector(":is(.node, .frame):focus") ?? wanted?.() ?? null);
    } catch (error) {
      if (signal.aborted) return;
      if (from !== again) return clear(error instanceof Error ? error.message : String(error));
      again = null; // one done again is kept for a while only
      await draw(wanted, kept);
    }
  };

  /** @param {Partial<Options>} change @param {() => SVGElement | null} [wanted] @param {string | null} [kept] */
  const change = (change, wanted, kept) => {
    Object.assign(options, change);
    return draw(wanted, kept);
  };
  /** Another graph, or all of this one. */
  const anew = () => {
    focus.clear();
    find.clear();
    Object.assign(options, AS_TOLD, { focus: "" });
  };

  /** @param {string} id */
  const open = (id) => {
    const box = drawing.group(id) ?? drawing.find(`.node[data-node="${id}"]`);
    void change(opened(options, [id]), () => drawing.group(id), box?.dataset.key ?? null);
  };
  /** @param {string} id */
  const close = (id) =>
    void change(
      closed(options, id, graph(), drawing.parents()),
      () => drawing.group(id),
      drawing.group(id)?.dataset.key ?? null,
    );

  /** Opens what hides a node or a group, and goes there. @param {{ node: number | null, group: string | null, path: string[] }} place */
  const seek = async ({ node, group, path: around }) => {
    const path = node === null ? around.filter((id) => id !== group) : around;
    const box = () => (node === null ? drawing.group(group ?? path.at(-1) ?? "") : drawing.node(node));
    const isThere = () =>
      node === null ? box() : (drawing.find(`.node[data-node="${node}"]:not(.group, .more)`) ?? null);
    const hiding = path.find((id) => drawing.group(id)?.matches(".group"));
    const ways = node === null ? path : [...path, ...(drawing.node(node)?.matches(".more") ? [String(node)] : [])];
    if (isThere()) drawing.focus(/** @type {SVGElement} */ (isThere()));
    else {
      focus.clear(); // what is sought may lie outside the part that was looked at
      const kept = hiding ? (drawing.group(hiding)?.dataset.key ?? null) : null;
      await change({ ...opened(options, ways), focus: "" }, box, kept);
    }
    const found = box();
    if (node === null || !found) return;
    if (!found.matches(".group")) emit("node", { ...lightOf(found), nodes: [node] });
    emit("light", { source: "search", graph: Number(chooser.value), nodes: [node] });
  };

  const find = createSearch(root, {
    ask: async (words, signal) => {
      const drawn = graph();
      if (!drawn) return { hits: [], total: 0 };
      const { run, drawn: index } = source(drawn);
      return tools.search(run, index, words, signal);
    },
    trail: ({ path, node, group }) => trail(node === null ? path.filter((id) => id !== group) : path, graph()),
    choose: (hit) => void seek(hit),
    leave: () => /** @type {SVGElement | null} */ (sheet.querySelector('[tabindex="0"]'))?.focus(),
  });
  const focus = createFocus(root, (focus) => void change({ focus }));

  chooser.addEventListener("change", () => {
    again = null;
    anew();
    void draw();
  });
  fold.addEventListener("change", () => void change({ fold: fold.checked, ...AS_TOLD }));
  part(root, "turn").addEventListener("click", ({ currentTarget }) => {
    void change({ direction: options.direction === "TB" ? "LR" : "TB" });
    /** @type {HTMLElement} */ (currentTarget).setAttribute("aria-pressed", String(options.direction === "LR"));
  });
  part(root, "enlarge").addEventListener("click", ({ currentTarget }) => {
    const isLarge = root.toggleAttribute("data-large");
    /** @type {HTMLElement} */ (currentTarget).setAttribute("aria-pressed", String(isLarge));
  });
  part(root, "in").addEventListener("click", () => camera.zoomBy(1.3));
  part(root, "out").addEventListener("click", () => camera.zoomBy(1 / 1.3));
  part(root, "fit").addEventListener("click", () => camera.fit());
  closeMenu(/** @type {HTMLDetailsElement} */ (part(root, "menu")));
  point(sheet);
  tools.walk(sheet, { camera, drawing }, { open, close, search: find.focus });
  // After the walk, whose click gives the focus to the box: a leaf folded into it is chosen by itself.
  sheet.addEventListener("click", ({ target }) => {
    const hit = /** @type {SVGElement | null} */ (/** @type {Element} */ (target).closest(".chip, .node"));
    if (!hit) emit("node", null);
    else if (hit.matches(".chip")) emit("node", { ...lightOf(hit), nodes: [Number(hit.dataset.node)] });
  });
  sheet.addEventListener("focusin", ({ target }) => focus.choose(chosenOf(/** @type {SVGElement} */ (target))));
  listen("light", (light) => lightUp(sheet, light));
  listen("frame", (frame) => {
    clearTimeout(settling);
    const step = frame?.film.steps[frame.at - 1];
    const box = () => step && drawing.node(step.node);
    if (step) settling = setTimeout(() => box() && camera.reveal(/** @type {SVGElement} */ (box())), SETTLED_MS);
  });
  listen("seek", ({ graph: index, node, variables }) => {
    const known = graphs.get(index);
    if (!known) return;
    chooser.value = String(index);
    const inEvent = known.nodes.find(({ id }) => id === node);
    const { run, drawn } = source(known);
    const path = inEvent
      ? Promise.resolve(pathTo(inEvent.group, known))
      : tools
          .search(run, drawn, variables[0], new AbortController().signal)
          .then(({ hits }) => (hits.find((hit) => hit.node === node) ?? hits[0])?.path ?? []);
    void path.then((path) => seek({ node, group: null, path })).catch(() => {});
  });
  listen("view", (view) => {
    const isOther = chooser.value !== String(view.index);
    const next = view.run === run ? null : view;
    if (!graphs.has(view.index) || (!isOther && next?.run === again?.run)) return;
    chooser.value = String(view.index);
    again = next;
    if (isOther) anew();
    void draw();
  });

  return {
    started(event) {
      run = event.run_id;
      again = null;
      waiting = true;
      unparsed = false;
      root.toggleAttribute("data-stale", event.preset === "training");
    },
    graph(event) {
      if (waiting) graphs.clear();
      waiting = false;
      graphs.set(event.index, event);
      anew();
      fillChooser(root, graphs);
      root.removeAttribute("data-stale");
      void draw();
    },
    exception(event) {
      unparsed = waiting && UNPARSED.includes(event.kind);
    },
    finished() {
      if (waiting && !unparsed) {
        graphs.clear();
        fillChooser(root, graphs);
        clear();
      }
      root.toggleAttribute("data-stale", unparsed);
    },
  };
}
