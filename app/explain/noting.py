"""Second names for one tensor, and behaviour that is right but surprises."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import keyword_of
from .facts import Binding, Call, Facts
from .mistakes import edits_of, mistake
from .things import Value, spot_at

SMALL = 30
"""Nodes up to which a graph's shape is told of."""


def aliased(facts: Facts) -> Iterator[Mistake]:
    """A tensor compared with itself under another name, after it was changed in place."""
    for call in facts.calls:
        pair = _same_pair(call)
        if pair is None:
            continue
        changed = [
            moment
            for identity, _, moment in facts.changes
            if identity in (pair[0].identity, pair[1].identity) and moment < call.moment
        ]
        bound = _alias(facts, pair, changed)
        if not changed or bound is None:
            continue
        other = pair[1].name if bound.name == pair[0].name else pair[0].name
        edits = edits_of(facts)
        statement = edits.at(bound.spot.span, ast.Assign) if edits else None
        yield mistake(
            "alias-not-copy",
            "warning",
            bound.spot,
            say(
                "This gives one tensor a second name: {name} is {other}, so it changes with it, and line {line}"
                " compares the tensor with itself.",
                name=bound.name,
                other=other,
                line=call.spot.line,
            ),
            say("Take a copy: {name} = {other}.detach().clone().", name=bound.name, other=other),
            variable=bound.name,
            fixed=edits.replace(statement.value, f"{other}.detach().clone()").done()
            if edits is not None and statement is not None
            else None,
        )
        return


def _same_pair(call: Call) -> tuple[Value, Value] | None:
    tensors = [each for each in call.seen if each.kind in ("tensor", "parameter") and each.name]
    if call.words not in ("-", "==", "!=", "equal", "allclose", "isclose", "dist") or len(tensors) != 2:
        return None
    one, other = tensors
    is_one = one.identity == other.identity or call.shares
    return (one, other) if is_one and one.name != other.name else None


def _alias(facts: Facts, pair: tuple[Value, Value], changed: list[int]) -> Binding | None:
    """The assignment that gave the tensor its second name, before it was changed."""
    names = {pair[0].name, pair[1].name}
    identities = {pair[0].identity, pair[1].identity}
    for each in facts.bindings:
        is_it = each.now is not None and each.now.identity in identities
        others = names - {each.name}
        if (
            is_it
            and each.name in names
            and set(each.operands) & (others | {f"{name}.data" for name in others})
            and any(each.moment < at for at in changed)
        ):
            return each
    return None


def overwritten_quietly(facts: Facts) -> Iterator[Mistake]:
    """An in-place operation whose result got a second name: the value before it is gone, which did no harm."""
    for each in facts.bindings:
        now = each.now
        if now is None or now.is_leaf or not now.requires_grad or each.before is not None:
            continue
        earlier = [
            one for one in facts.bindings if one.now and one.now.identity == now.identity and one.moment < each.moment
        ]
        changed = any(identity == now.identity and spot.line == each.spot.line for identity, spot, _ in facts.changes)
        if not earlier or not changed or earlier[0].name == each.name:
            continue
        edits = edits_of(facts)
        statement = edits.at(each.spot.span, ast.Assign) if edits else None
        call = statement.value if statement is not None and isinstance(statement.value, ast.Call) else None
        flag = keyword_of(call, "inplace") if call is not None else None
        is_relu = edits is not None and statement is not None and "relu" in edits.text(statement).lower()
        yield mistake(
            "inplace-relu-ok" if is_relu else "inplace-harmless",
            "note",
            each.spot,
            say(
                "{name} and {other} are one tensor now: it was changed in place, and what {other} held before is"
                " gone. No node had saved that, so backward() does not mind.",
                name=each.name,
                other=earlier[0].name,
            ),
            say("Leave inplace out when you want to look at {other} later.", other=earlier[0].name),
            variable=each.name,
            fixed=edits.replace(flag.value, "False").done() if edits is not None and flag is not None else None,
        )
        return


def several_paths(facts: Facts) -> Iterator[Mistake]:
    """A leaf that reaches the root along several paths: its gradient is the sum over them."""
    first = next((each for each in facts.passes if each.fills and not each.raised), None)
    graph = next((each for each in facts.graphs if first is not None and each.index == first.graph), None)
    if first is None or graph is None or len(graph.nodes) > SMALL or facts.holdings:
        return
    turns = [each for each in facts.passes if each.spot == first.spot]
    for node in graph.nodes:
        edges = [edge for edge in graph.edges if edge.head == node.id]
        if node.kind != "accumulate_grad" or len(edges) < 2 or node.variable is None or len(turns) > 1:
            continue
        tails = [tail for tail in graph.nodes if any(edge.tail == tail.id for edge in edges) and tail.line is not None]
        spot = spot_at(tails[0].line or 0, tails[0].column or 0) if tails else first.spot
        yield mistake(
            "same-tensor-twice",
            "note",
            spot,
            say(
                "{name} is used at {count} places on the way to {root}, and its gradient is the sum over all of these"
                " paths.",
                name=node.variable,
                count=len(edges),
                root=first.root.name or say("the root"),
            ),
            say("This is correct: gradients of all paths are added."),
            variable=node.variable,
            node=node.id,
        )
        return


DETECTORS = (aliased, overwritten_quietly, several_paths)
