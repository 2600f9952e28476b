// The console: what the program printed, what it raised in torch's own words, and how it ended.

import { createCards } from "../cards.js";
import { clone, part } from "../dom.js";
import { t } from "../words.js";

/** @import { Tools } from "../cards.js" */
/** @import { Handlers } from "../events.js" */

const SHOWN_CHARACTERS = 100_000;
const PAUSE_MS = 100;
const OUTCOMES = new Map(
  Object.entries({
    ok: t("Finished"),
    exception: t("Raised an exception"),
    timeout: t("Out of time"),
    out_of_memory: t("Out of memory"),
    output_limit: t("Printed too much"),
    stopped: t("Stopped"),
    crashed: t("Crashed"),
    interrupted: t("Interrupted"),
  }),
);

/**
 * @param {HTMLElement} root @param {Tools} tools @returns {Handlers}
 */
export function mount(root, tools) {
  const output = part(root, "output");
  const cards = createCards(root, part(root, "cards"), part(root, "tally"), tools);
  const ending = part(root, "ending");
  let shown = 0;
  let following = false;
  /** @type {["stdout" | "stderr", string][]} what was printed since the page was last written to */
  let waiting = [];
  let timer = 0;

  const clear = () => {
    waiting = [];
    for (const place of [output, part(root, "figures")]) place.replaceChildren();
    cards.clear();
    shown = 0;
    part(root, "empty").hidden = true;
    part(root, "empty").textContent = t("Nothing was printed.");
  };

  /**
   * Keeps the newest text until its turn: a loop that prints must leave the page time to be used.
   * @param {"stdout" | "stderr"} stream @param {string} text
   */
  const print = (stream, text) => {
    const last = waiting.at(-1);
    if (last?.[0] === stream) last[1] = (last[1] + text).slice(-SHOWN_CHARACTERS);
    else waiting.push([stream, text.slice(-SHOWN_CHARACTERS)]);
    if (waiting.length > 1_000) waiting.shift();
    if (timer) return;
    flush();
    timer = setTimeout(() => {
      timer = 0;
      flush();
    }, PAUSE_MS);
  };

  const flush = () => {
    if (waiting.length === 0) return;
    const body = part(root, "body");
    const atEnd = following && body.scrollHeight - body.scrollTop - body.clientHeight < 40;
    for (const [stream, text] of waiting) {
      write(output, stream, text);
      shown += text.length;
    }
    waiting = [];
    while (shown > SHOWN_CHARACTERS && output.childNodes.length > 1) {
      shown -= output.firstChild?.textContent?.length ?? 0;
      output.firstChild?.remove();
    }
    if (atEnd) body.scrollTop = body.scrollHeight;
  };

  return {
    started(event) {
      clear();
      part(root, "body").scrollTop = 0;
      following = event.preset === "training";
      ending.textContent = "";
      ending.dataset.outcome = "running";
    },
    stdout: ({ text }) => print("stdout", text),
    stderr: ({ text }) => print("stderr", text),
    exception(event) {
      flush();
      cards.raise(event);
      part(root, "body").scrollTop = 0;
      following = false;
    },
    mistake: cards.mistake,
    figure(event) {
      const image = /** @type {HTMLImageElement} */ (clone(root, "figure"));
      image.src = `data:${event.mime};base64,${event.data}`;
      image.alt = t("Figure {number} of the program", { number: event.index + 1 });
      part(root, "figures").append(image);
    },
    finished(event) {
      flush();
      const time = event.wall_ms;
      const took =
        typeof time !== "number" ? "" : time < 1000 ? `${time.toFixed(0)} ms` : `${(time / 1000).toFixed(1)} s`;
      ending.dataset.outcome = event.outcome;
      ending.textContent = [OUTCOMES.get(event.outcome), took].filter(Boolean).join(" · ");
      ending.title = event.detail;
      const places = [output, part(root, "cards"), part(root, "figures")];
      const silent = places.every((place) => place.childNodes.length === 0);
      part(root, "empty").hidden = !silent;
      if (silent && event.outcome !== "ok") part(root, "empty").textContent = event.detail;
      if (!["ok", "exception", "stopped"].includes(event.outcome) && !silent) print("stderr", `\n${event.detail}\n`);
      flush();
    },
  };
}

/**
 * Appends text as a terminal would: a carriage return writes over the current line.
 * @param {HTMLElement} output @param {string} stream @param {string} text
 */
function write(output, stream, text) {
  const last = /** @type {HTMLElement | null} */ (output.lastElementChild);
  const joined = last?.className === stream ? `${last.textContent}${text}` : text;
  const piece = last?.className === stream && joined.length < 20_000 ? last : document.createElement("span");
  piece.className = stream;
  const whole = piece === last ? joined : text;
  piece.textContent = whole.includes("\r") ? whole.replaceAll("\r\n", "\n").replace(/[^\n]*\r(?=[^\n])/g, "") : whole;
  if (piece !== last) output.append(piece);
}
