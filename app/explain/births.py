"""Where a number first was none on the way forward: from what the graph's nodes saved, oldest first."""

from ..events import Node
from ..words import say
from .facts import Birth, Facts
from .flow import numbers_of, saved
from .things import Spot


def birth_of(facts: Facts, spot: Spot | None) -> Birth | None:
    """The oldest node that was given finite numbers and made others, in the graphs of backwards on that line."""
    numbers = {each.graph for each in facts.passes if spot is None or (each.spot and each.spot.line == spot.line)}
    for graph in facts.graphs:
        nodes = [node for node in graph.nodes if node.sequence_nr is not None and graph.index in numbers]
        for node in sorted(nodes, key=lambda each: each.sequence_nr or 0):
            reason = _reason(node)
            if reason is not None:
                place = (
                    None
                    if node.line is None
                    else Spot(node.line, node.column or 0, (node.line, node.column or 0, 0, 0))
                )
                return Birth(node.name, place, reason, node.variable)
    return None


def _reason(node: Node) -> str | None:
    operand, other = numbers_of(saved(node, "self")), numbers_of(saved(node, "other"))
    result = numbers_of(saved(node, "result"))
    if node.name.startswith("Log") and "Softmax" not in node.name and any(number <= 0 for number in operand):
        return say("the logarithm of {number}", number=f"{min(operand):g}")
    if node.name == "DivBackward0" and 0.0 in other:
        return say("a division by 0")
    if node.name == "ReciprocalBackward0" and not all(map(_is_finite, result)):
        return say("a division by 0")
    if node.name in ("SqrtBackward0", "RsqrtBackward0") and not all(map(_is_finite, result)):
        return say("the root of a negative number")
    if node.name == "ExpBackward0" and not all(map(_is_finite, result)):
        return say("the exponential of a number too large")
    return None


def _is_finite(number: float) -> bool:
    return number - number == 0
