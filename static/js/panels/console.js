// The console: what the program printed, what it raised in torch's own words, and how it ended.

import { clone, emit, leadToLine, part, slot } from "../dom.js";

/** @import { ExceptionRaised, Handlers, Mistake } from "../events.js" */

const SHOWN_CHARACTERS = 100_000;
const PAUSE_MS = 100;
const OUTCOMES = new Map(
  Object.entries({
    ok: "Finished",
    exception: "Raised an exception",
    timeout: "Out of time",
    out_of_memory: "Out of memory",
    output_limit: "Printed too much",
    stopped: "Stopped",
    crashed: "Crashed",
    interrupted: "Interrupted",
  }),
);

/**
 * @param {HTMLElement} root @returns {Handlers}
 */
export function mount(root) {
  const output = part(root, "output");
  const cards = part(root, "cards");
  const ending = part(root, "ending");
  let shown = 0;
  let following = false;
  /** @type {["stdout" | "stderr", string][]} what was printed since the page was last written to */
  let waiting = [];
  let timer = 0;

  const clear = () => {
    waiting = [];
    for (const place of [output, cards, part(root, "figures")]) place.replaceChildren();
    shown = 0;
    part(root, "empty").hidden = true;
    part(root, "empty").textContent = "Nothing was printed.";
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
      cards.append(exceptionCard(root, event));
      part(root, "body").scrollTop = 0;
      following = false;
    },
    mistake: (event) => cards.append(mistakeCard(root, event)),
    figure(event) {
      const image = /** @type {HTMLImageElement} */ (clone(root, "figure"));
      image.src = `data:${event.mime};base64,${event.data}`;
      image.alt = `Figure ${event.index + 1} of the program`;
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
      const silent = output.childNodes.length + cards.childNodes.length + part(root, "figures").childNodes.length === 0;
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

/** @param {HTMLElement} root @param {ExceptionRaised} event */
function exceptionCard(root, event) {
  const card = clone(root, "exception");
  slot(card, "kind").textContent = event.kind;
  slot(card, "message").textContent = event.message;
  leadToLine(slot(card, "line"), event.line);
  slot(card, "explanation", event.explanation ?? "");
  slot(card, "fix", event.fix ?? "");
  slot(card, "traceback", event.traceback);
  return card;
}

/** @param {HTMLElement} root @param {Mistake} event */
function mistakeCard(root, event) {
  const card = clone(root, "mistake");
  const { fixed_source: fixed } = event;
  card.classList.add(event.severity);
  slot(card, "kind").textContent = { error: "Mistake", warning: "Look out", note: "Note" }[event.severity];
  leadToLine(slot(card, "line"), event.line);
  slot(card, "explanation").textContent = event.explanation;
  slot(card, "fix", event.fix);
  slot(card, "apply").hidden = fixed === null;
  if (fixed !== null) slot(card, "apply").addEventListener("click", () => emit("source", fixed));
  return card;
}
