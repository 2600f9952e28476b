// Wires the page: editor -> client -> panels. What a run tells goes to every panel's handlers by its type.

import { createCamera } from "./camera.js";
import * as client from "./client.js";
import { listen, slot } from "./dom.js";
import { createEditor, handlers } from "./editor.js";
import { mount as mountConsole } from "./panels/console.js";
import { mount as mountGraph } from "./panels/graph.js";
import { mount as mountInspector } from "./panels/inspector.js";
import { mount as mountTensors } from "./panels/tensors.js";
import { walk } from "./walk.js";

/** @import { Event, Handlers } from "./events.js" */

const BUNDLE = /** @type {string} */ ("../dist/bundle.js");
const TYPING_PAUSE_MS = 250;
const SLOW_MS = 400;
const HEALTH_PAUSE_MS = 1_000;

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
const byId = (id) => /** @type {any} */ (document.getElementById(id));
const live = /** @type {HTMLInputElement} */ (byId("live"));
const say = (/** @type {string} */ words, state = "") => {
  byId("status").textContent = words;
  byId("status").dataset.state = state;
};

/** @type {typeof import("../bundle.mjs") | null} */
const vendor = document.body.dataset.bundled === "yes" ? await import(BUNDLE).catch(() => null) : null;
document.body.dataset.bundled = vendor ? "yes" : "no";
const editor = createEditor(
  /** @type {HTMLTextAreaElement} */ (byId("source")),
  vendor,
  sourceChanged,
  () => void run(),
);

/** @type {Handlers[]} */
const panels = [
  handlers(editor),
  mountConsole(byId("console")),
  mountGraph(byId("graph"), {
    picture: client.picture,
    pictureUrl: client.pictureUrl,
    camera: (sheet) => createCamera(sheet, vendor),
    walk,
  }),
  mountInspector(byId("inspector")),
  mountTensors(byId("tensors")),
];

/** What the run on view raised, for the status line at its end. */
let raised = "";

/** @param {Event} event */
function tell(event) {
  for (const panel of panels) /** @type {((event: Event) => void) | undefined} */ (panel[event.type])?.(event);
  if (event.type === "started") document.body.dataset.run = event.run_id;
  if (event.type === "started") raised = "";
  if (event.type === "exception") raised = `${event.kind}${event.line === null ? "" : ` on line ${event.line}`}`;
  if (event.type === "finished")
    say(event.outcome === "ok" ? "Done" : raised || event.detail, event.outcome === "ok" ? "good" : "bad");
}

let typing = 0;
let current = new AbortController();
/** @type {string | null} the id of the run that Stop would end */
let running = null;
let turn = 0;

function sourceChanged() {
  clearTimeout(typing);
  keep("source", editor.source());
  if (live.checked && running === null) typing = setTimeout(() => void runLive(), TYPING_PAUSE_MS);
}

/** Runs what is typed; a newer text ends the older run. */
async function runLive() {
  current.abort();
  const { signal } = (current = new AbortController());
  byId("status").dataset.state = "busy";
  const slow = setTimeout(() => {
    say("Running…", "busy");
    byId("stop").hidden = false;
  }, SLOW_MS);
  try {
    for (const event of await client.express(editor.source(), signal)) tell(event);
  } catch (error) {
    if (!signal.aborted) say(error instanceof Error ? error.message : String(error), "bad");
  }
  clearTimeout(slow);
  if (current.signal === signal) byId("stop").hidden = running === null;
}

/** Runs the whole program with a training loop's limits and follows it as it goes; it takes the place of an older one. */
async function run() {
  clearTimeout(typing);
  current.abort();
  const mine = ++turn;
  if (running) void client.stop(running).catch(() => {});
  running = "";
  const waiting = document.body.dataset.server === "starting" ? "Waiting for the sandbox…" : "Running…";
  say(waiting, "busy");
  setRunning(true);
  try {
    const { id } = await client.start(editor.source());
    if (mine !== turn) return void client.stop(id).catch(() => {});
    running = id;
    await client.follow(id, (event) => mine === turn && tell(event));
  } catch (error) {
    if (mine === turn) say(error instanceof Error ? error.message : String(error), "bad");
  }
  if (mine !== turn) return;
  running = null;
  setRunning(false);
}

/** @param {boolean} on */
function setRunning(on) {
  const hadFocus = document.activeElement === byId("stop");
  byId("stop").hidden = !on;
  if (!on && hadFocus) byId("run").focus();
}

async function stop() {
  if (running) await client.stop(running).catch((error) => say(error.message, "bad"));
  else if (running === null) {
    current.abort();
    byId("stop").hidden = true;
    say("Stopped");
  }
}

/** Asks until the server is ready or refuses, and says which it is. */
async function watchHealth() {
  const health = await client
    .health()
    .catch((error) => ({ state: /** @type {const} */ ("refusing"), unsafe: false, detail: error.message }));
  document.body.dataset.server = health.state;
  const banner = byId("banner");
  banner.hidden = health.state === "ready" && !health.unsafe;
  banner.dataset.kind = health.unsafe ? "unsafe" : health.state;
  if (health.state === "starting") {
    slot(banner, "title", "Starting.");
    slot(banner, "text").textContent = "The sandbox is warming up; code you run now waits for it.";
    setTimeout(() => void watchHealth(), HEALTH_PAUSE_MS);
  } else if (health.state === "ready" && health.unsafe) {
    slot(banner, "title", "No sandbox.");
    slot(banner, "text").textContent =
      "Code on this page can read and change everything your account can. Run only code you trust.";
  } else if (health.state === "refusing") {
    slot(banner, "title", "Code can't run here.");
    slot(banner, "text").textContent = health.detail;
    live.checked = false;
    await offerRecordings(banner);
  }
}

/** Where no code may run the page still plays what the server has recorded. @param {HTMLElement} banner */
async function offerRecordings(banner) {
  const command = slot(banner, "command");
  command.textContent = "python3 run.py --unsafe-no-sandbox";
  command.hidden = false;
  const list = slot(banner, "runs");
  const runs = await client.runs().catch(() => []);
  list.hidden = runs.length === 0;
  list.replaceChildren(
    ...runs.map((each) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      button.type = "button";
      button.className = "button small";
      button.textContent = `Play ${each.title ?? each.id}`;
      button.addEventListener("click", () => void play(each));
      item.append(button);
      return item;
    }),
  );
}

/** @param {client.Run} recorded */
async function play(recorded) {
  const { source } = await client.record(recorded.id).catch(() => recorded);
  if (source) editor.replace(source);
  await client.follow(recorded.id, tell).catch((error) => say(error.message, "bad"));
}

async function fillExamples() {
  const list = /** @type {HTMLSelectElement} */ (byId("examples"));
  const examples = await client.examples().catch(() => []);
  list.append(...examples.map(({ title }, place) => new Option(title, String(place))));
  list.addEventListener("change", () => {
    const chosen = examples[Number(list.value)];
    if (list.value !== "" && chosen) editor.replace(chosen.source.replace(/^# title: .*\n+/, ""));
    if (!live.checked) void run();
  });
}

async function share() {
  const link = await client.permalink(editor.source());
  history.replaceState(null, "", link);
  const copied = await navigator.clipboard?.writeText(link).then(
    () => true,
    () => false,
  );
  say(copied ? "Link copied" : "The link is in the address bar");
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
}

/** Keeps a choice for the next visit. @param {string} name @param {string} value */
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden or full; the choice then lasts as long as the page.
  }
}

/** What was typed when the page was left, or null. */
function keptSource() {
  try {
    return localStorage.getItem("source");
  } catch {
    return null;
  }
}

byId("run").addEventListener("click", () => void run());
byId("stop").addEventListener("click", () => void stop());
byId("share").addEventListener("click", () => void share());
byId("theme").addEventListener("click", switchTheme);
live.addEventListener("change", sourceChanged);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) void run();
});
listen("light", ({ source, line }) => source === "editor" || editor.light(line ?? null));
listen("line", editor.show);
listen("source", editor.replace);

const wanted = (await client.linkedSource()) ?? keptSource();
if (wanted !== null && wanted.trim() !== "") editor.replace(wanted);
await Promise.all([watchHealth(), fillExamples()]);
clearTimeout(typing);
if (live.checked) void runLive();
