// The workbench's runs: live while typing, started by hand, or opened by their address; followed, queued and stopped.

import { byId, keep, say, sayWhy } from "./bar.js";
import * as client from "./client.js";
import { emit } from "./dom.js";
import { areRelated, headline, labelsOf, titleFrom } from "./differences.js";
import { t } from "./words.js";

/** @import { Event } from "./events.js" */
/** @import { FindKnobs, Program } from "./differences.js" */
/** @import { Comparing } from "./panels/curve.js" */
/**
 * @typedef {{
 *   source: () => string, replace: (text: string) => void, tell: (event: Event, withCurve?: boolean) => void,
 *   curve: Comparing, findKnobs: FindKnobs,
 * }} Bench
 */

const TYPING_PAUSE_MS = 250;
const SLOW_MS = 400;
const QUEUE_PAUSE_MS = 1_000;
const MOST_REMEMBERED = 6;

/** @param {Bench} bench */
export function createRuns({ source, replace, tell, curve, findKnobs }) {
  const live = /** @type {HTMLInputElement} */ (byId("live"));
  let typing = 0;
  let turn = 0;
  let current = new AbortController();
  let opening = false;
  /** @type {{ id: string, own: boolean } | null} the run that Stop would end; its id is empty until the server gave it */
  let going = null;
  /** @type {Program | null} what the editor's text was made from: an example or an opened run */
  let base = null;
  /** @type {Program | null} the run on view */
  let viewed = null;
  /** @type {Program[]} the runs of this visit, for their curves are compared */
  let remembered = [];

  const changed = () => {
    clearTimeout(typing);
    if (opening) return;
    if (!inLesson()) keep("source", source());
    document.body.toggleAttribute("data-changed", !live.checked && going === null);
    showRerun();
    if (live.checked && going === null) typing = setTimeout(() => void runLive(), TYPING_PAUSE_MS);
  };

  /** Sets the text without taking it for a change by hand. @param {string} text */
  const show = (text) => {
    opening = true;
    replace(text);
    opening = false;
  };

  const showRerun = () => {
    const same = viewed !== null && location.pathname.endsWith(`/${viewed.id}`) && viewed.source === source();
    byId("run")
      .querySelector("[data-slot=word]")
      ?.replaceChildren(same ? t("Re-run") : t("Run"));
  };

  /** Takes the place of whatever is followed; gives the signal that ends when something takes its own place. */
  const take = () => {
    clearTimeout(typing);
    current.abort();
    current = new AbortController();
    turn += 1;
    document.body.removeAttribute("data-changed");
    return current.signal;
  };

  /** Runs what is typed; a newer text ends the older run. */
  const runLive = async () => {
    const signal = take();
    if (location.pathname !== "/") visit("/", "");
    byId("status").dataset.state = "busy";
    const slow = setTimeout(() => {
      say(t("Running…"), "busy");
      byId("stop").hidden = false;
    }, SLOW_MS);
    try {
      const text = source();
      for (const event of await client.express(text, signal)) receive(event, { id: "", title: null, source: text });
    } catch (error) {
      if (!signal.aborted) sayWhy(error);
    }
    clearTimeout(slow);
    if (current.signal === signal) byId("stop").hidden = going === null;
  };

  /** Tells the panels; at its start a run is named by what differs between it and those before it. @param {Event} event @param {Program} program */
  const receive = (event, program) => {
    tell(event);
    if (event.type !== "started") return;
    const own = { ...program, id: event.run_id };
    const related = remembered.filter((each) => each.id !== own.id && areRelated(each.source, own.source));
    remembered = event.preset === "training" ? [...related, own].slice(-MOST_REMEMBERED) : related;
    emit("labels", related.length > 0 ? labelsOf([...related, own], findKnobs) : {});
  };

  /** Runs the whole program with a training loop's limits and follows it as it goes; it takes the place of an older one. */
  const run = async () => {
    const signal = take();
    if (going?.own && going.id) void client.stop(going.id).catch(() => {});
    going = { id: "", own: true };
    say(document.body.dataset.server === "starting" ? t("Waiting for the sandbox…") : t("Running…"), "busy");
    setRunning(true);
    const program = { id: "", title: titleOf(source()), source: source() };
    try {
      const { id } = await client.start(program.source, { title: program.title, ...pace() });
      if (signal.aborted) return void client.stop(id).catch(() => {});
      going = { id, own: true };
      viewed = { ...program, id };
      if (!base?.title || !areRelated(base.source, program.source)) base = viewed;
      visit(`/runs/${encodeURIComponent(id)}`, program.title);
      await follow(id, program, signal);
    } catch (error) {
      if (!signal.aborted) sayWhy(error);
    }
    if (!signal.aborted) end();
  };

  /** Shows a run of the server's: its source, all it told, and how it goes on. @param {string} id */
  const open = async (id) => {
    const signal = take();
    going = null;
    live.checked = false;
    say(t("Opening the run…"), "busy");
    try {
      const record = await client.record(id);
      if (signal.aborted) return;
      const program = { id, title: record.title, source: record.source ?? "" };
      show(program.source);
      base = viewed = program;
      name(record.title ?? headline(program.source));
      showRerun();
      const over = record.state === "finished";
      if (over) {
        curve.present(id, "", record.series, record.best);
        remembered = [program];
        await client.follow(id, (event) => tell(event, false), { signal, scalars: false });
      } else {
        going = { id, own: false };
        setRunning(true);
        say(t("Running…"), "busy");
        await follow(id, program, signal);
      }
    } catch (error) {
      if (!signal.aborted) sayWhy(error);
    }
    if (!signal.aborted) end();
  };

  /** @param {string} id @param {Program} program @param {AbortSignal} signal */
  const follow = async (id, program, signal) => {
    let begun = false;
    const queue = setInterval(async () => {
      const record = begun || signal.aborted ? null : await client.record(id).catch(() => null);
      if (record && !begun && !signal.aborted && record.state === "queued") sayQueued(record.queue_position ?? 1);
      if (begun || signal.aborted) clearInterval(queue);
    }, QUEUE_PAUSE_MS);
    const lost = (/** @type {boolean} */ isLost) => {
      const away = t("The server is away; waiting for it…");
      if (isLost) say(away, "busy");
      else if (byId("status").textContent === away) say(t("Running…"), "busy");
    };
    const take = (/** @type {Event} */ event) => {
      if (event.type === "started") say(t("Running…"), "busy");
      begun = true;
      receive(event, program);
    };
    await client.follow(id, take, { signal, lost }).finally(() => clearInterval(queue));
  };

  const end = () => {
    going = null;
    setRunning(false);
  };

  const stop = async () => {
    if (going) await (going.id ? client.stop(going.id) : Promise.resolve()).catch(sayWhy);
    else {
      current.abort();
      byId("stop").hidden = true;
      say(t("Stopped"));
    }
  };

  /** @param {string} text @param {string} [always] */
  const titleOf = (text, always) => titleFrom(base, text, findKnobs, always);

  return {
    changed,
    runLive,
    run,
    open,
    stop,
    show,
    titleOf,
    /** Puts a program into the editor and runs it at once. @param {string} text */
    try(text) {
      show(text);
      base = null;
      void runLive();
    },
    /** Whether a person has already started something. */
    begun: () => turn > 0,
    /** Puts a known program into the editor. @param {Program} program */
    load(program) {
      base = program;
      replace(program.source);
    },
  };
}

/** Slow motion, where it is chosen. @returns {client.Wishes} */
export function pace() {
  const steps = Number(/** @type {HTMLSelectElement} */ (byId("pace")).value);
  return steps > 0 ? { steps_per_s: steps } : {};
}

/** @param {number} position */
function sayQueued(position) {
  say(position > 1 ? t("Queued: {count} ahead", { count: position - 1 }) : t("Queued: next in line"), "busy");
}

/** Changes the address without leaving the page. @param {string} address @param {string | null} title */
function visit(address, title) {
  if (inLesson()) return;
  if (location.pathname !== address) history.pushState(null, "", address);
  name(title);
}

/** Whether a lesson stands beside the workbench: then the page stays the lesson's, and the draft the person's. */
function inLesson() {
  return document.getElementById("lesson") !== null;
}

/** The run on view, by name. @param {string | null} title */
function name(title) {
  byId("run-title").textContent = title ?? "";
  document.title = title ? `${title} · Gradwalk` : t("Gradwalk · see what autograd does");
}

/** @param {boolean} on */
function setRunning(on) {
  const hadFocus = document.activeElement === byId("stop");
  byId("stop").hidden = !on;
  if (!on && hadFocus) byId("run").focus();
}
