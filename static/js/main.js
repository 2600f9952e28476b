// Wires the page: editor -> client -> panels. What a run tells goes to every panel's handlers by its type.

import "./language.js";
import { byId, keep, kept, say, sayBriefly } from "./bar.js";
import { createCamera } from "./camera.js";
import * as client from "./client.js";
import { showDiff } from "./diff.js";
import { areRelated } from "./differences.js";
import { listen } from "./dom.js";
import { createEditor } from "./editor.js";
import * as graphs from "./graphs.js";
import { watchHealth } from "./health.js";
import { findKnobs } from "./knobs.js";
import { handlers } from "./marks.js";
import { mount as mountConsole } from "./panels/console.js";
import { mount as mountCurve } from "./panels/curve.js";
import { mount as mountGraph } from "./panels/graph.js";
import { mount as mountInspector } from "./panels/inspector.js";
import { mount as mountKnobs } from "./panels/knobs.js";
import { mount as mountLesson } from "./panels/lesson.js";
import { mount as mountReplay } from "./panels/replay.js";
import { mount as mountTensors } from "./panels/tensors.js";
import { linkedSource, permalink } from "./permalink.js";
import { plotly } from "./plotly.js";
import { createRuns, pace } from "./run.js";
import { startAll } from "./sweep.js";
import { walk } from "./walk.js";
import { t } from "./words.js";

/** @import { Event, Handlers } from "./events.js" */

const BUNDLE = /** @type {string} */ ("../dist/bundle.js");
const FIVE = /^1[4-8]_/;
const DO_THEY_AGREE = "19_do_the_five_agree";

// A run's page will draw a curve: its library comes while everything else does.
if (addressed()) void plotly().catch(() => {});
const live = /** @type {HTMLInputElement} */ (byId("live"));
/** @type {typeof import("../bundle.mjs") | null} */
const vendor = document.body.dataset.bundled === "yes" ? await import(BUNDLE).catch(() => null) : null;
document.body.dataset.bundled = vendor ? "yes" : "no";
const editor = createEditor(
  /** @type {HTMLTextAreaElement} */ (byId("source")),
  vendor,
  () => {
    runs.changed();
    knobs.refresh();
    compareWithExample();
  },
  () => void runs.run(),
);
const knobs = mountKnobs(byId("knobs"), {
  find: () => findKnobs(editor.source(), vendor),
  change: editor.change,
  run: () => void runs.run(),
  sweep,
});
const curve = mountCurve(byId("curve"), { plotly, scalars: client.scalars });

/** @type {Handlers[]} */
const panels = [
  handlers(editor),
  mountConsole(byId("console"), {
    source: editor.source,
    diff: (root, left, right) => showDiff(root, left, right, vendor),
  }),
  mountGraph(byId("graph"), {
    picture: graphs.picture,
    pictureUrl: graphs.pictureUrl,
    search: graphs.search,
    camera: (sheet) => createCamera(sheet, vendor),
    walk,
  }),
  mountReplay(byId("replay"), {
    drawing: () => document.querySelector("#graph .sheet svg"),
    again: client.recordAgain,
  }),
  mountInspector(byId("inspector"), {
    inside: async (run, index, group) => (await graphs.inside(run, index, group)).nodes,
    arithmetic: client.arithmetic,
    check: async (run, number, leaf) => (await client.recordAgain(run, number, leaf)).backwards[0]?.check ?? null,
  }),
  mountTensors(byId("tensors")),
];

/** What the run on view raised, for the status line at its end. */
let raised = "";

/** @param {Event} event @param {boolean} [withCurve] */
function tell(event, withCurve = true) {
  for (const panel of withCurve ? [...panels, curve] : panels)
    /** @type {((event: Event) => void) | undefined} */ (panel[event.type])?.(event);
  if (event.type === "started") document.body.dataset.run = event.run_id;
  if (event.type === "started") raised = "";
  if (event.type === "started" && event.preset === "training") knobs.ran();
  if (event.type === "exception")
    raised = `${event.kind}${event.line === null ? "" : ` ${t("on line {line}", { line: event.line })}`}`;
  if (event.type === "finished" && event.outcome === "stopped") say(t("Stopped"), "good");
  else if (event.type === "finished")
    say(event.outcome === "ok" ? t("Done") : raised || event.detail, event.outcome === "ok" ? "good" : "bad");
}

const runs = createRuns({
  source: editor.source,
  replace: editor.replace,
  tell,
  curve,
  findKnobs: (source) => findKnobs(source, vendor),
});

/** @type {client.Example | null} the example that was put into the editor */
let loaded = null;

/** The list names an example as long as the code is it; the question of the five stays with their offspring. */
function compareWithExample() {
  if (!loaded) return;
  if (editor.source() !== loaded.source) /** @type {HTMLSelectElement} */ (byId("examples")).value = "";
  if (!areRelated(editor.source(), loaded.source)) byId("agree").hidden = true;
}

async function fillExamples() {
  const list = /** @type {HTMLSelectElement} */ (byId("examples"));
  const examples = await client.examples().catch(() => /** @type {client.Example[]} */ ([]));
  const load = (/** @type {client.Example} */ example) => {
    loaded = { ...example, source: example.source.replace(/^# title: .*\n+/, "") };
    runs.load({ ...loaded, id: loaded.slug });
    list.value = String(examples.indexOf(example));
  };
  list.append(...examples.map(({ title }, place) => new Option(title, String(place))));
  list.addEventListener("change", () => {
    const chosen = list.value === "" ? undefined : examples[Number(list.value)];
    const agreement = examples.some(({ slug }) => slug === DO_THEY_AGREE);
    byId("agree").hidden = !(agreement && chosen && FIVE.test(chosen.slug));
    if (chosen) load(chosen);
    if (!live.checked) void runs.run();
  });
  byId("agree").addEventListener("click", () => {
    const program = examples.find(({ slug }) => slug === DO_THEY_AGREE);
    if (!program) return;
    load(program);
    curve.scale({ logY: true });
    void runs.run();
  });
}

/**
 * A run for each value of a knob, in a group of their own; then the group, with all on one chart.
 * @param {import("./knobs.js").Knob} knob @param {string[]} values @param {(words: string) => void} tell
 */
async function sweep({ name, from, to }, values, tell) {
  const source = editor.source();
  // Sweden writes a date as the list sorts it; the time is the reader's own.
  const group = `${name}, ${new Date().toLocaleString("sv")}`;
  const programs = values
    .map((value) => `${source.slice(0, from)}${value}${source.slice(to)}`)
    .map((source) => ({ title: runs.titleOf(source, name), source }));
  await startAll(programs, ({ title, source }) => client.start(source, { title, group, ...pace() }), tell);
  location.assign(`/runs?${new URLSearchParams({ group })}`);
}

async function share() {
  const link = await permalink(editor.source());
  history.replaceState(null, "", link);
  const copied = await navigator.clipboard?.writeText(link).then(
    () => true,
    () => false,
  );
  sayBriefly(copied ? t("Link copied") : t("The link is in the address bar"));
}

/** The run the address names, or null. */
function addressed() {
  const id = location.pathname.match(/^\/runs\/([^/]+)$/)?.[1];
  return id ? decodeURIComponent(id) : null;
}

function openAddressed() {
  const id = addressed();
  if (id) void runs.open(id);
  else if (live.checked) void runs.runLive();
}

byId("run").addEventListener("click", () => void runs.run());
byId("stop").addEventListener("click", () => void runs.stop());
byId("share").addEventListener("click", () => void share());
live.addEventListener("change", () => runs.changed());
addEventListener("popstate", openAddressed);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) void runs.run();
});
listen("light", ({ source, line }) => source === "editor" || editor.light(line ?? null));
listen("line", editor.show);
listen("source", editor.replace);

const lesson = document.getElementById("lesson");
if (lesson) panels.push(mountLesson(lesson, { run: runs.try, keep, kept }));
const draft = addressed() || lesson ? null : ((await linkedSource()) ?? kept("source"));
if (draft !== null && draft.trim() !== "") runs.show(draft);
knobs.refresh();
const examples = fillExamples();
if (addressed()) openAddressed();
const [state] = await Promise.all([watchHealth(({ id }) => void runs.open(id)), examples]);
if (state === "refusing") live.checked = false;
else if (!runs.begun() && live.checked) void runs.runLive();
