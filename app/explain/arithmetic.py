"""One node's work as arithmetic: torch's formula, a human one, and the numbers of a recorded step put into it.

Knows no torch: a graph's node and a backward's step in, lines out. Where a number is missing, the line says why.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..events import GradChange, Node, Step, TensorValue
from ..words import say
from .derivatives import ELEMENTWISE, formulas_of
from .notation import Missing, listed, written

MAX_NUMBERS = 9
"""Elements of a tensor that are written out in a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """What goes along one edge: `formula` with names, `numbers` with this run's, `result` as it was recorded.

    `table` is torch's own formula; `variable` the leaf that an AccumulateGrad fills.
    """

    input: str
    input_nr: int
    variable: str | None
    formula: str | None
    numbers: str | None
    result: str | None
    table: str | None
    note: str | None


@dataclass(slots=True)
class _Facts:
    """What is known by name, and of which shape it is; `freed` are names that a backward dropped."""

    values: dict[str, Any] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    freed: set[str] = field(default_factory=set)
    large: set[str] = field(default_factory=set)


def arithmetic(node: Node, step: Step | None, *, change: GradChange | None = None, fresh: bool = True) -> list[Line]:
    """The lines of a node, one for each of its inputs that got a gradient; of all of them where no step is known.

    `change` is what became of a leaf's `.grad`. `fresh` says that the node's saved values are those of the backward
    the step is of: a loop's graph is told once.
    """
    table = _table(node.formula)
    if node.kind == "accumulate_grad":
        return [_leaf_line(node, change)]
    reduction = next((each.value for each in node.saved if each.name == "reduction"), None)
    human = formulas_of(node.name, reduction if isinstance(reduction, float) else None)
    names = [name for name, _ in human] if human else list(table)
    facts = _facts(node, step, fresh)
    lines = [
        _line(node, step, at, name, human[at][1] if human else None, table.get(name), facts, fresh)
        for at, name in enumerate(names)
    ]
    reached = [line for line in lines if step is None or _gradient(step, line.input_nr) is not None]
    return reached or lines


def _table(formula: str | None) -> dict[str, str]:
    """Input -> torch's formula; inputs that share one have it each."""
    found: dict[str, str] = {}
    for line in (formula or "").splitlines():
        names, _, text = line.partition(": ")
        found |= dict.fromkeys(names.split(", "), text)
    return found


def _line(
    node: Node,
    step: Step | None,
    at: int,
    name: str,
    formula: str | None,
    table: str | None,
    facts: _Facts,
    fresh: bool,
) -> Line:
    gradient = None if step is None else _gradient(step, at)
    result = None if gradient is None else _told(gradient)
    numbers, notes = None, []
    if formula is not None and gradient is not None:
        shapes = facts.shapes | {name: gradient.shape}
        try:
            numbers = written(formula, facts.values, shapes)
        except Missing as missing:
            notes.append(_why_missing(str(missing), facts, fresh))
    if step is not None and gradient is not None and node.name in ELEMENTWISE and _is_summed(step, gradient):
        numbers = numbers and f"sum({numbers})"
        notes.append(say("{input} was broadcast, so its gradient is summed over the broadcast dimension.", input=name))
    if step is not None and formula is not None and "grads" in formula and None in step.grad_outputs:
        notes.append(say("None: to that output no gradient came, so it counts as zeros."))
    if step is None:
        notes.append(say("This node's work was not recorded, so there are no numbers to put in."))
    return Line(name, at, None, formula, numbers, result, table, " ".join(notes) or None)


def change_of(node: Node, grads: Mapping[str, GradChange]) -> GradChange | None:
    """What a backward did to the `.grad` of the leaf this node fills: by name, or by `#` and its id."""
    places = (f"{node.variable} #{node.id}", node.variable or "", f"#{node.id}")
    return next((grads[place] for place in places if place in grads), None)


def _leaf_line(node: Node, change: GradChange | None) -> Line:
    table = _table(node.formula).get("variable")
    result = None if change is None or change.new is None else _told(change.new)
    if change is not None and change.old is None:
        note = say("{variable}.grad was None, so the gradient itself becomes it.", variable=node.variable or "variable")
        return Line("variable", 0, node.variable, "grad", None, result, table, note)
    parts = [] if change is None else [_told(each) for each in (change.old, change.added) if each is not None]
    numbers = f"{parts[0]} + {_closed(parts[1])}" if len(parts) == 2 and None not in parts else None
    return Line("variable", 0, node.variable, "variable.grad + grad", numbers, result, table, None)


def _closed(text: str | None) -> str:
    return f"({text})" if text and text.startswith("-") else str(text)


def _facts(node: Node, step: Step | None, fresh: bool) -> _Facts:
    facts = _Facts()
    for saved in node.saved:
        if saved.freed:
            facts.freed.add(saved.name)
        elif isinstance(saved.value, TensorValue):
            facts.shapes[saved.name] = saved.value.shape
            if fresh:
                _add(facts, saved.name, saved.value)
        elif isinstance(saved.value, (float, str)):
            facts.values[saved.name] = saved.value
    for at, grad in enumerate(() if step is None else step.grad_outputs):
        if at == 0 and grad is not None:
            _add(facts, "grad", grad)
    if step is not None and all(grad is None or _fits(grad) for grad in step.grad_outputs):
        facts.values["grads"] = tuple("None" if grad is None else grad.data for grad in step.grad_outputs)
    return facts


def _add(facts: _Facts, name: str, value: TensorValue) -> None:
    facts.shapes[name] = value.shape
    if _fits(value):
        facts.values[name] = value.data
    else:
        facts.large.add(name)


def _fits(value: TensorValue) -> bool:
    return value.data is not None and math.prod(value.shape) <= MAX_NUMBERS


def _told(gradient: TensorValue) -> str | None:
    return listed(gradient.data) if _fits(gradient) else None


def _gradient(step: Step, at: int) -> TensorValue | None:
    return step.grad_inputs[at] if at < len(step.grad_inputs) else None


def _is_summed(step: Step, gradient: TensorValue) -> bool:
    """Whether the gradient is smaller than what the node began with."""
    begun = step.grad_outputs[0] if step.grad_outputs else None
    return begun is not None and math.prod(gradient.shape) < math.prod(begun.shape)


def _why_missing(name: str, facts: _Facts, fresh: bool) -> str:
    if name in facts.freed:
        return say("{name} was freed by an earlier backward, so its numbers are gone.", name=name)
    if name in facts.large:
        return say("{name} has too many elements to be written out.", name=name)
    if not fresh:
        return say(
            "{name} was read when this graph was first seen, in an earlier backward: record this one again to see its"
            " numbers.",
            name=name,
        )
    return say("The node did not keep {name}, or it could not be read.", name=name)
