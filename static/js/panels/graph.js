// The graph panel: asks for the picture of a graph event, shows it, and lets mouse and keyboard walk over it.

import { clone, emit, listen, part } from "../dom.js";

/** @import { Graph, Handlers } from "../events.js" */
/** @import { Light } from "../dom.js" */
/** @typedef {{ direction: "TB" | "LR", fold: boolean, expand: string[] }} Options */
/**
 * @typedef {{
 *   picture: (run: string, index: number, options: Options, signal: AbortSignal) => Promise<string>,
 *   pictureUrl: (run: string, index: number, format: string, options: Options) => string,
 *   camera: (sheet: HTMLElement) => import("../camera.js").Camera,
 * }} Tools
 */

const FORMATS = ["svg", "png", "pdf", "dot", "json"];
const ARROWS = new Map([["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]], ["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]]]);
const UNPARSED = ["SyntaxError", "IndentationError", "TabError"];
const NOTHING = "No graph: nothing here was computed from a tensor that requires grad.";

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
  let waiting = false;
  let drawing = new AbortController();

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
    try {
      const text = await tools.picture(run, graph.index, options, signal);
      if (signal.aborted) return;
      show(sheet, camera, text);
      fillDownloads(root, (format) => tools.pictureUrl(run, graph.index, format, options));
      showControls(root, graph);
    } catch (error) {
      if (!signal.aborted) clear(error instanceof Error ? error.message : String(error));
    }
  };

  /** @param {Partial<Options>} change */
  const change = (change) => {
    Object.assign(options, change);
    void draw();
  };

  chooser.addEventListener("change", () => change({ expand: [] }));
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
  walk(sheet, camera, (node) => change({ expand: [...options.expand, node] }));
  listen("light", (light) => lightUp(sheet, light));

  return {
    started(event) {
      run = event.run_id;
      waiting = true;
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
      if (UNPARSED.includes(event.kind) && waiting && sheet.firstChild) root.setAttribute("data-stale", "");
    },
    finished() {
      if (waiting && !root.hasAttribute("data-stale")) clear();
    },
  };
}

/** @param {HTMLElement} sheet @param {import("../camera.js").Camera} camera @param {string} text */
function show(sheet, camera, text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") throw new Error("The picture that came is not an SVG. Run the code again.");
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
  const hadFocus = sheet.contains(document.activeElement);
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
  part(root, "count").textContent = !graph ? "" : `${total.toLocaleString("en")} ${total === 1 ? "node" : "nodes"}${folded > 0 ? `, ${folded.toLocaleString("en")} folded` : ""}`;
}

/** @param {HTMLElement} root @param {HTMLSelectElement} chooser @param {Map<number, Graph>} graphs */
function fillChooser(root, chooser, graphs) {
  const before = chooser.value;
  const words = { backward: "backward()", grad: "autograd.grad()", final: "at the end" };
  chooser.replaceChildren(...[...graphs.values()].map((graph) => {
    const option = clone(root, "option");
    option.setAttribute("value", String(graph.index));
    option.textContent = graph.line === null ? words[graph.reason] : `${words[graph.reason]}, line ${graph.line}`;
    return option;
  }));
  const walked = [...graphs.values()].filter((graph) => graph.reason !== "final");
  const chosen = root.hasAttribute("data-chosen") && graphs.has(Number(before)) ? before : (walked.at(-1) ?? [...graphs.values()].at(-1))?.index;
  chooser.value = String(chosen);
  part(root, "chooser").hidden = graphs.size < 2;
}

/** @param {HTMLElement} root @param {(format: string) => string} url */
function fillDownloads(root, url) {
  part(root, "downloads").replaceChildren(...FORMATS.map((format) => {
    const item = clone(root, "download");
    const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
    link.textContent = format.toUpperCase();
    link.href = url(format);
    link.download = `graph.${format}`;
    return item;
  }));
}

/** @param {HTMLDetailsElement} menu */
function closeMenu(menu) {
  document.addEventListener("click", ({ target }) => {
    if (!menu.querySelector("summary")?.contains(/** @type {Node} */ (target))) menu.open = false;
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}

/** What a node of the picture stands for. @param {Element} node @returns {Light} */
function lightOf(node) {
  const { nodes = "", line, variable } = /** @type {SVGElement} */ (node).dataset;
  return {
    source: "graph", line: line ? Number(line) : null, nodes: nodes.split(" ").filter(Boolean).map(Number),
    variables: variable === undefined ? [] : [variable],
  };
}

/** Tells what the pointer or the keyboard is on. @param {HTMLElement} sheet */
function point(sheet) {
  const target = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).closest(".chip, .node");
  const rest = () => {
    const focused = sheet.querySelector(".node:focus");
    emit("light", focused ? lightOf(focused) : { source: "graph" });
  };
  sheet.addEventListener("pointerover", (event) => {
    const node = target(event);
    node ? emit("light", lightOf(node)) : rest();
  });
  sheet.addEventListener("pointerleave", rest);
  sheet.addEventListener("focusin", (event) => {
    const node = target(event);
    if (node) emit("light", lightOf(node));
  });
  sheet.addEventListener("focusout", rest);
}

/** @param {HTMLElement} sheet @param {Light} light */
function lightUp(sheet, light) {
  for (const item of sheet.querySelectorAll(".node, .chip")) {
    const own = lightOf(item);
    const lit = own.nodes?.some((node) => light.nodes?.includes(node))
      || own.variables?.some((name) => light.variables?.includes(name))
      || (light.source === "editor" && own.line !== null && own.line === light.line);
    item.classList.toggle("lit", Boolean(lit));
  }
}

/**
 * The keyboard: one Tab stop, arrows along the edges, + - 0, Enter, Escape.
 * @param {HTMLElement} sheet @param {import("../camera.js").Camera} camera @param {(node: string) => void} expand
 */
function walk(sheet, camera, expand) {
  const act = (/** @type {SVGElement} */ node) => {
    if (node.classList.contains("more")) expand(node.dataset.node ?? "");
    else if (node.dataset.line) emit("line", Number(node.dataset.line));
  };
  /** @type {Map<string, () => void>} */
  const keys = new Map([
    ["+", () => camera.zoomBy(1.3)], ["=", () => camera.zoomBy(1.3)], ["-", () => camera.zoomBy(1 / 1.3)], ["0", () => camera.fit()],
  ]);
  sheet.addEventListener("keydown", (event) => {
    const node = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest(".node"));
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS.get(event.key);
    if (arrow) moveTo(sheet, camera, node, neighbour(sheet, node, arrow));
    else if (event.key === "Enter") act(node);
    else if (event.key === "Escape") node.blur();
    else if (keys.has(event.key)) keys.get(event.key)?.();
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("click", (event) => {
    const node = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest(".node"));
    if (node?.classList.contains("more")) expand(node.dataset.node ?? "");
    else if (node) moveTo(sheet, camera, node, node);
  });
}

/** @param {HTMLElement} sheet @param {import("../camera.js").Camera} camera @param {SVGElement} from @param {SVGElement | null} to */
function moveTo(sheet, camera, from, to) {
  if (!to) return;
  for (const node of sheet.querySelectorAll('.node[tabindex="0"]')) node.setAttribute("tabindex", "-1");
  from.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus({ preventScroll: true });
  camera.reveal(to);
}

/**
 * The node an arrow leads to: along an edge where one runs that way, else the nearest one there.
 * @param {HTMLElement} sheet @param {SVGElement} node @param {number[]} arrow @returns {SVGElement | null}
 */
function neighbour(sheet, node, [right, down]) {
  const linked = new Set();
  for (const edge of /** @type {NodeListOf<SVGElement>} */ (sheet.querySelectorAll(".edge"))) {
    if (edge.dataset.tail === node.dataset.node) linked.add(edge.dataset.head);
    if (edge.dataset.head === node.dataset.node) linked.add(edge.dataset.tail);
  }
  const here = node.getBoundingClientRect();
  let [best, bestScore] = [/** @type {SVGElement | null} */ (null), -Infinity];
  for (const other of /** @type {NodeListOf<SVGElement>} */ (sheet.querySelectorAll(".node"))) {
    const box = other.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2 - here.x - here.width / 2, box.y + box.height / 2 - here.y - here.height / 2];
    const along = x * right + y * down;
    if (other === node || along < 1) continue;
    const score = linked.has(other.dataset.node) ? along / Math.hypot(x, y) : -Math.hypot(x, y) - 2 * Math.hypot(x * down, y * right);
    if (score > bestScore) [best, bestScore] = [other, score];
  }
  return best;
}
