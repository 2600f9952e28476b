"""Why one tensor's `.grad` is what it is, as far as the witness saw the cause: one sentence or nothing."""

from collections.abc import Mapping
from typing import Any

import torch

from ..autograd import Names
from ..events import Tensor
from ..explain import (
    added_again,
    cut_behind,
    flows,
    nan_because,
    retained_late,
    zero_because,
)
from ..explain.flow import Flow
from .happenings import Event
from .telling import MEETINGS, Telling
from .witness import Witness


class Whys:
    """The causes, as far as they are known now. `names` are the names that things have now."""

    def __init__(self, witness: Witness, names: Names, top: Mapping[str, Any]) -> None:
        self._witness = witness
        self._names = names
        self._top = top
        self._telling: Telling | None = None
        self._flows: list[Flow] | None = None

    def because(self, tensor: torch.Tensor, told: Tensor) -> str | None:
        """The sentence for one tensor, whose report is `told`."""
        if told.grad_reason == "present":
            return self._of_numbers(tensor, told)
        if told.grad_reason == "unreachable" and not told.is_leaf:
            return self._of_late(tensor, told)
        if told.grad_reason in ("unreachable", "no_backward_yet") and told.is_leaf:
            return self._of_leaf(tensor) if told.grad_reason == "unreachable" else None
        return self._of_constant(tensor) if told.grad_reason == "requires_grad_false" else None

    def _of_leaf(self, leaf: torch.Tensor) -> str | None:
        """Where the path to a leaf that got nothing was cut."""
        for number, event in enumerate(self._witness.looks.happenings.events):
            if _is_cut(event) and any(ref() is leaf for ref in event.leaves):
                return cut_behind(self._told().cut(number))
        return None

    def _of_constant(self, tensor: torch.Tensor) -> str | None:
        """Where what a tensor was computed from was left behind."""
        events = self._witness.looks.happenings.events
        behind = self._witness.looks.trace_of(tensor).events
        cuts = [number for number in sorted(behind) if _is_cut(events[number]) and events[number].leaves]
        return cut_behind(self._told().cut(cuts[-1])) if cuts else None

    def _of_late(self, tensor: torch.Tensor, told: Tensor) -> str | None:
        """retain_grad() that came after the backward."""
        for noted in reversed(self._witness.looks.noted):
            seen = noted.seen[0][1] if noted.seen else None
            if noted.words == "retain_grad" and seen is not None and seen.object() is tensor:
                past = [each for each in self._witness.passes.all if seen.sequence in each.numbers and each.fills]
                before = [each for each in past if each.moment < noted.moment]
                line = self._witness.provenance.sites[noted.site].line
                return retained_late(told.name, line, before[-1].line) if before else None
        return None

    def _of_numbers(self, tensor: torch.Tensor, told: Tensor) -> str | None:
        """Why a gradient is zero, no number, or there twice."""
        grad = told.grad
        if grad is None or not told.is_leaf:
            return None
        if grad.nonfinite or grad.norm == 0:
            return self._of_flow(told.name, is_zero=not grad.nonfinite)
        past = [each for each in self._witness.passes.all if id(tensor) in each.leaves and not each.raised]
        newest = past[-1] if past else None
        if newest is None or newest.again is None or id(tensor) not in newest.piled:
            return None
        earlier = next((each for each in self._witness.passes.all if each.number == newest.again), None)
        return added_again(earlier.line if earlier else None, newest.line)

    def _of_flow(self, name: str, *, is_zero: bool) -> str | None:
        """The node at which the newest recorded gradient of a leaf became zero, or no number."""
        if self._flows is None:
            self._flows = flows(self._witness.graphs, self._witness.recorded)
        for flow in reversed(self._flows):
            for leaf, _ in flow.leaves():
                if leaf.variable != name:
                    continue
                turn = flow.vanished(leaf) if is_zero else None
                cause = zero_because(flow, leaf, turn) if turn is not None else None
                return cause.explanation if cause else None if is_zero else nan_because(flow, leaf)
        return None

    def _told(self) -> Telling:
        if self._telling is None:
            self._telling = Telling(self._witness, self._names, self._top)
        return self._telling


def _is_cut(event: Event) -> bool:
    return event.kind not in ("source", *MEETINGS) and event.backward is None
