"""Backwards that repeat: gradients that pile up, a graph gone through twice, steps that never come."""

import ast
import re
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits
from .facts import Facts
from .mistakes import edits_of, mistake
from .things import Leaf, Pass
from .wording import leaf_names


def used_again(facts: Facts) -> Iterator[Mistake]:
    """Gradients that were used were added to, and the sum was used again."""
    for each in facts.passes:
        if each.twice:
            leaves = [leaf for leaf in facts.leaves if leaf.identity in each.twice]
            yield _piled(facts, each, leaves, used=True)
            return


def only_added(facts: Facts) -> Iterator[Mistake]:
    """A loop only ever adds to gradients, and nothing uses or clears the sum."""
    for each in facts.passes:
        turns = [other for other in facts.passes if other.spot == each.spot and other.fills and not other.raised]
        if len(turns) < 3 or each.spot is None or not all(turn.piled for turn in turns[1:]) or _uses(facts):
            continue
        leaves = [leaf for leaf in facts.leaves if leaf.identity in turns[-1].piled]
        if leaves and not _reads_sum(facts, each):
            yield _piled(facts, each, leaves, used=False)
            return


def _uses(facts: Facts) -> bool:
    return bool(facts.steps) or any(each.used for each in facts.passes)


def _reads_sum(facts: Facts, each: Pass) -> bool:
    """Whether the program looks at a `.grad` behind the loop, or clears one there: the sum may be what it wants."""
    edits = edits_of(facts)
    call = edits.at(each.spot.span, ast.Call) if edits and each.spot else None
    loop = edits.loop(call) if edits else None
    if edits is None or loop is None:
        return True  # in a function: what its caller does with the sum is not known
    while (outer := edits.loop(loop)) is not None:
        loop = outer
    end = loop.end_lineno or 0
    reads = (
        node for node in edits.all(ast.Attribute) if node.attr in ("grad", "step", "zero_grad") and node.lineno > end
    )
    return any(True for _ in reads)


def _piled(facts: Facts, each: Pass, leaves: list[Leaf], *, used: bool) -> Mistake:
    names = leaf_names(tuple(leaves)) or "?"
    holder = next((leaf.holder for leaf in leaves if leaf.holder), None)
    explanation = (
        say(
            "backward() adds to .grad, and what it added to on line {line} had been used for an update before: every"
            " step uses all earlier gradients of {names} again.",
            line=each.spot.line if each.spot else "?",
            names=names,
        )
        if used
        else say(
            "backward() adds to .grad, and nothing clears it between the turns of the loop: {names} holds the sum of"
            " all turns.",
            names=names,
        )
    )
    clear = f"{holder}.zero_grad()" if holder else f"{leaves[0].name or 'w'}.grad = None"
    return mistake(
        "no-zero-grad",
        "warning",
        each.spot,
        explanation,
        say("Clear the gradients once in every turn: {clear}.", clear=clear),
        variable=leaves[0].name if leaves else None,
        fixed=_clearing(facts, each, leaves, holder),
    )


def _clearing(facts: Facts, each: Pass, leaves: list[Leaf], holder: str | None) -> str | None:
    edits = edits_of(facts)
    statement = edits.statement(edits.at(each.spot.span, ast.Call)) if edits and each.spot else None
    if edits is None or statement is None:
        return None
    prefix = f"{each.spot.function}." if each.spot and each.spot.function else ""
    if holder is not None and re.fullmatch(r"[\w.]+", holder) and holder[0].islower():
        lines = [f"{holder.removeprefix(prefix)}.zero_grad()"]
    else:
        names = [(leaf.name or "").removeprefix(prefix) for leaf in leaves]
        if not all(re.fullmatch(r"[\w.\[\]']+", name) for name in names):
            return None
        lines = [f"{name}.grad = None" for name in names]
    return edits.before(statement, *lines).done()


def backward_again(facts: Facts) -> Iterator[Mistake]:
    """The same graph gone through twice: its gradients are there twice."""
    for each in facts.passes:
        earlier = next((other for other in facts.passes if other.number == each.again), None)
        if earlier is None or each.raised or not each.fills or not earlier.fills or not each.piled:
            continue
        names = leaf_names(tuple(leaf for leaf in facts.leaves if leaf.identity in each.piled)) or "?"
        edits = edits_of(facts)
        statement = edits.statement(edits.at(each.spot.span, ast.Call)) if edits and each.spot else None
        plain = isinstance(statement, ast.Expr) and each.spot != earlier.spot
        why = (
            say("the graph was kept with retain_graph=True")
            if earlier.retain_graph
            else say("nothing in this graph had saved a tensor, so nothing was freed")
        )
        yield mistake(
            "backward-twice-retained" if earlier.retain_graph else "backward-twice-no-saved",
            "note",
            each.spot,
            say(
                "This is the second backward() through the same graph. It works because {why}, and adds the same"
                " gradients to {names} once more.",
                why=why,
                names=names,
            ),
            say("Call backward() once, or clear .grad in between."),
            variable=each.root.name,
            fixed=edits.remove(statement).done() if edits is not None and statement is not None and plain else None,
        )
        return


def never_stepped(facts: Facts) -> Iterator[Mistake]:
    """An optimizer that never steps though its tensors get gradients over and over."""
    for each in facts.holdings:
        passes = [one for one in facts.passes if one.fills and not one.raised and set(one.leaves) & set(each.held)]
        changed = {identity for identity, *_ in facts.changes}
        if each.steps or len(passes) < 3 or changed & set(each.held) or any(one.steps for one in facts.holdings):
            continue
        yield mistake(
            "optimizer-never-steps",
            "warning",
            passes[0].spot,
            say(
                "backward() fills the gradients, but {name}.step() is never called, so nothing changes.", name=each.name
            ),
            say("Call {name}.step() behind backward(), and {name}.zero_grad() before it.", name=each.name),
            variable=each.name,
            fixed=_stepping(edits_of(facts), passes[0], each.name),
        )


def _stepping(edits: Edits | None, each: Pass, name: str) -> str | None:
    statement = edits.statement(edits.at(each.spot.span, ast.Call)) if edits and each.spot else None
    if edits is None or statement is None or not name.isidentifier():
        return None
    if f"{name}.zero_grad(" not in edits.source:
        edits.before(statement, f"{name}.zero_grad()")
    return edits.behind(statement, f"{name}.step()").done()


DETECTORS = (used_again, only_added, backward_again, never_stepped)
