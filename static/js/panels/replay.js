// The replay of backward() on the drawn graph: choose one, step, play, scrub; what happens is said in a sentence.

import { afterPaint, emit, listen, part } from "../dom.js";
import { layOut } from "../frames.js";
import { createPlayer } from "../player.js";
import { caveat, sentence, unrecorded } from "../readout.js";
import { createReel } from "../reel.js";
import { createStage } from "../stage.js";
import { t } from "../words.js";

/** @import { Backward, ExceptionRaised, Graph, Handlers } from "../events.js" */
/** @import { Film } from "../frames.js" */
/** @import { Take } from "../reel.js" */
/** @typedef {{ id: string, backwards: Backward[], graphs: Graph[], detail: string }} Again */
/**
 * @typedef {{
 *   drawing: () => SVGSVGElement | null, again: (run: string, number: number) => Promise<Again>,
 * }} Tools `drawing` is the graph on view; `again` runs the program again to record a backward
 */

/**
 * @param {HTMLElement} root @param {Tools} tools @returns {Handlers}
 */
export function mount(root, { drawing, again }) {
  const scrub = /** @type {HTMLInputElement} */ (part(root, "scrub"));
  const says = part(root, "says");
  const form = /** @type {HTMLFormElement} */ (part(root, "again"));
  const reel = createReel(root);
  let shown = -1;
  let waiting = false;
  let isTouched = false;
  /** @type {ExceptionRaised | null} */
  let raised = null;
  /** @type {Take | null} */
  let take = null;
  /** @type {Film | null} */
  let film = null;
  /** @type {ReturnType<typeof createStage> | null} */
  let stage = null;

  /** @param {number} at */
  const show = (at) => {
    if (!film || !stage || !take) return;
    stage.show(at);
    const words = sentence(film, at, take.isLast ? raised : null);
    scrub.value = String(at);
    scrub.setAttribute("aria-valuetext", words);
    part(root, "position").textContent = at === film.last ? t("end") : `${at} / ${film.steps.length}`;
    says.textContent = words;
    says.classList.toggle("bad", at === film.last && film.backward.raised);
    emit("frame", { film, at, run: take.run, isOwn: take.first === null });
  };
  const player = createPlayer(show, (isPlaying) => {
    part(root, "play").setAttribute("aria-label", isPlaying ? t("Pause") : t("Play"));
    part(root, "play").toggleAttribute("data-playing", isPlaying);
    says.setAttribute("aria-live", isPlaying ? "off" : "polite");
  });

  const leave = () => {
    player.pause();
    stage?.remove();
    [stage, film, take] = [null, null, null];
    emit("frame", null);
  };

  /** Puts the chosen backward on the drawing, where that is the drawing of its graph. */
  const attach = () => {
    root.hidden = take === null;
    if (!take) return;
    part(root, "controls").toggleAttribute("data-empty", !take.backward.recorded);
    reel.choose(take);
    part(root, "caveat").textContent = take.backward.recorded ? caveat(take.backward, take.graph, take.isAgain) : "";
    if (!take.backward.recorded) says.textContent = unrecorded(take.backward);
    const svg = drawing();
    if (!take.backward.recorded || take.shown !== shown || !svg) return;
    stage?.remove();
    if (film?.backward !== take.backward) {
      film = layOut(take.backward, take.graph);
      player.load(film.last);
      scrub.max = String(film.last);
    }
    stage = createStage(svg, film);
    show(player.at());
  };

  /** @param {Take | null} next */
  const choose = (next) => {
    if (next !== take) leave();
    take = next;
    if (take) emit("view", { index: take.shown, run: take.run, drawn: take.graph.index });
    attach();
  };

  const record = async () => {
    const number = Number(/** @type {HTMLInputElement} */ (part(root, "number")).value);
    const original = reel.find(number);
    if (!original) return;
    form.inert = true;
    part(root, "why").textContent = t("Running the program again, with the same seed, up to backward {number}…", {
      number,
    });
    try {
      const added = reel.add(original, await again(original.run, number));
      if (added && reel.find(number)?.run === added.run) choose(added);
    } catch (error) {
      part(root, "why").textContent = error instanceof Error ? error.message : String(error);
    }
    form.inert = false;
  };

  scrub.addEventListener("input", () => player.go(Number(scrub.value)));
  part(root, "step-back").addEventListener("click", () => player.go(player.at() - 1));
  part(root, "step-on").addEventListener("click", () => player.go(player.at() + 1));
  part(root, "play").addEventListener("click", player.toggle);
  part(root, "pace").addEventListener("change", ({ currentTarget }) =>
    player.pace(Number(/** @type {HTMLSelectElement} */ (currentTarget).value)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void record();
  });
  reel.onChoice((chosen) => {
    isTouched = true;
    choose(chosen);
  });
  steer(root, () => (stage ? player : null));
  // The drawing is seen first: what a replay puts on it takes about as long as the drawing itself.
  const dress = afterPaint(() => {
    if (take?.shown === shown) attach();
    else choose(reel.newest(shown));
  });
  listen("shown", (index) => {
    shown = index;
    stage = null;
    dress();
  });

  const clear = () => {
    if (!waiting) return;
    waiting = isTouched = false;
    [stage, film, take] = [null, null, null];
    emit("frame", null);
    reel.clear();
  };
  return {
    started(event) {
      waiting = true;
      raised = null;
      reel.run = event.run_id;
      player.pause();
    },
    graph(event) {
      clear();
      reel.graphs.set(event.index, event);
    },
    backward(event) {
      clear();
      const added = reel.tell(event);
      if (!take && added && added.shown === shown) choose(added);
    },
    exception(event) {
      raised = event;
    },
    finished() {
      clear();
      reel.fill();
      const newest = reel.newest();
      if (newest !== take && !isTouched) choose(newest);
      else attach();
    },
  };
}

/**
 * The keys of the player wherever the graph has the focus.
 * @param {HTMLElement} root @param {() => ReturnType<typeof createPlayer> | null} find
 */
function steer(root, find) {
  const area = root.closest("section") ?? root;
  area.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const player = find();
    const held = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
    if (!player || held || target.matches("select, textarea, input:not([type=range])")) return;
    if ("[,".includes(event.key)) player.go(player.at() - 1);
    else if ("].".includes(event.key)) player.go(player.at() + 1);
    else if (event.key === " " && target.matches(".node, .frame, .scrub")) player.toggle();
    else return;
    event.preventDefault();
  });
}
