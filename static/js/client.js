// The only module that knows URLs: the server's API, the run's stream of events, and the permalink.

/** @import { Backward, Event, ExceptionRaised, Figure, Finished, Graph } from "./events.js" */
/** @import { Mistake, Scalars, Tensor } from "./events.js" */

/**
 * @typedef {{ state: "starting" | "ready" | "refusing", tier: string | null, detail: string, unsafe: boolean }} Health
 * @typedef {{ slug: string, title: string, source: string }} Example
 * @typedef {{ id: string, title: string | null, outcome: string | null, source?: string }} Run
 * @typedef {{ direction: "TB" | "LR", fold: boolean, expand: string[] }} PictureOptions
 * @typedef {{ id: string, outcome: Finished["outcome"], detail: string, stdout: string, stderr: string,
 *   exception: ExceptionRaised | null, tensors: Tensor[], graphs: Graph[], backwards: Backward[], scalars: Scalars[],
 *   figures: Figure[], mistakes: Mistake[], wall_ms: number }} Result
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

/** The server said no: `message` says what happened and what to do. */
export class Problem extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * The answer's JSON. Throws a Problem where the server refuses or can't be reached.
 * @param {string} url @param {RequestInit} [init] @returns {Promise<any>}
 */
async function ask(url, init) {
  const answer = await reach(url, init);
  return answer.json();
}

/** @param {string} url @param {RequestInit} [init] @returns {Promise<Response>} */
async function reach(url, init) {
  const answer = await fetch(url, init).catch((/** @type {Error} */ error) => {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The Gradwalk server can't be reached. Is it still running in its terminal?");
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Problem(
    answer.status,
    [problem.title, problem.detail].filter(Boolean).join(" ") || `The server answered ${answer.status}.`,
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

/** The sources offered in the editor. @returns {Promise<Example[]>} */
export const examples = () => ask("/api/examples");

/** One run. @param {string} id @returns {Promise<Run>} */
export const record = (id) => ask(`/api/runs/${encodeURIComponent(id)}`);

/** The newest listed runs. @returns {Promise<Run[]>} */
export const runs = () => ask("/api/runs?limit=20");

/**
 * Runs `source` with the limits of an expression and gives the events the same run would stream.
 * @param {string} source @param {AbortSignal} signal @returns {Promise<Event[]>}
 */
export async function express(source, signal) {
  const result = /** @type {Result} */ (await ask("/api/expressions", post({ source }, signal)));
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
    { type: "started", run_id: result.id, preset: "expression", python: "", torch: "", started_at: "" },
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
 * @param {string} source @returns {Promise<Run>}
 */
export const start = (source) => ask("/api/runs", post({ source, preset: "training" }));

/** Asks a run to stop. @param {string} id */
export const stop = (id) => reach(`/api/runs/${encodeURIComponent(id)}/stop`, post({}));

/**
 * Brings a run's events, live or replayed, until `finished`; resolves then. EventSource resumes by itself.
 * @param {string} id @param {(event: Event) => void} receive @returns {Promise<void>}
 */
export function follow(id, receive) {
  return new Promise((resolve, reject) => {
    const stream = new EventSource(`/api/runs/${encodeURIComponent(id)}/events`);
    for (const type of EVENT_TYPES) {
      stream.addEventListener(type, (message) => {
        receive(JSON.parse(message.data));
        if (type !== "finished") return;
        stream.close();
        resolve();
      });
    }
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED)
        reject(new Problem(0, "The run's events stopped coming: the server closed the stream. Run the code again."));
    });
  });
}

/**
 * The address of a graph's picture; the format is a suffix, JSON has none.
 * @param {string} id @param {number} index @param {string} format @param {PictureOptions} options
 */
export function pictureUrl(id, index, format, options) {
  const query = new URLSearchParams({ direction: options.direction });
  if (!options.fold) query.set("fold", "false");
  if (options.expand.length > 0) query.set("expand", options.expand.join(","));
  const suffix = format === "json" ? "" : `.${format}`;
  return `/api/runs/${encodeURIComponent(id)}/graphs/${index}${suffix}${format === "json" ? "" : `?${query}`}`;
}

/**
 * The SVG of a graph, drawn with the page's own styles.
 * @param {string} id @param {number} index @param {PictureOptions} options @param {AbortSignal} signal
 * @returns {Promise<string>}
 */
export async function picture(id, index, options, signal) {
  const answer = await reach(`${pictureUrl(id, index, "svg", options)}&standalone=false`, { signal });
  return answer.text();
}

/** @param {BodyInit} body @param {CompressionStream | DecompressionStream} transform */
const through = (body, transform) => {
  const stream = /** @type {ReadableStream} */ (new Response(body).body);
  return new Response(stream.pipeThrough(transform));
};

/**
 * A link to this page that holds `source` in its fragment, which browsers never send to a server.
 * @param {string} source
 */
export async function permalink(source) {
  const packed = new Uint8Array(await through(source, new CompressionStream("deflate-raw")).arrayBuffer());
  const text = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const safe = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${location.origin}${location.pathname}#code=${safe}`;
}

/** The source the page's own link holds, or null. @returns {Promise<string | null>} */
export async function linkedSource() {
  const text = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!text) return null;
  try {
    const packed = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
    return await through(packed, new DecompressionStream("deflate-raw")).text();
  } catch {
    return null;
  }
}
