"""Warnings of torch's that name a mistake by themselves, and what is known about them beside."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits, written
from .facts import Facts, Heard
from .mistakes import edits_of, mistake
from .things import Spot, spot_at


def told_by_torch(facts: Facts) -> Iterator[Mistake]:
    """One mistake for each warning that is one."""
    for each in facts.heard:
        if "Detected call of `lr_scheduler.step()` before" in each.message:
            yield mistake(
                "scheduler-before-step",
                "warning",
                _place(each),
                say(
                    "The learning rate was moved on before the optimizer's first step, so its first value is"
                    " never used."
                ),
                say("Call optimizer.step() first, then scheduler.step()."),
                message=each.message,
            )
        elif "that is not a leaf Tensor is being accessed" in each.message:
            yield _grad_of_computed(facts, each)


def _place(each: Heard) -> Spot | None:
    return spot_at(each.line) if each.line is not None else None


def _grad_of_computed(facts: Facts, each: Heard) -> Mistake:
    edits = edits_of(facts)
    computed = {
        bound.name for bound in facts.bindings if bound.now and not bound.now.is_leaf and bound.now.requires_grad
    }
    read = (
        [node for node in edits.all(ast.Attribute) if node.attr == "grad" and node.lineno == each.line] if edits else []
    )
    names = [name for node in read if (name := written(node.value)) in computed and name is not None]
    name = names[0] if names else None
    return mistake(
        "grad-of-nonleaf",
        "warning",
        _place(each),
        say(
            "{name} was computed, so it is not a leaf: backward() passes its gradient on and keeps none, and"
            " .grad is None.",
            name=name or say("This tensor"),
        ),
        say("Call {name}.retain_grad() before backward(), or read the .grad of a leaf.", name=name or "y"),
        variable=name,
        fixed=_retained(facts, edits, name) if edits is not None and name is not None else None,
        message=each.message,
    )


def _retained(facts: Facts, edits: Edits, name: str) -> str | None:
    """The gradient kept: retain_grad() before the first backward of the block that computes the tensor."""
    bound = next(
        (bound for bound in facts.bindings if bound.name == name and bound.now and not bound.now.is_leaf), None
    )
    first = next((each for each in facts.passes if each.fills and bound and each.moment > bound.moment), None)
    statement = edits.statement(edits.at(first.spot.span, ast.Call)) if first is not None and first.spot else None
    return edits.before(statement, f"{name}.retain_grad()").done() if statement is not None else None


DETECTORS = (told_by_torch,)
