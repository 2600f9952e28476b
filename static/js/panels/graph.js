// The graph panel: asks for the picture of a graph event, shows it, and lets mouse and keyboard walk over it.

import { clone, emit, formatCount, listen, part } from "../dom.js";
import { closeMenu } from "../menu.js";
import { lightOf, lightUp, point } from "../pointing.js";
import { t } from "../words.js";

/** @import { Graph, Handlers } from "../events.js" */
/** @import { View } from "../dom.js" */
/** @typedef {{ direction: "TB" | "LR", fold: boolean, expand: string[] }} Options */
/**
 * @typedef {{
 *   picture: (run: string, index: number, options: Options, signal: AbortSignal) => Promise<string>,
 *   pictureUrl: (run: string, index: number, format: string, options: Options) => string,
 *   camera: (sheet: HTMLElement) => import("../camera.js").Camera,
 *   walk: typeof import("../walk.js").walk,
 * }} Tools
 */

const FORMATS = ["svg", "png", "pdf", "dot", "json"];
const UNPARSED = ["SyntaxError", "IndentationError", "TabError"];
/** Moving the drawing lays out all its words anew, so a slider that is drawn moves it only where it rests. */
const SETTLED_MS = 120;
/** Room under the lowest leaf for what the replay says of its .grad. */
const GRAD_HEIGHT = 16;
const NOTHING = t("No graph: nothing here was computed from a tensor that requires grad.");

/**
 * @param {HTMLElement} root @param {Tools} tools @returns {Handlers}
 */
export function mount(root, tools) {
  const sheet = part(root, "sheet");
  const chooser = /** @type {HTMLSelectElement} */ (part(root, "graphs"));
  const fold = /** @type {HTMLInputElement} */ (part(root, "fold"));
  const camera = tools.camera(sheet);
  /** @type {Map<number, Graph>} */
  const graphs = new Map();
  /** @type {Options} */
  const options = { direction: "TB", fold: true, expand: [] };
  let run = "";
  /** @type {View | null} a run done again, where the drawing shows the values it had there */
  let again = null;
  let waiting = false;
  let unparsed = false;
  let drawing = new AbortController();
  let settling = 0;

  const clear = (text = NOTHING) => {
    drawing.abort();
    sheet.replaceChildren();
    part(root, "empty-text").textContent = text;
    showControls(root, null);
  };

  const draw = async () => {
    drawing.abort();
    const { signal } = (drawing = new AbortController());
    const graph = graphs.get(Number(chooser.value));
    if (!graph) return;
    const from = again?.index === graph.index ? again : { run, drawn: graph.index };
    try {
      const text = await tools.picture(from.run, from.drawn, options, signal);
      if (signal.aborted) return;
      show(sheet, camera, text, graph.index);
      emit("shown", graph.index);
      fillDownloads(root, (format) => tools.pictureUrl(from.run, from.drawn, format, options));
      showControls(root, graph);
    } catch (error) {
      if (signal.aborted) return;
      if (from !== again) return clear(error instanceof Error ? error.message : String(error));
      again = null; // one done again is kept for a while only
      void draw();
    }
  };

  /** @param {number} id */
  const reveal = (id) => {
    const node = sheet.querySelector(`.node[data-node="${id}"]:not(.saved)`);
    if (node) camera.reveal(node);
  };

  /** @param {Partial<Options>} change */
  const change = (change) => {
    Object.assign(options, change);
    void draw();
  };

  chooser.addEventListener("change", () => {
    again = null;
    change({ expand: [] });
  });
  fold.addEventListener("change", () => change({ fold: fold.checked, expand: [] }));
  part(root, "turn").addEventListener("click", ({ currentTarget }) => {
    change({ direction: options.direction === "TB" ? "LR" : "TB" });
    /** @type {HTMLElement} */ (currentTarget).setAttribute("aria-pressed", String(options.direction === "LR"));
  });
  part(root, "in").addEventListener("click", () => camera.zoomBy(1.3));
  part(root, "out").addEventListener("click", () => camera.zoomBy(1 / 1.3));
  part(root, "fit").addEventListener("click", () => camera.fit());
  closeMenu(/** @type {HTMLDetailsElement} */ (part(root, "menu")));
  point(sheet);
  tools.walk(sheet, camera, (node) => change({ expand: [...options.expand, node] }));
  // After the walk, whose click gives the focus to the box: a leaf folded into it is chosen by itself.
  sheet.addEventListener("click", ({ target }) => {
    const hit = /** @type {SVGElement | null} */ (/** @type {Element} */ (target).closest(".chip, .node"));
    if (!hit) emit("node", null);
    else if (hit.matches(".chip")) emit("node", { ...lightOf(hit), nodes: [Number(hit.dataset.node)] });
  });
  listen("light", (light) => lightUp(sheet, light));
  listen("frame", (frame) => {
    clearTimeout(settling);
    const step = frame?.film.steps[frame.at - 1];
    if (step) settling = setTimeout(() => reveal(step.node), SETTLED_MS);
  });
  listen("view", (view) => {
    const isOther = chooser.value !== String(view.index);
    const next = view.run === run ? null : view;
    if (!graphs.has(view.index) || (!isOther && next?.run === again?.run)) return;
    chooser.value = String(view.index);
    again = next;
    change(isOther ? { expand: [] } : {});
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
      options.expand = [];
      fillChooser(root, chooser, graphs);
      root.removeAttribute("data-stale");
      void draw();
    },
    exception(event) {
      unparsed = waiting && UNPARSED.includes(event.kind);
    },
    finished() {
      if (waiting && !unparsed) {
        graphs.clear();
        fillChooser(root, chooser, graphs);
        clear();
      }
      root.toggleAttribute("data-stale", unparsed);
    },
  };
}

/** @param {HTMLElement} sheet @param {import("../camera.js").Camera} camera @param {string} text @param {number} index */
function show(sheet, camera, text, index) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") throw new Error(t("The picture that came is not an SVG. Run the code again."));
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
  svg.dataset.graph = String(index);
  for (const word of svg.querySelectorAll(".saved .detail"))
    if (word.textContent === "saved") word.textContent = t("saved");
  const hadFocus = sheet.contains(document.activeElement);
  if (svg.querySelector(".leaf")) svg.viewBox.baseVal.height += GRAD_HEIGHT;
  sheet.replaceChildren(svg);
  camera.show(svg);
  const first = /** @type {SVGElement | null} */ (svg.querySelector(".node.root") ?? svg.querySelector(".node"));
  first?.setAttribute("tabindex", "0");
  if (hadFocus) first?.focus();
}

/** @param {HTMLElement} root @param {Graph | null} graph */
function showControls(root, graph) {
  const svg = root.querySelector(".sheet svg");
  const folded = Number(svg?.getAttribute("data-folded") ?? 0);
  part(root, "empty").hidden = graph !== null;
  part(root, "tools").hidden = graph === null;
  part(root, "fold-label").hidden = folded === 0 && /** @type {HTMLInputElement} */ (part(root, "fold")).checked;
  const total = graph?.total_nodes ?? 0;
  const words = [total === 1 ? t("1 node") : t("{count} nodes", { count: formatCount(total) })];
  if (folded > 0) words.push(t("{count} folded", { count: formatCount(folded) }));
  part(root, "count").textContent = graph ? words.join(", ") : "";
}

/** @param {HTMLElement} root @param {HTMLSelectElement} chooser @param {Map<number, Graph>} graphs */
function fillChooser(root, chooser, graphs) {
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

/** @param {HTMLElement} root @param {(format: string) => string} url */
function fillDownloads(root, url) {
  part(root, "downloads").replaceChildren(
    ...FORMATS.map((format) => {
      const item = clone(root, "download");
      const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
      link.textContent = format.toUpperCase();
      link.href = url(format);
      link.download = `graph.${format}`;
      return item;
    }),
  );
}
