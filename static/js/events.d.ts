// Generated from app/events by `python -m app.events.typescript`; don't edit.

/** A number; JSON has no word for these three. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";
/** Tensor elements, nested as the shape says; complex numbers as text. */
export type Nested = Float | boolean | string | Nested[];

/** What a tensor holds. */
export interface TensorValue {
  shape: (number)[];
  dtype: string;
  data: Nested | null;
  min: Float | null;
  max: Float | null;
  mean: Float | null;
  std: Float | null;
  norm: Float | null;
  nonfinite: number | null;
}

/** One tensor or number a node keeps for backward. `value` is None when large, unreadable or `freed`. */
export interface Saved {
  name: string;
  value: TensorValue | Float | string | null;
  freed: boolean;
}

/** One grad_fn. */
export interface Node {
  id: number;
  name: string;
  kind: "function" | "accumulate_grad" | "custom" | "undefined";
  variable: string | null;
  shape: (number)[] | null;
  dtype: string | null;
  line: number | null;
  column: number | null;
  end_line: number | null;
  end_column: number | null;
  function: string | null;
  module: string | null;
  formula: string | null;
  saved: (Saved)[];
  sequence_nr: number | null;
  value: TensorValue | null;
  group: string | null;
}

/** `tail` -> `head` as next_functions runs, from the loss to the leaves. */
export interface Edge {
  tail: number;
  head: number;
  output_nr: number;
  input_nr: number;
}

/** A box that may be folded: `parent` is None at the top; `nodes` counts all nodes inside, at any depth. */
export interface Group {
  id: string;
  parent: string | null;
  kind: "module" | "function" | "line" | "repeat";
  label: string;
  nodes: number;
  repeats: number;
  inputs: number;
  outputs: number;
  input_shapes: ((number)[])[];
  output_shapes: ((number)[])[];
  parameters: number;
  elements: number;
  first_line: number | null;
  last_line: number | null;
}

/** One node's execution: the gradients that went in and came out, None where autograd passed none. */
export interface Step {
  node: number;
  grad_outputs: (TensorValue | null)[];
  grad_inputs: (TensorValue | null)[];
  arrived: (TensorValue | null)[] | null;
}

/** What one backward did to a leaf's `.grad`: `old` + `added` = `new`. */
export interface GradChange {
  old: TensorValue | null;
  added: TensorValue | null;
  new: TensorValue | null;
}

/** A recorded gradient of one leaf beside finite differences of the same computation, done again in float64. */
export interface Check {
  leaf: string;
  node: number | null;
  places: (number)[];
  recorded: (Float)[];
  measured: (Float)[];
  error: Float | null;
  tolerance: Float | null;
  agrees: boolean | null;
  detail: string;
}

/** The first event of every run; written by the server. `started_at` is ISO 8601, UTC. */
export interface Started {
  type: "started";
  run_id: string;
  preset: string;
  python: string;
  torch: string;
  started_at: string;
  seed: number | null;
}

/** Text the program printed, coalesced into pieces of at most 50 ms or 64 KiB. */
export interface Stdout {
  type: "stdout";
  text: string;
}

/** Text the program wrote to standard error: warnings, tqdm's bars. */
export interface Stderr {
  type: "stderr";
  text: string;
}

/** The computation graph as autograd holds it, read before a backward or at the end. */
export interface Graph {
  type: "graph";
  index: number;
  reason: "backward" | "grad" | "final";
  line: number | null;
  roots: (number)[];
  nodes: (Node)[];
  edges: (Edge)[];
  groups: (Group)[];
  opened: (string)[];
  total_nodes: number;
  truncated: boolean;
  recorded: number;
  missing: string;
}

/** One call of backward() or autograd.grad(); `number` counts from 1, `graph` is the index of its graph event. */
export interface Backward {
  type: "backward";
  graph: number | null;
  number: number;
  line: number | null;
  retain_graph: boolean;
  create_graph: boolean;
  recorded: boolean;
  values: "elements" | "norms" | null;
  steps: (Step)[];
  freed: (number)[];
  grads: { [name: string]: GradChange };
  returned: { [name: string]: TensorValue | null };
  raised: boolean;
  failed: number | null;
  check: Check | null;
}

/** One variable's report; a later one replaces the earlier of that name. */
export interface Tensor {
  type: "tensor";
  name: string;
  aliases: (string)[];
  kind: "tensor" | "parameter" | "buffer";
  shape: (number)[];
  dtype: string;
  device: string;
  requires_grad: boolean;
  is_leaf: boolean;
  grad_fn: string | null;
  node: number | null;
  retains_grad: boolean;
  line: number | null;
  value: TensorValue | null;
  grad: TensorValue | null;
  grad_reason: "no_backward_yet" | "not_a_leaf" | "requires_grad_false" | "unreachable" | "present";
  explanation: string;
}

/** A frame of points of one series; a series is (tag, origin). The three lists are of one length. */
export interface Scalars {
  type: "scalars";
  tag: string;
  origin: "log" | "backward" | "optimizer" | "assigned" | "stdout";
  step: (number)[];
  value: (Float)[];
  wall_ms: (Float)[];
  total: number | null;
}

/** A picture the program showed, base64; it is displayed as an image, never as markup. */
export interface Figure {
  type: "figure";
  index: number;
  mime: "image/svg+xml" | "image/png";
  data: string;
}

/** What ended the program, in torch's or Python's own words. */
export interface ExceptionRaised {
  type: "exception";
  kind: string;
  message: string;
  line: number | null;
  column: number | null;
  traceback: string;
  mistake: string | null;
  explanation: string | null;
  fix: string | null;
}

/** A mistake, or with severity `note` correct but surprising behaviour, recognised from the run's facts. */
export interface Mistake {
  type: "mistake";
  id: string;
  severity: "error" | "warning" | "note";
  line: number | null;
  column: number | null;
  variable: string | null;
  node: number | null;
  explanation: string;
  fix: string;
  fixed_source: string | null;
  message: string | null;
}

/** The last event of every run; written by the server. */
export interface Finished {
  type: "finished";
  outcome: "ok" | "exception" | "timeout" | "out_of_memory" | "output_limit" | "stopped" | "crashed" | "interrupted";
  detail: string;
  events: number;
  dropped: number;
  wall_ms: Float;
  cpu_ms: Float | null;
  peak_memory_bytes: number | null;
}

export type Event =
  | Started
  | Stdout
  | Stderr
  | Graph
  | Backward
  | Tensor
  | Scalars
  | Figure
  | ExceptionRaised
  | Mistake
  | Finished;

/** One function per event type: what a panel's `mount` returns. */
export type Handlers = { [T in Event["type"]]?: (event: Extract<Event, { type: T }>) => void };
