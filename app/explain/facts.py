"""What is known of one run when its mistakes are looked for: what happened, in what order, at which line.

Plain data, gathered beside the running program; nothing here is read off the program's text alone.
"""

from dataclasses import dataclass, field

from ..events import Backward, Graph
from .things import Leaf, Pass, Spot, Value
from .trouble import Trouble


@dataclass(frozen=True, slots=True)
class Cut:
    """An expression whose result does not lead back to the leaves its operand leads to.

    `kind` is detach, data, item, tolist, numpy, tensor, parameter, no_grad, integer, comparison, position, gradient
    (what autograd.grad returned, or `.grad`) or other. `roots` are the numbers of the backwards that began at something
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
    shares: bool = False
    """Whether two tensors were given that are one and the same memory."""


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
class Step:
    """One of the first steps of an optimizer: how many of its tensors had a gradient, and which it holds."""

    optimizer: str
    identity: int
    spot: Spot | None
    moment: int
    held: tuple[int, ...]
    with_grad: int
    standing: int = 0
    """Where autograd's counter stood."""


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
class HiddenChange:
    """A change past autograd, through `.data` or an array, of what a node made on line `made` had saved."""

    node: str
    made: int | None
    spot: Spot
    variable: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A variable that holds on to the graphs of so many backwards, which are over."""

    variable: str
    graphs: int


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
    argument: str
    given: float
    measured: float


@dataclass(frozen=True, slots=True)
class Growth:
    """A loop's loss that was no number in turn `turns`, after growing `grew` times in a row; `first` is its first."""

    spot: Spot | None
    first: float
    turns: int
    grew: int


@dataclass(frozen=True, slots=True)
class Birth:
    """Where a number first was none, in the forward: a node, what happened there, and to what number.

    `kind` is logarithm, arc, root, division, exponential, softmax or "logarithm of one more than".
    """

    node: str
    spot: Spot | None
    kind: str
    operand: float | None = None
    variable: str | None = None


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
    hidden: list[HiddenChange] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    growth: Growth | None = None
    birth: Birth | None = None
    """Of the loss that `growth` tells of."""
    graphs: list[Graph] = field(default_factory=list)
    recorded: list[Backward] = field(default_factory=list)
    changes: list[tuple[int, Spot, int]] = field(default_factory=list)
    """In-place changes: identity of the tensor, where, and the moment."""
    trouble: Trouble | None = None
