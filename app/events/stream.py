"""What a run tells: every event of the stream, field by field; with `graph` this file is the format's reference.

Knows nothing of torch, HTTP or drawing. An event's `type` is one word everywhere: JSON, SSE `event:`, handler key.
Bounds stand beside the types, and `wire.decode` enforces them. Source: the project's API contract, section "Events".
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from .graph import AtMost, Backward, Graph, Name, Sentence, Shape, TensorValue, Text
from .run import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The first event of every run; written by the server. `started_at` is ISO 8601, UTC.

    `seed` is what random numbers began from: the same source with the same seed draws the same.
    """

    type: ClassVar[str] = "started"
    run_id: Name
    preset: Name
    python: Name
    torch: Name
    started_at: Name
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stdout:
    """Text the program printed, coalesced into pieces of at most 50 ms or 64 KiB."""

    type: ClassVar[str] = "stdout"
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stderr:
    """Text the program wrote to standard error: warnings, tqdm's bars."""

    type: ClassVar[str] = "stderr"
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One variable's report; a later one replaces the earlier of that name.

    `name` is how the learner's code reaches it (`x`, `model.0.weight`, `layers[2]`, `main.w`); `aliases` are other
    names of the same tensor; `node` is its grad_fn's id in the newest graph; `line` where the name was last assigned;
    `grad_reason` says in one word, and `explanation` in a sentence, why `grad` is what it is.
    """

    type: ClassVar[str] = "tensor"
    name: Name
    aliases: Annotated[tuple[Name, ...], AtMost(100)] = ()
    kind: Literal["tensor", "parameter", "buffer"]
    shape: Shape
    dtype: Name
    device: Name
    requires_grad: bool
    is_leaf: bool
    grad_fn: Name | None
    node: int | None
    retains_grad: bool
    line: int | None
    value: TensorValue | None
    grad: TensorValue | None
    grad_reason: Literal["no_backward_yet", "not_a_leaf", "requires_grad_false", "unreachable", "present"]
    explanation: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalars:
    """A frame of points of one series; a series is (tag, origin). The three lists are of one length.

    `wall_ms` counts from the program's start; `total` is how many points the loop around them will give in all, where
    its length is known.
    """

    type: ClassVar[str] = "scalars"
    tag: Name
    origin: Literal["log", "backward", "optimizer", "assigned", "stdout"]
    step: Annotated[tuple[int, ...], AtMost(10_000)]
    value: Annotated[tuple[float, ...], AtMost(10_000)]
    wall_ms: Annotated[tuple[float, ...], AtMost(10_000)]
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture the program showed, base64; it is displayed as an image, never as markup."""

    type: ClassVar[str] = "figure"
    index: int
    mime: Literal["image/svg+xml", "image/png"]
    data: Annotated[str, AtMost(3_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRaised:
    """What ended the program, in torch's or Python's own words.

    `line` is the innermost line of the learner's own source, `column` counts from 0; `traceback` holds the learner's
    frames only; `explanation` and `fix` are ours, None where we have no evidence for one.
    """

    type: ClassVar[str] = "exception"
    kind: Name
    message: Text
    line: int | None
    column: int | None
    traceback: Text
    mistake: Name | None = None
    explanation: Sentence | None = None
    fix: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake, or with severity `note` correct but surprising behaviour, recognised from the run's facts.

    `message` is torch's own words, where it said any (an exception's or a warning's).
    """

    type: ClassVar[str] = "mistake"
    id: Name
    severity: Literal["error", "warning", "note"]
    line: int | None
    column: int | None
    variable: Name | None
    node: int | None
    explanation: Sentence
    fix: Sentence
    fixed_source: Text | None = None
    message: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last event of every run; written by the server.

    `events` counts those before it, `dropped` those that came past the run's cap.
    """

    type: ClassVar[str] = "finished"
    outcome: Outcome
    detail: Sentence
    events: int
    dropped: int
    wall_ms: float
    cpu_ms: float | None
    peak_memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All of a graph that its event has no room for: it stays with the run and is read where a group is opened.

    Never in the stream. `graph` is the index of its graph event; `data` is what `columns.pack` made of it.
    """

    type: ClassVar[str] = "record"
    graph: int
    data: Annotated[str, AtMost(4_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The child's last word to the server, never shown as it is: it can be forged, so it only tells what to display."""

    type: ClassVar[str] = "ended"
    outcome: Outcome
    detail: Sentence
    cpu_ms: float
    peak_memory_bytes: int


Event = Started | Stdout | Stderr | Graph | Backward | Tensor | Scalars | Figure | ExceptionRaised | Mistake | Finished
"""What the stream carries."""
ChildEvent = Graph | Record | Backward | Tensor | Scalars | Figure | ExceptionRaised | Mistake | Ended
"""What the server accepts from a child's pipe; it writes the others itself."""
