"""The check of one gradient: finite differences in float64 beside what a backward gave, and in words what came out.

Only in a run that is done again for it. Source: https://docs.pytorch.org/docs/stable/notes/gradcheck.html
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ..autograd import Measured, Start, Tape, Unrepeatable, compare, measure, start_at
from ..events import Check
from ..words import say
from .backwards import Call, Seen

NO_NUMBER = 2**63
MANY = 5_000
"""Operations that are kept across a backward."""


class Checks:
    """The check of the leaf of that name, in the one backward a run is done again for."""

    def __init__(self, leaf: str) -> None:
        self._name = leaf
        self._tape = Tape()
        self._starts: list[Start] = []
        self._leaf: torch.Tensor | None = None
        self._node: int | None = None

    @contextmanager
    def taping(self) -> Iterator[None]:
        """Notes the operations that run inside."""
        with self._tape:
            yield

    def passed(self) -> None:
        """Another backward is over; the one to check is unlikely to lean on what is long past."""
        if len(self._tape.entries) > MANY or self._tape.trouble is not None:
            self._tape.forget()

    def begin(self, seen: Seen, t_outputs: Any, seeds: Any) -> None:
        """The backward begins: what the leaf and the roots hold now."""
        self._tape.on = False
        assert seen.recorder is not None  # a check is of a recorded backward
        leaves = [at for at, node in enumerate(seen.walked.order) if type(node).__name__ == "AccumulateGrad"]
        for at, leaf, name in zip(leaves, seen.leaves, seen.known.leaf_names, strict=True):
            if self._name in (name, f"#{at}", f"{name} #{at}"):
                self._leaf, self._node, seen.recorder.watch = leaf, at, at
        if all(isinstance(root, torch.Tensor) for root in t_outputs):
            self._starts = [start_at(root, seed) for root, seed in zip(t_outputs, seeds, strict=False)]

    def end(self, seen: Seen, call: Call) -> Check:
        """The backward is over."""
        leaf = self._leaf
        if leaf is None:
            return self._without(say("This backward has no leaf named {name}.", name=self._name))
        if not call.finished:
            return self._without(say("The backward raised, so there is no gradient to check."))
        gradient = self._gradient(leaf, seen, call)
        if gradient is None:
            return self._without(say("This backward brought {name} no gradient.", name=self._name))
        if leaf.dtype not in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
            return self._without(say("Only leaves with real floating-point numbers can be checked."))
        numbers = [node._sequence_nr() for node in seen.walked.order]
        first = min((number for number in numbers if number < NO_NUMBER), default=0)
        try:
            measured = measure(self._tape, self._starts, leaf, first)
        except Unrepeatable as trouble:
            return self._without(_why(trouble))
        flat = gradient.to_dense().to(torch.float64).reshape(-1)
        recorded = tuple(float(flat[at]) for at in measured.places)
        hooked = seen.recorder is not None and any(step.arrived is not None for step in seen.recorder.steps())
        return self._compared(measured, recorded, leaf, hooked)

    def _gradient(self, leaf: torch.Tensor, seen: Seen, call: Call) -> torch.Tensor | None:
        """What the backward added to the leaf's `.grad`, or returned for it."""
        if not seen.fills:
            asked = zip(call.inputs, call.result or (), strict=False)
            return next((grad.detach() for each, grad in asked if each is leaf and grad is not None), None)
        return None if seen.recorder is None else seen.recorder.brought

    def _compared(self, measured: Measured, recorded: tuple[float, ...], leaf: torch.Tensor, hooked: bool) -> Check:
        if not measured.places:
            return self._without(say("The function has a kink at this value: from both sides it rises differently."))
        error, tolerance, agrees = compare(recorded, measured, leaf.dtype)
        told = self._verdict(agrees, all(map(math.isfinite, recorded)), hooked)
        kinks = len(measured.kinks)
        left_out = say(" Elements where the function has a kink were left out: {count}.", count=kinks)
        return Check(
            leaf=self._name,
            node=self._node,
            places=measured.places,
            recorded=recorded,
            measured=measured.values,
            error=None if math.isnan(error) else error,
            tolerance=tolerance,
            agrees=agrees,
            detail=told + (left_out if kinks else ""),
        )

    def _verdict(self, agrees: bool, finite: bool, hooked: bool) -> str:
        name = self._name
        if agrees:
            return say("Finite differences in float64 agree with the recorded gradient of {name}.", name=name)
        if not finite:
            return say(
                "The recorded gradient of {name} is not finite, though the function changes by finite amounts there:"
                " on the way back 0 was multiplied by infinity, or a number was too large.",
                name=name,
            )
        if hooked:
            return say(
                "The recorded gradient of {name} is not what finite differences in float64 give: a hook of the"
                " program changed a gradient on the way to it.",
                name=name,
            )
        return say(
            "Finite differences in float64 do not agree with the recorded gradient of {name}: a backward on the way"
            " to it is not the derivative of its forward.",
            name=name,
        )

    def _without(self, detail: str) -> Check:
        return Check(
            leaf=self._name,
            node=self._node,
            places=(),
            recorded=(),
            measured=(),
            error=None,
            tolerance=None,
            agrees=None,
            detail=detail,
        )


def _why(trouble: Unrepeatable) -> str:
    words = {
        "forgotten": say("Part of the computation ran outside of what could be noted, so it cannot be done again."),
        "memory": say("The computation holds more numbers than the check may keep."),
        "layout": say("The computation works with {what} numbers, which the check does not know.", what=trouble.what),
        "transform": say("The computation runs inside a transform (torch.func, vmap), which cannot be done again."),
        "operation": say("{what} cannot be done again in float64.", what=trouble.what),
        "nonfinite": say("The computation itself comes to NaN or infinity, so its differences would say nothing."),
        "different": say(
            "Done again in float64 the computation came to another value, so its differences would say nothing."
        ),
    }
    return words[trouble.why]
