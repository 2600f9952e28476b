// The server's URLs, which this module and graphs.js alone know: its API and the runs' streams of events.

/** @import { Backward, Event, ExceptionRaised, Figure, Finished, Graph } from "./events.js" */
/** @import { Float, Mistake, Scalars, Tensor } from "./events.js" */

import { language, t } from "./words.js";

/**
 * @typedef {{ state: "starting" | "ready" | "refusing", tier: string | null, detail: string, unsafe: boolean }} Health
 * @typedef {{ running: Record<string, number>, waiting: Record<string, number>, slots: number, bound: number }} Queue
 * @typedef {{ health: Health & { layers: Record<string, boolean>, python: string | null, torch: string | null,
 *   version: string, queue: Queue }, outcomes: Record<string, number>, streams: number,
 *   clients: { client: string, running: number, waiting: number, streams: number }[],
 *   limits: Record<string, Record<string, number>>, bounds: Record<string, number> }} Operator
 * @typedef {{ slug: string, title: string, source: string }} Example
 * @typedef {{ tag: string, origin: string, count: number, total: number | null, last_step: number, last_value: Float,
 *   min_value: Float | null, min_step: number | null, steps_per_s: number | null, eta_s: number | null }} SeriesRecord
 * @typedef {{ id: string, title: string | null, group: string | null, outcome: string | null, detail: string | null,
 *   state: "queued" | "running" | "finished", queue_position: number | null, created_at: string,
 *   started_at: string | null, finished_at: string | null, wall_ms: number | null, source?: string,
 *   series: SeriesRecord[], sparkline: Float[], best: { tag: string, origin: string } | null }} Run
 * @typedef {{ title?: string, group?: string, steps_per_s?: number }} Wishes
 * @typedef {{ id: string, outcome: Finished["outcome"], detail: string, stdout: string, stderr: string,
 *   exception: ExceptionRaised | null, tensors: Tensor[], graphs: Graph[], backwards: Backward[], scalars: Scalars[],
 *   figures: Figure[], mistakes: Mistake[], wall_ms: number }} Result
 * @typedef {{ input: string, input_nr: number, variable: string | null, formula: string, numbers: string | null,
 *   result: string | null, table: string | null, note: string | null }} Line how one of a node's grad_inputs comes about
 * @typedef {{ node: number, name: string, lines: Line[] }} Arithmetic
 */

const EVENT_TYPES = /** @type {const} */ ([
  "started",
  "stdout",
  "stderr",
  "graph",
  "backward",
  "tensor",
  "scalars",
  "figure",
  "exception",
  "mistake",
  "finished",
]);

const RETRY_MS = 1_000;
const MOST_IN_VAIN = 60;

/** The server said no: `message` says what happened and what to do. */
export class Problem extends Error {
  /** @param {number} status @param {string} message @param {number} [retryAfter_s] */
  constructor(status, message, retryAfter_s = 0) {
    super(message);
    this.status = status;
    this.retryAfter_s = retryAfter_s;
  }
}

/**
 * The answer's JSON. Throws a Problem where the server refuses or can't be reached.
 * @param {string} url @param {RequestInit} [init] @returns {Promise<any>}
 */
export async function ask(url, init) {
  const answer = await reach(url, init);
  return answer.json();
}

/** @param {string} url @param {RequestInit} [init] @returns {Promise<Response>} */
export async function reach(url, init) {
  const answer = await fetch(url, init).catch((/** @type {Error} */ error) => {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, t("The Gradwalk server can't be reached. Is it still running in its terminal?"));
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Problem(
    answer.status,
    [problem.title, problem.detail].filter(Boolean).join(" ") ||
      t("The server answered {status}.", { status: answer.status }),
    Number(answer.headers.get("retry-after") ?? 0),
  );
}

/** @param {unknown} body @param {AbortSignal} [signal] @returns {RequestInit} */
const post = (body, signal) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
  signal,
});

/** How the server is. @returns {Promise<Health>} */
export const health = () => ask("/healthz");

/** What an operator sees. @returns {Promise<Operator>} */
export const operator = () => ask("/api/operator");

/** The sources offered in the editor. @returns {Promise<Example[]>} */
export const examples = () => ask("/api/examples");

/** @param {string} id */
export const runUrl = (id) => `/api/runs/${encodeURIComponent(id)}`;

/** One run. @param {string} id @returns {Promise<Run>} */
export const record = (id) => ask(runUrl(id));

/**
 * Listed runs, newest first: those after the run `before`, those of a group.
 * @param {{ limit?: number, before?: string, group?: string }} [which] @returns {Promise<Run[]>}
 */
export const runs = ({ limit = 20, ...which } = {}) =>
  ask(`/api/runs?${new URLSearchParams({ limit: String(limit), ...which })}`);

/** Gives a run another title. @param {string} id @param {string} title @returns {Promise<Run>} */
export const rename = (id, title) => ask(runUrl(id), { ...post({ title }), method: "PATCH" });

/** Forgets a run and all it told. @param {string} id */
export const forget = (id) => reach(runUrl(id), { method: "DELETE" });

/**
 * One series of a run, thinned out to so many points; `from` and `to` are steps.
 * @param {string} id @param {string} tag @param {string} origin
 * @param {{ points: number, from?: number, to?: number }} range
 * @returns {Promise<{ step: number[], value: Float[], total: number }>}
 */
export function scalars(id, tag, origin, range) {
  const numbers = Object.entries(range).map(([name, value]) => [name, String(value)]);
  return ask(`${runUrl(id)}/scalars?${new URLSearchParams([["tag", tag], ["origin", origin], ...numbers])}`);
}

/**
 * Runs `source` with the limits of an expression and gives the events the same run would stream.
 * @param {string} source @param {AbortSignal} signal @returns {Promise<Event[]>}
 */
export async function express(source, signal) {
  const result = /** @type {Result} */ (await ask("/api/expressions", post({ source, language: language() }, signal)));
  return replay(result);
}

/**
 * A whole result as events, in the order a stream would bring them.
 * @param {Result} result @returns {Event[]}
 */
export function replay(result) {
  /** @type {Event[]} */
  const told = [
    ...result.graphs,
    ...result.backwards,
    ...result.scalars,
    ...result.figures,
    ...result.tensors,
    ...result.mistakes,
  ];
  return [
    { type: "started", run_id: result.id, preset: "expression", python: "", torch: "", started_at: "", seed: null },
    ...(result.stdout ? [/** @type {const} */ ({ type: "stdout", text: result.stdout })] : []),
    ...(result.stderr ? [/** @type {const} */ ({ type: "stderr", text: result.stderr })] : []),
    ...told,
    ...(result.exception ? [result.exception] : []),
    {
      type: "finished",
      outcome: result.outcome,
      detail: result.detail,
      events: told.length,
      dropped: 0,
      wall_ms: result.wall_ms,
      cpu_ms: null,
      peak_memory_bytes: null,
    },
  ];
}

/**
 * Starts a run with the limits of a training loop.
 * @param {string} source @param {Wishes} [wishes] @returns {Promise<Run>}
 */
export const start = (source, wishes = {}) =>
  ask("/api/runs", post({ source, preset: "training", language: language(), ...wishes }));

/** @param {string} id @param {number} number */
const backwardUrl = (id, number) => `${runUrl(id)}/backwards/${number}`;

/**
 * Runs a run's program again with its seed, up to one backward, and records that in full; with `check`, a leaf's name,
 * its gradient is compared with finite differences.
 * @param {string} id @param {number} number @param {string} [check] @returns {Promise<Result>}
 */
export const recordAgain = (id, number, check) =>
  ask(backwardUrl(id, number), post({ language: language(), ...(check !== undefined && { check }) }));

/**
 * A node's formulas with the numbers of one backward put in.
 * @param {string} id @param {number} number @param {number} node @returns {Promise<Arithmetic>}
 */
export const arithmetic = (id, number, node) =>
  ask(`${backwardUrl(id, number)}/arithmetic?${new URLSearchParams({ node: String(node), language: language() })}`);

/** Asks a run to stop. @param {string} id */
export const stop = (id) => reach(`${runUrl(id)}/stop`, post({}));

/**
 * Brings a run's events, live or replayed, until `finished`; resolves then. Where the server goes away it waits for it
 * and goes on after the last event it had. Without `scalars` the points are left out.
 * @param {string} id @param {(event: Event) => void} receive
 * @param {{ signal?: AbortSignal, scalars?: boolean, lost?: (isLost: boolean) => void }} [options] @returns {Promise<void>}
 */
export function follow(id, receive, { signal, scalars: points = true, lost = () => {} } = {}) {
  const types = EVENT_TYPES.filter((type) => points || type !== "scalars");
  return new Promise((resolve, reject) => {
    let [after, vain] = ["", 0];
    const open = () => {
      const query = String(new URLSearchParams({ ...(after && { after }), ...(!points && { skip: "scalars" }) }));
      const stream = new EventSource(`${runUrl(id)}/events${query && `?${query}`}`);
      signal?.addEventListener("abort", () => (stream.close(), resolve()));
      stream.addEventListener("open", () => lost(false));
      for (const type of types) {
        stream.addEventListener(type, (message) => {
          if (signal?.aborted) return;
          [after, vain] = [message.lastEventId, 0];
          receive(JSON.parse(message.data));
          if (type !== "finished") return;
          stream.close();
          resolve();
        });
      }
      stream.addEventListener("error", () => {
        if (signal?.aborted) return;
        lost(true);
        if (stream.readyState === EventSource.CLOSED) setTimeout(resume, RETRY_MS);
      });
    };
    const resume = () => {
      if (signal?.aborted) return;
      if (++vain > MOST_IN_VAIN)
        return reject(new Problem(0, t("The run's events stopped coming. Load the page again to see how it ended.")));
      record(id).then(open, (error) => (error.status === 404 ? reject(error) : setTimeout(resume, RETRY_MS)));
    };
    open();
  });
}
