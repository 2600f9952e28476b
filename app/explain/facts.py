"""What is known of one run when its mistakes are looked for: what happened, in what order, at which line.

Plain data, gathered beside the running program; nothing here is read off the program's text alone.
"""

from dataclasses import dataclass, field

from ..events import Backward, Graph

Span = tuple[int, int, int, int]
"""Line, column, end line, end column: lines from 1, columns in UTF-8 bytes, as the parser counts."""
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the source: where a person looks for it (column from 0 in characters), and its exact span."""

    line: int
    column: int
    span: Span
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One object as it was when it was looked at.

    `kind` is tensor, parameter, number, array, module, none or other; `span` where the expression stands that gave it;
    `made` where the object was made, and `assigned` the line on which its name was last assigned, where known.
    """

    name: str | None
    kind: str
    span: Span | None = None
    shape: Shape = ()
    dtype: str = ""
    requires_grad: bool = False
    is_leaf: bool = True
    grad_fn: str | None = None
    identity: int = 0
    made: Spot | None = None
    assigned: int | None = None
    type: str = ""
    is_view_of_line: bool = False
    size: int | None = None
    has_grad: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that requires grad. `reached` counts the backwards that brought it a gradient, `asked` those that returned one.

    `holder` is the optimizer that holds it and has stepped, `owner` the module it belongs to; `made` is where it was made.
    """

    name: str | None
    kind: str
    identity: int
    shape: Shape = ()
    dtype: str = ""
    reached: int = 0
    asked: bool = False
    holder: str | None = None
    owner: str | None = None
    made: Spot | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """An expression whose result does not lead back to the leaves its operand leads to.

    `kind` is detach, data, item, tolist, numpy, tensor, parameter, no_grad, integer, comparison, position, gradient (what
    autograd.grad returned, or `.grad`) or other. `roots` are the numbers of the backwards that began at something
    computed from the result; `switch` is where recording had been switched off, and `is_global` whether for good.
    """

    kind: str
    spot: Spot
    operand: Value
    leaves: tuple[Leaf, ...]
    number: int = 0
    words: str = ""
    target: str | None = None
    result: Value | None = None
    roots: tuple[int, ...] = ()
    switch: Spot | None = None
    is_global: bool = False
    floats: bool = False
    """Whether floats were computed from the result later."""


@dataclass(frozen=True, slots=True)
class Source:
    """A tensor that was made from no other: `value` as it was then."""

    spot: Spot
    value: Value
    number: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two tensors of different shapes that met: in an operator (`broadcast`) or in a loss."""

    kind: str
    spot: Spot
    words: str
    left: Value
    right: Value
    result: Value
    roots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of note: `seen` is what it was given; `had_grad` whether any of that had a `.grad` just then."""

    words: str
    spot: Spot
    moment: int
    seen: tuple[Value, ...]
    had_grad: bool = False
    passes: tuple[int, ...] = ()
    """The backwards that went through the first of `seen`."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A name or attribute was bound: what it held before and after; `value` is what a flag was set to."""

    name: str
    spot: Spot
    moment: int
    before: Value | None
    now: Value | None
    value: bool | None = None
    operands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """One backward, or autograd.grad where `fills` is False.

    `leaves` are those its graph leads to; `piled` those whose `.grad` still held what an earlier backward had left,
    `used` those of them that had been stepped or changed since, and `twice` those that were so again afterwards, with
    the same in it; `events` number what lies behind its root.
    """

    number: int
    moment: int
    spot: Spot | None
    root: Value
    leaves: tuple[int, ...] = ()
    fills: bool = True
    retain_graph: bool = False
    create_graph: bool = False
    raised: bool = False
    graph: int | None = None
    piled: tuple[int, ...] = ()
    used: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    again: int | None = None
    """The number of an earlier backward that began at the very same node."""
    events: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()
    number_of_nodes: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps of an optimizer: how many of its tensors had a gradient, and which it holds."""

    optimizer: str
    identity: int
    spot: Spot | None
    moment: int
    held: tuple[int, ...]
    with_grad: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """An optimizer: what it holds by identity, what of it does not require grad, and what nobody has a name for.

    `steps` counts its steps, `made` is where it was made.
    """

    name: str
    identity: int
    held: tuple[int, ...]
    steps: int
    frozen: tuple[Value, ...] = ()
    nameless: tuple[Value, ...] = ()
    made: Spot | None = None


@dataclass(frozen=True, slots=True)
class Loose:
    """What a module holds without knowing of it: a tensor that is no Parameter, or layers in a list or dictionary."""

    kind: str
    owner: str
    attribute: str
    spot: Spot | None
    values: tuple[Value, ...]
    container: str = ""
    siblings: tuple[int, ...] = ()
    """Identities of the parameters the module does know of."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A failing backward met nodes that backward `by` had freed.

    `node` is the first the engine met, `made` where it was made and `variable` what it was assigned to; `again` says that
    the whole graph was there before: nothing new was computed since.
    """

    node: str
    made: Spot | None
    variable: str | None
    by: int | None
    by_spot: Spot | None
    again: bool
    consumer: Spot | None = None
    is_turned: bool = False
    """Whether what was freed was made since the backward before `by`: the loop's last turn made it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A failing backward met a saved tensor that was changed since: by what, where, and through which optimizer."""

    node: str
    made: Spot | None
    saved: str
    variable: str | None
    saved_version: int | None
    version: int
    spot: Spot | None
    optimizer: str | None = None
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A warning of torch's or Python's own, in its words."""

    category: str
    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A custom Function whose backward disagrees with finite differences of its forward."""

    name: str
    spot: Spot | None
    argument: str
    given: float
    measured: float


@dataclass(frozen=True, slots=True)
class Growth:
    """A loop's loss that grew until it was no number: its first values, and where it last was one."""

    spot: Spot | None
    first: float
    last: float
    turns: int
    grew: int
    update: Spot | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Birth:
    """Where a number first was none, in the forward: a node whose saved operand explains it."""

    node: str
    spot: Spot | None
    reason: str
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """The exception that ended the program, and what was at hand where it was raised.

    `kind` and `message` are torch's or Python's own; `node` is the kind of syntax at work there, `words` its name or
    sign; `operands` are its parts as objects; `receiver` is what an attribute was asked of.
    """

    kind: str
    message: str
    spot: Spot | None
    words: str = ""
    dotted: str | None = None
    operands: tuple[Value, ...] = ()
    text: str = ""
    shared: Shared | None = None
    changed: Changed | None = None
    root: Pass | None = None
    behind: frozenset[int] = frozenset()
    """Events behind the object that lacked what was asked of it."""
    libraries: tuple[str, ...] = ()
    where: str = ""


@dataclass(slots=True)
class Facts:
    """Everything that is known of one run."""

    source: str
    cuts: list[Cut] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    tensors: list[Value] = field(default_factory=list)
    """What has a name at the end."""
    heard: list[Heard] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    growth: Growth | None = None
    birth: Birth | None = None
    graphs: list[Graph] = field(default_factory=list)
    recorded: list[Backward] = field(default_factory=list)
    changes: list[tuple[int, Spot, int]] = field(default_factory=list)
    """In-place changes: identity of the tensor, where, and the moment."""
    trouble: Trouble | None = None
