"""Gradients that are zero: the node where they became so, its line, and why it had to."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..events import Backward, Graph, Mistake, Node, TensorValue
from ..words import say
from .facts import Facts
from .flow import Flow, Turn, all_zero, numbers_of, saved
from .mistakes import Severity, edits_of, mistake
from .things import Spot, spot_at

FLAT_ON_ONE_SIDE = frozenset({
    "ReluBackward0", "ThresholdBackward0", "HardtanhBackward0", "HardsigmoidBackward0", "ClampBackward0",
    "ClampMinBackward0", "ClampMaxBackward0", "ClampBackward1", "HardshrinkBackward0", "SoftshrinkBackward0",
})  # fmt: skip
FLAT = frozenset({
    "SignBackward0", "RoundBackward0", "FloorBackward0", "CeilBackward0", "TruncBackward0", "HeavisideBackward0",
})  # fmt: skip
SATURATING = {"SigmoidBackward0": (0.0, 1.0), "TanhBackward0": (-1.0, 1.0)}
"""Nodes whose slope is 0 at the limits of what they give."""
PRODUCTS = frozenset({
    "MmBackward0", "MulBackward0", "AddmmBackward0", "BmmBackward0", "MvBackward0", "DotBackward0", "LinearBackward0",
})  # fmt: skip
ZERO_FACTOR = "zero-factor"
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a gradient is zero: a mistake without its place."""

    id: str
    severity: Severity
    explanation: str
    fix: str


def flows(graphs: Iterable[Graph], recorded: Iterable[Backward]) -> list[Flow]:
    """The recorded backwards whose graph is known."""
    known = {graph.index: graph for graph in graphs}
    found = [each for each in recorded if each.graph in known and each.steps and not each.raised]
    return [Flow(known[each.graph], each) for each in found if each.graph is not None]


def all_zeros(facts: Facts) -> Iterator[Mistake]:
    """Leaves whose gradient was zero in every backward that was recorded, with the node that made it so."""
    found = flows(facts.graphs, facts.recorded)
    told: set[str] = set()
    for leaf, gradient in found[0].leaves() if found else ():
        turn = found[0].vanished(leaf) if _is_tiny(gradient) else None
        cause = zero_because(found[0], leaf, turn) if turn is not None and _stays(found, leaf) else None
        if turn is None or cause is None or cause.id in told or cause.id == ZERO_FACTOR:
            continue  # a factor of zeros alone is how many networks start
        told.add(cause.id)
        of_weights = cause.id == "zero-init"
        yield mistake(
            cause.id,
            cause.severity,
            _made_first(facts, found[0]) if of_weights else place_of(turn.node),
            cause.explanation,
            cause.fix,
            variable=leaf.variable,
            node=turn.node.id,
            fixed=_random(facts, found[0]) if of_weights else None,
        )


def _is_tiny(value: TensorValue) -> bool:
    return value.norm is not None and value.norm < TINY and value.shape != (0,)


def _stays(found: list[Flow], leaf: Node) -> bool:
    """Whether every recorded gradient of the leaf is zero."""
    gradients = [value for flow in found for node, value in flow.leaves() if node.variable == leaf.variable]
    return all(map(_is_tiny, gradients))


def zero_because(flow: Flow, leaf: Node, turn: Turn) -> Cause | None:
    """Why the leaf's gradient became zero at that turn, where there is evidence for it."""
    name, node = leaf.variable or say("the leaf"), turn.node
    if "Softmax" in node.name:
        return _normalised(node, name)
    if turn.outgoing is not None and turn.outgoing.norm:
        return None  # small, but not zero
    if node.name in FLAT_ON_ONE_SIDE and _is_dead(flow, node):
        return _dead(node, name)
    if node.name in SATURATING and _is_saturated(node):
        return _saturated(node, name)
    return _flat(node, name) if node.name in FLAT else _zero_weights(flow, leaf, turn) or _zero_factor(node, name)


def _line(node: Node) -> object:
    return node.line if node.line is not None else "?"


def _normalised(node: Node, name: str) -> Cause:
    return Cause(
        "softmax-sum-zero-grad",
        "note",
        say(
            "The outputs of a softmax always add up to 1, so their sum (line {line}) does not depend on {name}: its"
            " gradient is 0.",
            line=_line(node),
            name=name,
        ),
        say("Use one entry, or a loss such as -log p[target]."),
    )


def _dead(node: Node, name: str) -> Cause:
    return Cause(
        "dead-relu",
        "warning",
        say(
            "Every number that {node} on line {line} was given lies where its slope is 0 (for a ReLU: below 0), so"
            " {name} gets the gradient 0 and cannot recover.",
            node=node.name,
            line=_line(node),
            name=name,
        ),
        say("Another initialisation, a smaller learning rate, or LeakyReLU."),
    )


def _saturated(node: Node, name: str) -> Cause:
    return Cause(
        "saturated",
        "warning",
        say(
            "{node} on line {line} is saturated: its outputs are all at their limits, where its slope is 0, so {name}"
            " gets the gradient 0.",
            node=node.name,
            line=_line(node),
            name=name,
        ),
        say("Scale the inputs down, or initialise with smaller weights."),
    )


def _flat(node: Node, name: str) -> Cause:
    return Cause(
        "flat-function",
        "warning",
        say(
            "{node} on line {line} is a step: its slope is 0 everywhere, so {name} gets the gradient 0.",
            node=node.name,
            line=_line(node),
            name=name,
        ),
        say("Use a smooth version, or a straight-through estimator."),
    )


def _is_dead(flow: Flow, node: Node) -> bool:
    """Whether nothing got through; a loss that is 0 because all is as wanted is no dead layer."""
    roots = [each for each in flow.graph.nodes if each.id in flow.graph.roots]
    if any(all_zero(each.value) for each in roots):
        return False
    result = saved(node, "result")
    return all_zero(result) if isinstance(result, TensorValue) and result.norm is not None else True


def _is_saturated(node: Node) -> bool:
    numbers = numbers_of(saved(node, "result"))
    return bool(numbers) and all(min(abs(each - end) for end in SATURATING[node.name]) < TINY for each in numbers)


def _zeros(flow: Flow) -> list[Node]:
    """The leaves that are all zeros and whose gradients are."""
    return [node for node, gradient in flow.leaves() if gradient.norm == 0 and all_zero(node.value)]


def _zero_weights(flow: Flow, leaf: Node, turn: Turn) -> Cause | None:
    """Zero times zero: the leaf is all zeros itself, and so is what its gradient is multiplied by."""
    zeros = _zeros(flow)
    if turn.node.name not in PRODUCTS or not all_zero(leaf.value) or len(zeros) < 2:
        return None
    return Cause(
        "zero-init",
        "warning",
        say(
            "{names} are all zeros, and the gradient of each is multiplied by the other's zeros ({node} on line"
            " {line}): all are exactly 0, and nothing learns.",
            names=", ".join(node.variable or "?" for node in zeros),
            node=turn.node.name,
            line=_line(turn.node),
        ),
        say("Initialise with small random numbers: only they break the symmetry."),
    )


def _zero_factor(node: Node, name: str) -> Cause | None:
    """The other factor of a product is all zeros."""
    if node.name not in PRODUCTS or not any(all_zero(each.value) for each in node.saved):
        return None
    return Cause(
        ZERO_FACTOR,
        "note",
        say(
            "{node} on line {line} multiplies the gradient by its other factor, which is all zeros, so {name} gets 0.",
            node=node.name,
            line=_line(node),
            name=name,
        ),
        say("Start the other factor with small random numbers where both are to learn from the first step on."),
    )


def _made_first(facts: Facts, flow: Flow) -> Spot | None:
    """Where the first of the zero leaves was made."""
    zeros = _zeros(flow)
    names = {node.variable for node in zeros}
    made = [each.made for each in facts.leaves if each.made is not None and each.name in names]
    lines = [spot_at(node.line) for node in zeros if node.line is not None]
    return min(made or lines, key=lambda spot: spot.line, default=None)


def _random(facts: Facts, flow: Flow) -> str | None:
    """Zeros replaced by random numbers where the leaves are made."""
    edits = edits_of(facts)
    names = {node.variable for node in _zeros(flow)}
    made = [each.made for each in facts.leaves if each.name in names]
    if edits is None or len(made) != len(names):
        return None
    for spot in made:
        call = edits.at(spot.span if spot else None, ast.Call)
        function = call.func if call is not None else None
        if not isinstance(function, ast.Attribute) or function.attr != "zeros":
            return None
        edits.replace(function, f"{edits.text(function.value)}.randn")
    return edits.done()


def place_of(node: Node) -> Spot | None:
    """Where the node was made."""
    return None if node.line is None else spot_at(node.line, node.column or 0)


DETECTORS = (all_zeros,)
