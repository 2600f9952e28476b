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
MAX_RECORDED = 200_000
"""Nodes of one graph that stay with the run, to be opened later; of a larger one each group keeps a representative."""
MAX_VALUES = 256
"""Elements up to which a tensor's values travel one by one."""

VIEWS = frozenset(
    f"{name}Backward0"
    for name in (
        "T",
        "View",
        "UnsafeView",
        "Expand",
        "Transpose",
        "Permute",
        "ReshapeAlias",
        "Unsqueeze",
        "Squeeze",
        "ToCopy",
        "AsStrided",
        "Alias",
    )
)
"""Names of nodes that stand between a leaf and its user and only look at it; a drawing folds both into the user."""

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
    number, None where it has none. `group` is the innermost group it stands in, None at the top.
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
    group: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`tail` -> `head` as next_functions runs, from the loss to the leaves.

    `output_nr` picks the head's output; `input_nr` is the edge's place in the tail's next_functions, and so which of
    the tail's `grad_inputs` travels along it.
    """

    tail: int
    head: int
    output_nr: int
    input_nr: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A box that may be folded: `parent` is None at the top; `nodes` counts all nodes inside, at any depth.

    `label` says what it is (`encoder.layer.3 · BertLayer`, `line 14`), `repeats` how many equal blocks it stands for:
    those of a `repeat`, else 1. In the direction of the forward pass `inputs` counts the tensors that come in from
    outside, its own parameters apart, `outputs` those that are used outside; the shapes are of the first few of them.
    `parameters` counts the leaves used inside, `elements` the numbers they hold. `first_line` to `last_line` is where
    in the source its nodes were made.
    """

    id: Name
    parent: Name | None
    kind: Literal["module", "function", "line", "repeat"]
    label: Name
    nodes: int
    repeats: int = 1
    inputs: int = 0
    outputs: int = 0
    input_shapes: Annotated[tuple[Shape, ...], AtMost(4)] = ()
    output_shapes: Annotated[tuple[Shape, ...], AtMost(4)] = ()
    parameters: int = 0
    elements: int = 0
    first_line: int | None = None
    last_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The computation graph as autograd holds it, read before a backward or at the end.

    `index` counts the run's graph events from 0; `roots` are node ids; `total_nodes` counts all nodes walked, and
    `truncated` says that `nodes` holds only some of them: those of what is open first, and then the first in visit
    order. `groups` are in such an order that a parent comes before its children, the outermost first where there are
    too many; `opened` are those a drawing opens at first. `recorded` counts the nodes that stay with the run, to be
    asked for by their group; `missing` says in a sentence what does not, and is empty where all do.
    """

    type: ClassVar[str] = "graph"
    index: int
    reason: Literal["backward", "grad", "final"]
    line: int | None
    roots: Annotated[tuple[int, ...], AtMost(MAX_NODES)]
    nodes: Annotated[tuple[Node, ...], AtMost(MAX_NODES)]
    edges: Annotated[tuple[Edge, ...], AtMost(40_000)]
    groups: Annotated[tuple[Group, ...], AtMost(MAX_NODES)] = ()
    opened: Annotated[tuple[Name, ...], AtMost(MAX_NODES)] = ()
    total_nodes: int
    truncated: bool
    recorded: int = 0
    missing: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One node's execution: the gradients that went in and came out, None where autograd passed none.

    `grad_outputs` are what the node's work began with, one for each of its outputs; `grad_inputs` go along its edges,
    by their `input_nr`. `arrived` is what the edges had brought in sum, where hooks of the program made `grad_outputs`
    of it, else None.
    """

    node: int
    grad_outputs: Annotated[tuple[TensorValue | None, ...], AtMost(1_000)]
    grad_inputs: Annotated[tuple[TensorValue | None, ...], AtMost(1_000)]
    arrived: Annotated[tuple[TensorValue | None, ...], AtMost(1_000)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradChange:
    """What one backward did to a leaf's `.grad`: `old` + `added` = `new`."""

    old: TensorValue | None
    added: TensorValue | None
    new: TensorValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A recorded gradient of one leaf beside finite differences of the same computation, done again in float64.

    Shapes: `places` are positions in the flattened leaf, all of them or a sample; `recorded` and `measured` are the
    gradient there, as it was recorded and as differences give it. `error` is the largest difference between the two,
    and `tolerance` what the leaf's dtype allows; `agrees` says whether all keep to it. Where the computation could not
    be done again the lists are empty, `agrees` is None and `detail` says why.
    """

    leaf: Name
    node: int | None
    places: Annotated[tuple[int, ...], AtMost(MAX_VALUES)]
    recorded: Annotated[tuple[float, ...], AtMost(MAX_VALUES)]
    measured: Annotated[tuple[float, ...], AtMost(MAX_VALUES)]
    error: float | None
    tolerance: float | None
    agrees: bool | None
    detail: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """One call of backward() or autograd.grad(); `number` counts from 1, `graph` is the index of its graph event.

    `freed` lists the nodes whose saved tensors are gone now; `steps` is empty where `recorded` is False. `values` says
    how a recorded one was kept: with the elements of small tensors, or past the budget with `norms` (shapes and
    statistics alone). `failed` is the node that was at work when the engine raised. `returned` is what
    torch.autograd.grad gave, by the variable asked for; `check` stands only in a backward recorded again for it.
    """

    type: ClassVar[str] = "backward"
    graph: int | None
    number: int
    line: int | None
    retain_graph: bool
    create_graph: bool
    recorded: bool = False
    values: Literal["elements", "norms"] | None = None
    steps: Annotated[tuple[Step, ...], AtMost(MAX_NODES)] = ()
    freed: Annotated[tuple[int, ...], AtMost(MAX_NODES)] = ()
    grads: Annotated[dict[Name, GradChange], AtMost(1_000)] = field(default_factory=dict)
    returned: Annotated[dict[Name, TensorValue | None], AtMost(1_000)] = field(default_factory=dict)
    raised: bool = False
    failed: int | None = None
    check: Check | None = None
