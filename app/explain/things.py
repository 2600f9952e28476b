"""What facts are about: places in the source, objects as they were seen, and leaves."""

from dataclasses import dataclass

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
    `made` where the object was made; `has_grad` whether it has a `.grad` now, and `is_view_of_line` whether it is a
    view of a tensor with one axis.
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
    is_view_of_line: bool = False
    has_grad: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that requires grad.

    `reached` counts the backwards that brought it a gradient, `asked` says that torch.autograd.grad went to it;
    `holder` is the optimizer that holds it and has stepped, `owner` the module it belongs to.
    """

    name: str | None
    kind: str
    identity: int
    shape: Shape = ()
    dtype: str = ""
    reached: int = 0
    asked: bool = False
    follows: bool = False
    """Whether a leaf that bore its name before got a gradient, as in a loop that makes its input anew."""
    holder: str | None = None
    owner: str | None = None
    made: Spot | None = None


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
    made: int | None = None
    """Autograd's number of the node it began at."""


def spot_at(line: int, column: int = 0) -> Spot:
    """A place of which only the beginning is known."""
    return Spot(line, column, (line, column, line, column))
