"""Gradients that are zero or no numbers at all: the node where it happened, its line, and why it had to."""

import ast
from collections.abc import Iterator

from ..events import Mistake, Node, TensorValue
from ..words import say
from .facts import Facts, Spot
from .flow import Flow, Turn, all_zero, has_nan, numbers_of, saved
from .mistakes import edits_of, mistake

RELUS = ("ReluBackward0", "ThresholdBackward0", "HardtanhBackward0", "HardsigmoidBackward0", "ClampBackward0", "ClampMinBackward0", "ClampMaxBackward0", "ClampBackward1", "HardshrinkBackward0", "SoftshrinkBackward0")
FLAT = ("SignBackward0", "RoundBackward0", "FloorBackward0", "CeilBackward0", "TruncBackward0", "FloorDivideBackward0", "HeavisideBackward0")
SATURATING = ("SigmoidBackward0", "TanhBackward0")
SOFTMAX = ("SoftmaxBackward0",)
PRODUCTS = ("MmBackward0", "MulBackward0", "AddmmBackward0", "BmmBackward0", "MvBackward0", "DotBackward0", "LinearBackward0")
ROOTS = ("SqrtBackward0", "PowBackward0", "LinalgVectorNormBackward0", "NormBackward0", "NormBackward1", "RsqrtBackward0", "StdBackward0", "CdistBackward0")


def flows(facts: Facts) -> list[Flow]:
    """The recorded backwards whose graph is known."""
    graphs = {graph.index: graph for graph in facts.graphs}
    found = [each for each in facts.recorded if each.graph in graphs and each.steps and not each.raised]
    return [Flow(graphs[each.graph], each) for each in found if each.graph is not None]


def all_zeros(facts: Facts) -> Iterator[Mistake]:
    """Leaves whose gradient was zero in every backward that was recorded, with the node that made it so."""
    found = flows(facts)
    told: set[str] = set()
    for flow in found[:1]:
        for leaf, gradient in flow.leaves():
            turn = flow.vanished(leaf) if _is_zero(gradient) else None
            if turn is None or not _stays(found, leaf) or (gradient.norm and turn.node.name not in SOFTMAX):
                continue
            each = _zero(facts, flow, leaf, turn)
            if each is not None and each.id not in told:
                told.add(each.id)
                yield each


def _is_zero(value: TensorValue) -> bool:
    return value.norm is not None and value.norm < 1e-6 and value.shape != (0,)


def _stays(found: list[Flow], leaf: Node) -> bool:
    """Whether every recorded gradient of the leaf is zero."""
    for flow in found:
        for node, gradient in flow.leaves():
            if node.variable == leaf.variable and not _is_zero(gradient):
                return False
    return True


def _zero(facts: Facts, flow: Flow, leaf: Node, turn: Turn) -> Mistake | None:
    name, node = leaf.variable or say("the leaf"), turn.node
    line = node.line if node.line is not None else "?"
    if node.name in RELUS and _is_dead(node, turn):
        return _told(
            facts,
            "dead-relu",
            "warning",
            turn,
            leaf,
            say(
                "Every number that {node} on line {line} was given lies where its slope is 0 (for a ReLU: below 0), so {name}"
                " gets the gradient 0 and cannot recover.",
                node=node.name,
                line=line,
                name=name,
            ),
            say("Another initialisation, a smaller learning rate, or LeakyReLU."),
        )
    if node.name in SOFTMAX:
        return _told(
            facts,
            "softmax-sum-zero-grad",
            "note",
            turn,
            leaf,
            say(
                "The outputs of a softmax always add up to 1, so their sum (line {line}) does not depend on {name}: its gradient"
                " is 0.",
                line=line,
                name=name,
            ),
            say("Use one entry, or a loss such as -log p[target]."),
        )
    if node.name in SATURATING and _is_saturated(node):
        return _told(
            facts,
            "saturated",
            "warning",
            turn,
            leaf,
            say(
                "{node} on line {line} is saturated: its outputs are all at their limits, where its slope is 0, so {name} gets"
                " the gradient 0.",
                node=node.name,
                line=line,
                name=name,
            ),
            say("Scale the inputs down, or initialise with smaller weights."),
        )
    if node.name in FLAT:
        return _told(
            facts,
            "flat-function",
            "warning",
            turn,
            leaf,
            say("{node} on line {line} is a step: its slope is 0 everywhere, so {name} gets the gradient 0.", node=node.name, line=line, name=name),
            say("Use a smooth version, or a straight-through estimator."),
        )
    return _zero_weights(facts, flow, leaf, turn) if node.name in PRODUCTS else None


def _is_dead(node: Node, turn: Turn) -> bool:
    result = saved(node, "result")
    if result is not None:
        return all_zero(result)
    return turn.outgoing is not None and turn.outgoing.norm == 0


def _is_saturated(node: Node) -> bool:
    numbers = numbers_of(saved(node, "result"))
    ends = (0.0, 1.0) if node.name == "SigmoidBackward0" else (-1.0, 1.0)
    return bool(numbers) and all(min(abs(number - end) for end in ends) < 1e-6 for number in numbers)


def _zero_weights(facts: Facts, flow: Flow, leaf: Node, turn: Turn) -> Mistake | None:
    """Zero times zero: the leaf is all zeros itself, and so is what its gradient is multiplied by."""
    zeros = [node for node, gradient in flow.leaves() if gradient.norm == 0 and all_zero(node.value)]
    if not all_zero(leaf.value) or len(zeros) < 2:
        return None
    names = ", ".join(node.variable or "?" for node in zeros)
    spots = [each.made for each in facts.leaves if each.made and each.name in [node.variable for node in zeros]]
    explanation = say(
        "{names} are all zeros, and the gradient of each is multiplied by the other's zeros ({node} on line {line}): all are"
        " exactly 0, and nothing learns.",
        names=names,
        node=turn.node.name,
        line=turn.node.line if turn.node.line is not None else "?",
    )
    lines = [node.line for node in zeros if node.line is not None]
    spot = min(spots, key=lambda each: each.line) if spots else Spot(min(lines), 0, (min(lines), 0, min(lines), 0)) if lines else None
    return mistake(
        "zero-init",
        "warning",
        spot,
        explanation,
        say("Initialise with small random numbers: only they break the symmetry."),
        variable=leaf.variable,
        node=turn.node.id,
        fixed=_random(facts, zeros),
    )


def _random(facts: Facts, zeros: list[Node]) -> str | None:
    """Zeros replaced by random numbers where the leaves are made."""
    edits = edits_of(facts)
    names = {node.variable for node in zeros}
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


def _told(
    facts: Facts, id: str, severity: str, turn: Turn, leaf: Node, explanation: str, fix: str, fixed: str | None = None
) -> Mistake:
    node = turn.node
    spot = None if node.line is None else Spot(node.line, node.column or 0, (node.line, node.column or 0, 0, 0))
    return mistake(
        id,
        "note" if severity == "note" else "warning",
        spot,
        explanation,
        fix,
        variable=leaf.variable,
        node=node.id,
        fixed=fixed,
    )


def no_numbers(facts: Facts) -> Iterator[Mistake]:
    """Gradients that are NaN or infinite though the root was a number: the node where the first of them was made."""
    if facts.growth is not None:
        yield from _grown(facts)
        return
    for flow in flows(facts):
        seeds = [each for step in flow.backward.steps[:1] for each in step.grad_outputs if each is not None]
        bad = [leaf for leaf, gradient in flow.leaves() if gradient.nonfinite]
        turns = flow.broken()
        if not bad or not turns or any(seed.nonfinite for seed in seeds):
            continue
        first = turns[0]
        nan = next((turn for turn in turns if has_nan(turn.outgoing)), first)
        is_root = first.node.name in ROOTS
        yield _told(
            facts,
            "sqrt-square-nan" if is_root else "nan-born-in-backward",
            "warning",
            first,
            bad[0],
            _birth(first, nan, bad[0]),
            say("Keep away from the point: torch.sqrt(x + 1e-12), torch.clamp before log or division, or torch.abs(x)."),
            _shifted(facts, first),
        )
        return


def _birth(first: Turn, nan: Turn, leaf: Node) -> str:
    place = say("{node} on line {line}", node=first.node.name, line=first.node.line if first.node.line is not None else "?")
    name = leaf.variable or say("the leaf")
    if nan is not first:
        return say(
            "{place} gave an infinite gradient (its slope there is infinite), and {node} multiplied it by 0: 0 * inf is NaN, and"
            " that is what {name}.grad holds.",
            place=place,
            node=nan.node.name,
            name=name,
        )
    return say("{place} was given a finite gradient and passed on one that is none, which came to {name}.", place=place, name=name)


def _shifted(facts: Facts, turn: Turn) -> str | None:
    """`torch.sqrt(e)` -> `torch.sqrt(e + 1e-12)`."""
    edits = edits_of(facts)
    node = turn.node
    if edits is None or node.line is None or node.name != "SqrtBackward0":
        return None
    for call in edits.all(ast.Call):
        if call.lineno <= node.line <= (call.end_lineno or 0) and isinstance(call.func, ast.Attribute) and call.func.attr == "sqrt":
            if call.args:
                return edits.after(call.args[0], " + 1e-12").done()
            inner = edits.text(call.func.value)
            return edits.replace(call.func.value, f"{inner} + 1e-12" if inner.endswith(")") else f"({inner} + 1e-12)").done()
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
            "Each step overshoots: the loss on line {line} grew for {grew} steps in a row, from {first:.4g} on, until it was no"
            " finite number in step {turns}.",
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
    birth = facts.birth
    if growth is None or birth is None:
        return
    yield mistake(
        "nan-born-in-forward",
        "warning",
        birth.spot or growth.spot,
        say(
            "The loss is no finite number: {node} on line {line} was given finite numbers and made others ({reason}).",
            node=birth.node,
            line=birth.spot.line if birth.spot else "?",
            reason=birth.reason,
        ),
        say("Keep its operand where it is defined: clamp it, or add a small number."),
        variable=birth.variable,
    )


DETECTORS = (all_zeros, no_numbers)
