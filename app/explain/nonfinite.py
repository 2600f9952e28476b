"""Gradients and losses that are no numbers: the node where the first of them was made, and why it had to."""

import ast
from collections.abc import Iterator

from ..events import Mistake, Node
from ..words import say
from .births import reason_of
from .facts import Facts
from .flow import Flow, Turn, has_nan
from .mistakes import edits_of, mistake
from .vanishing import flows, place_of

ROOTS = (
    "SqrtBackward0",
    "PowBackward0",
    "LinalgVectorNormBackward0",
    "NormBackward0",
    "NormBackward1",
    "RsqrtBackward0",
    "StdBackward0",
    "CdistBackward0",
)


def no_numbers(facts: Facts) -> Iterator[Mistake]:
    """Gradients that are NaN or infinite though the root was a number: the node where the first of them was made."""
    if facts.growth is not None:
        yield from _grown(facts)
        return
    for flow in flows(facts.graphs, facts.recorded):
        bad = [leaf for leaf, gradient in flow.leaves() if gradient.nonfinite]
        first = broken_at(flow) if bad else None
        if first is None:
            continue
        yield mistake(
            "sqrt-square-nan" if first.node.name in ROOTS else "nan-born-in-backward",
            "warning",
            place_of(first.node),
            nan_because(flow, bad[0]) or "",
            say(
                "Keep away from the point: torch.sqrt(x + 1e-12), torch.clamp before log or division, or torch.abs(x)."
            ),
            variable=bad[0].variable,
            node=first.node.id,
            fixed=_shifted(facts, first),
        )
        return


def broken_at(flow: Flow) -> Turn | None:
    """The first node that was given a finite gradient and passed on one that is none; its root was a number."""
    seeds = [each for step in flow.backward.steps[:1] for each in step.grad_outputs if each is not None]
    turns = flow.broken()
    return turns[0] if turns and not any(seed.nonfinite for seed in seeds) else None


def nan_because(flow: Flow, leaf: Node) -> str | None:
    """Where the leaf's gradient stopped to be a number, in a sentence; None where that was before the backward."""
    first = broken_at(flow)
    if first is None:
        return None
    nan = next((turn for turn in flow.broken() if has_nan(turn.outgoing)), first)
    return _birth(first, nan, leaf)


def _birth(first: Turn, nan: Turn, leaf: Node) -> str:
    place = say(
        "{node} on line {line}", node=first.node.name, line=first.node.line if first.node.line is not None else "?"
    )
    name = leaf.variable or say("the leaf")
    if nan is not first:
        return say(
            "{place} gave an infinite gradient (its slope there is infinite), and {node} multiplied it by 0: 0 * inf"
            " is NaN, and that is what {name}.grad holds.",
            place=place,
            node=nan.node.name,
            name=name,
        )
    return say(
        "{place} was given a finite gradient and passed on one that is none, which came to {name}.",
        place=place,
        name=name,
    )


def _shifted(facts: Facts, turn: Turn) -> str | None:
    """`torch.sqrt(e)` -> `torch.sqrt(e + 1e-12)`."""
    edits = edits_of(facts)
    node = turn.node
    if edits is None or node.line is None or node.name != "SqrtBackward0":
        return None
    for call in edits.all(ast.Call):
        if (
            call.lineno <= node.line <= (call.end_lineno or 0)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "sqrt"
        ):
            if call.args:
                return edits.after(call.args[0], " + 1e-12").done()
            inner = edits.text(call.func.value)
            return edits.replace(call.func.value, f"({inner} + 1e-12)").done()
    return None


def _grown(facts: Facts) -> Iterator[Mistake]:
    """A loop's loss that was no number any more: it had grown step by step, or one operation made it so."""
    growth = facts.growth
    if growth is None:
        return
    if growth.grew < 3:
        yield from _born(facts)
        return
    edits = edits_of(facts)
    line = growth.spot.line if growth.spot else None
    statement = edits.statement_on(line) if edits else None
    loop = edits.loop(statement) if edits else None
    updates = [spot for _, spot, _ in facts.changes if loop and loop.lineno <= spot.line <= (loop.end_lineno or 0)]
    yield mistake(
        "exploding-gradient",
        "warning",
        updates[0] if updates else growth.spot,
        say(
            "Each step overshoots: the loss on line {line} grew for {grew} steps in a row, from {first:.4g} on, until"
            " it was no finite number in step {turns}.",
            line=line if line is not None else "?",
            grew=growth.grew,
            first=growth.first,
            turns=growth.turns,
        ),
        say("Lower the learning rate, or clip the gradients before the step."),
    )


def _born(facts: Facts) -> Iterator[Mistake]:
    """The forward's first node with a number that is none."""
    growth = facts.growth
    if growth is None:
        return
    birth = facts.birth
    if birth is None:
        yield mistake(
            "loss-no-number",
            "warning",
            growth.spot,
            say("From step {turns} on the loss on this line is NaN or infinite.", turns=growth.turns),
            say("Print what goes into it in that step, and keep logarithms, roots and divisions away from 0."),
        )
        return
    yield mistake(
        "nan-born-in-forward",
        "warning",
        birth.spot or growth.spot,
        say(
            "The loss is no finite number: {node} on line {line} was given finite numbers and made others ({reason}).",
            node=birth.node,
            line=birth.spot.line if birth.spot else "?",
            reason=reason_of(birth),
        ),
        say("Keep its operand where it is defined: clamp it, or add a small number."),
        variable=birth.variable,
    )


DETECTORS = (no_numbers,)
