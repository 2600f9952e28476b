"""Where a backward began, and steps that had none: nothing lies behind a leaf, and without gradients nothing moves."""

from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .facts import Facts
from .mistakes import mistake


def backward_on_leaf(facts: Facts) -> Iterator[Mistake]:
    """backward() on a tensor that nothing lies behind: it fills that tensor's own `.grad` and nothing else."""
    explained = {number for cut in facts.cuts for number in cut.roots}
    for each in facts.passes:
        if not each.fills or each.raised or not each.root.is_leaf or each.number in explained:
            continue
        name = each.root.name or say("the tensor")
        yield mistake(
            "backward-on-leaf",
            "note",
            each.spot,
            say(
                "{name} is a leaf itself: nothing lies behind it, so this backward() fills {name}.grad and no other.",
                name=name,
            ),
            say("Call backward() on what is computed from the tensors you want gradients for."),
            variable=each.root.name,
        )


def step_without_backward(facts: Facts) -> Iterator[Mistake]:
    """An optimizer that steps in a program in which no backward runs, and that finds no gradient."""
    if facts.passes:
        return
    for each in facts.holdings:
        steps = [step for step in facts.steps if step.identity == each.identity]
        if not steps or any(step.with_grad for step in steps):
            continue
        yield mistake(
            "step-without-backward",
            "note",
            steps[0].spot,
            say(
                "No backward() runs in this program, so {optimizer}.step() finds no gradient and changes nothing.",
                optimizer=each.name,
            ),
            say("Call loss.backward() before {optimizer}.step().", optimizer=each.name),
            variable=each.name,
        )


DETECTORS = (backward_on_leaf, step_without_backward)
