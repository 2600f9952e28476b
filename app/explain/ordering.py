"""The order of a training step: zero_grad, clip, retain_grad and hooks where they cannot have been meant."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .facts import Call, Facts, Step
from .mistakes import edits_of, mistake
from .things import Pass


def zeroed_too_late(facts: Facts) -> Iterator[Mistake]:
    """zero_grad() between backward() and step(): the step finds nothing."""
    for step in facts.steps:
        clear = _last(facts.calls, "zero_grad", step)
        if step.with_grad or clear is None:
            continue
        before = [each for each in facts.passes if each.fills and not each.raised and set(each.leaves) & set(step.held)]
        filled = [each for each in before if each.moment < clear.moment]
        again = [each for each in before if clear.moment < each.moment < step.moment]
        steps = [each for each in facts.steps if each.identity == step.identity and each.moment < step.moment]
        if not filled or again or any(each.moment > filled[-1].moment for each in steps):
            continue
        yield mistake(
            "zero-grad-after-backward",
            "warning",
            clear.spot,
            say(
                "The gradients that backward() on line {line} brought were cleared here before {optimizer}.step()"
                " used them, so the step changed nothing.",
                line=filled[-1].spot.line if filled[-1].spot else "?",
                optimizer=step.optimizer,
            ),
            say("Keep the order: zero_grad(), backward(), step()."),
            variable=step.optimizer,
            fixed=_moved(facts, clear, filled[-1], ahead=True),
        )
        return


def stepped_too_early(facts: Facts) -> Iterator[Mistake]:
    """step() between the loss and its backward(): it uses the gradients of the turn before."""
    told: set[int] = set()
    for first in facts.steps:
        again = [each for each in facts.steps if each.identity == first.identity and each.moment > first.moment]
        turns = [each for each in facts.passes if each.fills and not each.raised and set(each.leaves) & set(first.held)]
        is_odd = first.with_grad or not again or not again[0].with_grad or again[0].spot != first.spot
        if is_odd or first.identity in told or not turns or turns[0].moment < first.moment:
            continue
        told.add(first.identity)
        if turns[0].moment > again[0].moment or turns[0].made is None or turns[0].made >= first.standing:
            continue  # the loss was computed after the step, which is in order
        yield mistake(
            "step-before-backward",
            "warning",
            first.spot,
            say(
                "{optimizer}.step() runs before the backward() on line {line}: in the first turn it finds no gradient,"
                " later it uses the one of the turn before, and the last one is never used.",
                optimizer=first.optimizer,
                line=_line(turns[0]),
            ),
            say("Keep the order: zero_grad(), backward(), step()."),
            variable=first.optimizer,
            fixed=_stepped_later(facts, first, turns[0]),
        )


def _stepped_later(facts: Facts, step: Step, each: Pass) -> str | None:
    edits = edits_of(facts)
    statement = edits.statement_on(step.spot.line) if edits and step.spot else None
    backward = edits.statement(edits.at(each.spot.span, ast.Call)) if edits and each.spot else None
    if edits is None or not isinstance(statement, ast.Expr) or backward is None:
        return None
    is_near = statement in edits.block(backward) and statement.lineno != backward.lineno
    return edits.move(statement, behind=backward).done() if is_near else None


def _last(calls: list[Call], words: str, step: Step) -> Call | None:
    found = [each for each in calls if each.words == words and each.moment < step.moment]
    return found[-1] if found else None


def _moved(facts: Facts, call: Call, each: Pass, *, ahead: bool) -> str | None:
    """The call's statement moved before the backward's, or behind it, where both stand in one block."""
    edits = edits_of(facts)
    if edits is None or each.spot is None:
        return None
    statement = edits.statement(edits.at(call.spot.span, ast.Call))
    backward = edits.statement(edits.at(each.spot.span, ast.Call))
    if statement is None or backward is None or statement not in edits.block(backward) or statement is backward:
        return None
    if ahead:
        return edits.move(statement, before=backward).done()
    return edits.move(statement, behind=backward).done()


def clipped_too_early(facts: Facts) -> Iterator[Mistake]:
    """Gradients clipped before there were any."""
    sites: set[int] = set()
    for call in facts.calls:
        if not call.words.startswith("clip_") or call.spot.line in sites:
            continue
        sites.add(call.spot.line)
        later = [each for each in facts.passes if each.fills and not each.raised and each.moment > call.moment]
        if call.had_grad or not later or not call.seen:
            continue
        yield mistake(
            "clip-before-backward",
            "warning",
            call.spot,
            say(
                "There was no gradient to clip yet: backward() on line {line} brought it afterwards, whole.",
                line=_line(later[0]),
            ),
            say("Keep the order: backward(), {words}(), step().", words=call.words),
            variable=call.seen[0].name,
            fixed=_moved(facts, call, later[0], ahead=False),
        )


def _line(each: Pass) -> object:
    return each.spot.line if each.spot else "?"


def clipped_too_late(facts: Facts) -> Iterator[Mistake]:
    """Gradients clipped after the step that used them, and used no more."""
    sites: set[int] = set()
    for call in facts.calls:
        if not call.words.startswith("clip_") or not call.had_grad or call.spot.line in sites:
            continue
        passes = [each.moment for each in facts.passes if each.fills and each.moment < call.moment]
        steps = [each for each in facts.steps if passes and passes[-1] < each.moment < call.moment]
        later = [each.moment for each in facts.steps if each.moment > call.moment]
        fresh = [each.moment for each in facts.passes if each.fills and each.moment > call.moment]
        if not steps or (later and (not fresh or later[0] < fresh[0])):
            continue
        sites.add(call.spot.line)
        yield mistake(
            "clip-after-step",
            "warning",
            call.spot,
            say(
                "{optimizer}.step() on line {line} had used these gradients already, unclipped: what is clipped here is"
                " used by nobody.",
                optimizer=steps[-1].optimizer,
                line=steps[-1].spot.line if steps[-1].spot else "?",
            ),
            say("Keep the order: backward(), {words}(), step().", words=call.words),
            variable=call.seen[0].name if call.seen else None,
        )


def registered_too_late(facts: Facts) -> Iterator[Mistake]:
    """retain_grad() or a hook on a tensor through which the backward had gone already, and none went after."""
    for call in facts.calls:
        if call.words not in ("retain_grad", "register_hook") or not call.seen:
            continue
        value = call.seen[0]
        before = [each for each in facts.passes if each.number in call.passes and each.moment < call.moment]
        after = [each for each in facts.passes if each.number in call.passes and each.moment > call.moment]
        name = value.name or say("the tensor")
        if call.words == "retain_grad" and value.is_leaf and value.requires_grad:
            yield _needless(facts, call, name)
        elif before and not after:
            yield _late(facts, call, before[-1], name)


def _late(facts: Facts, call: Call, each: Pass, name: str) -> Mistake:
    hooks = call.words == "register_hook"
    return mistake(
        "hook-registered-late" if hooks else "retain-grad-too-late",
        "warning",
        call.spot,
        say(
            "The hook waits for the next backward(); the one on line {line} was over and is not replayed.",
            line=_line(each),
        )
        if hooks
        else say(
            "retain_grad() holds from the next backward() on; the one on line {line} was over and did not keep"
            " {name}'s gradient.",
            line=_line(each),
            name=name,
        ),
        say("Call it before backward()."),
        variable=call.seen[0].name,
        fixed=_moved(facts, call, each, ahead=True),
    )


def _needless(facts: Facts, call: Call, name: str) -> Mistake:
    edits = edits_of(facts)
    statement = edits.statement(edits.at(call.spot.span, ast.Call)) if edits else None
    fixed = edits.remove(statement).done() if edits is not None and isinstance(statement, ast.Expr) else None
    return mistake(
        "retain-grad-leaf",
        "note",
        call.spot,
        say("{name} is a leaf: backward() keeps its gradient anyway, so retain_grad() does nothing here.", name=name),
        say("Leave the call out."),
        variable=call.seen[0].name,
        fixed=fixed,
    )


DETECTORS = (zeroed_too_late, stepped_too_early, clipped_too_early, clipped_too_late, registered_too_late)
