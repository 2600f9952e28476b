"""What a graph event is made of: tensor values, nodes, edges, groups and the backwards that ran over them.

Knows nothing of torch, HTTP or drawing. Bounds stand beside the types, and `wire.decode` enforces them.
Source: the project's API contract, section "Events".
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal


@dataclass(frozen=True, slots=True)
class AtMost:
    """The largest size of an annotated text (characters), list or table (entries)."""

    size: int


MAX_NODES = 2_000
"""Nodes a graph event carries; the walk itself has no such bound."""
MAX_VALUES = 256
"""Elements up to which a tensor's values travel one by one."""

Name = Annotated[str, AtMost(1_000)]
Sentence = Annotated[str, AtMost(4_000)]
Text = Annotated[str, AtMost(300_000)]
Shape = Annotated[tuple[int, ...], AtMost(64)]
Nested = Annotated[Any, AtMost(MAX_VALUES)]
"""Numbers, booleans, or complex numbers as text, in tuples nested as the shape says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorValue:
    """What a tensor holds.

    Shapes: `data` is nested as `shape` says, where there are at most 256 elements, else None.
    The statistics are torch's own over all elements, and None where they have no meaning (no elements, complex or
    quantized numbers) or there are more elements than can be read in time; `nonfinite` counts NaN and infinities.
    """

    shape: Shape
    dtype: Name
    data: Nested | None = None
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    std: float | None = None
    norm: float | None = None
    nonfinite: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One tensor or number a node keeps for backward. `value` is None when large, unreadable or `freed`."""

    name: Name
    value: TensorValue | float | str | None = None
    freed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One grad_fn.

    `id` is the visit order from 0; `name` is `type(grad_fn).__name__`; `variable` the name in the learner's
    code of what it made (or of the leaf it accumulates into); `line` to `end_column` the expression that made it
    (columns from 0); `value` what the named variable held when the graph was read; `sequence_nr` autograd's own
    number, None where it has none.
    """

    id: int
    name: Name
    kind: Literal["function", "accumulate_grad", "custom", "undefined"]
    variable: Name | None = None
    shape: Shape | None = None
    dtype: Name | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    function: Name | None = None
    module: Name | None = None
    formula: Sentence | None = None
    saved: Annotated[tuple[Saved, ...], AtMost(64)] = ()
    sequence_nr: int | None = None
    value: TensorValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`tail` -> `head` as next_functions runs, from the loss to the leaves; `output_nr` picks the head's output."""

    tail: int
    head: int
    output_nr: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A box that may be folded: `parent` is None at the top; `nodes` counts the nodes inside."""

    id: Name
    parent: Name | None
    kind: Literal["module", "function", "line", "repeat"]
    label: Name
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The computation graph as autograd holds it, read before a backward or at the end.

    `index` counts the run's graph events from 0; `roots` are node ids; `total_nodes` counts all nodes walked, and
    `truncated` says that `nodes` holds only the first of them.
    """

    type: ClassVar[str] = "graph"
    index: int
    reason: Literal["backward", "grad", "final"]
    line: int | None
    roots: Annotated[tuple[int, ...], AtMost(MAX_NODES)]
    nodes: Annotated[tuple[Node, ...], AtMost(MAX_NODES)]
    edges: Annotated[tuple[Edge, ...], AtMost(40_000)]
    groups: Annotated[tuple[Group, ...], AtMost(MAX_NODES)] = ()
    total_nodes: int
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One node's execution: the gradients that went in and came out, None where autograd passed none."""

    node: int
    grad_outputs: Annotated[tuple[TensorValue | None, ...], AtMost(1_000)]
    grad_inputs: Annotated[tuple[TensorValue | None, ...], AtMost(1_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradChange:
    """What one backward did to a leaf's `.grad`: `old` + `added` = `new`."""

    old: TensorValue | None
    added: TensorValue | None
    new: TensorValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """One call of backward() or autograd.grad(); `number` counts from 1, `graph` is the index of its graph event.

    `freed` lists the nodes whose saved tensors are gone now; `steps` is empty where `recorded` is False.
    """

    type: ClassVar[str] = "backward"
    graph: int | None
    number: int
    line: int | None
    retain_graph: bool
    create_graph: bool
    recorded: bool = False
    steps: Annotated[tuple[Step, ...], AtMost(MAX_NODES)] = ()
    freed: Annotated[tuple[int, ...], AtMost(MAX_NODES)] = ()
    grads: Annotated[dict[Name, GradChange], AtMost(1_000)] = field(default_factory=dict)
