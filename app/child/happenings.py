"""What happened to values on their way: paths that were cut, shapes that were stretched, tensors made from nothing.

Each happening has a number, and a value's trace holds the numbers of those that lie behind it. Keeps no tensor alive.
"""

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from .cuts import Switch, cut_kind
from .glimpses import Glimpse, parts
from .operands import Operand, Operation
from .traces import NOTHING, Trace, Traces

MAX_HAPPENED = 2_000
DIFFERENCES = frozenset({"sub", "subtract"})
"""Functions that do what `-` does."""
Seen = Sequence[tuple[Operand, Glimpse]]


@dataclass(slots=True)
class Event:
    """Something that happened at a mark: `kind` is a cut's kind, `source`, `broadcast` or `loss`.

    `operand` is what it happened to and `seen` how that looked; `leaves` are those behind a cut, weakly; `switch` is
    where recording had been switched off.
    """

    kind: str
    site: int
    moment: int
    operand: Operand | None = None
    seen: Seen = ()
    leaves: list[Any] = field(default_factory=list)
    result: Glimpse | None = None
    switch: int | None = None
    reached: int = 0
    """How many backwards brought the leaf that was made here a gradient."""
    backward: int | None = None
    """The number of the torch.autograd.grad that returned it."""


class Happenings:
    """What happened in one program, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.traces = Traces()
        self.made: dict[int, Event] = {}
        """Identity of a tensor -> where it was made, for those that were made from no other, and leaves."""
        self.switch = Switch()

    def follow(self, made: Glimpse, site: int, moment: int, operation: Operation, seen: Seen) -> None:
        """Notes what lies behind a result: what lay behind its operands, and what happened to them just now."""
        inputs = [(operand, each) for operand, each in seen if each.identity != made.identity]
        if operation.kind == "subscript" and len(inputs) < len(seen):
            return  # one of several was picked: nothing happened to it, and it knows what lies behind it
        trace = self.traces.of(made.identity)
        explained = bool(trace.events)
        for _, each in seen:
            trace = trace.joined(self.behind(each))
        if len(inputs) == len(seen) and not explained:
            trace = trace.joined(self._cut(made, site, moment, operation, inputs))
        if made.kind == "tensor":
            trace = trace.joined(self._meeting(made, site, moment, operation, inputs))
            trace = trace.joined(self._source(made, site, moment, trace, seen))
        self.traces.put(made, trace)

    def behind(self, seen: Glimpse) -> Trace:
        """What lies behind something that was seen, be it gone by now."""
        return seen.trace or self.traces.of(seen.identity)

    def returned(self, gradients: Iterable[Any], backward: int, moment: int) -> None:
        """torch.autograd.grad returned these: those without a graph lead nowhere."""
        for each in gradients:
            for made in parts(each):
                if made.kind == "tensor" and not made.requires_grad:
                    event = Event("gradient", -1, moment, result=made, backward=backward)
                    self.traces.put(made, self._happened(event))

    def _cut(self, made: Glimpse, site: int, moment: int, operation: Operation, inputs: Seen) -> Trace:
        kind = cut_kind(operation, made, inputs, torch.is_grad_enabled())
        if kind is None:
            return NOTHING
        last = self.events[-1] if self.events else None
        if last is not None and (last.kind, last.site, last.moment) == (kind, site, moment):
            return Trace(frozenset([len(self.events) - 1]))  # of a list of results each
        operand = next(operand for operand, each in inputs if each.requires_grad)
        event = Event(kind, site, moment, operand, inputs, result=made)
        event.switch = self.switch.site if kind == "no_grad" else None
        leaves = {id(leaf): leaf for _, each in inputs if each.requires_grad for leaf in each.leaves()}
        event.leaves = [weakref.ref(leaf) for leaf in leaves.values()]
        return self._happened(event)

    def _source(self, made: Glimpse, site: int, moment: int, trace: Trace, seen: Seen) -> Trace:
        """Notes a tensor that was made from no other, and a leaf that was made from others."""
        known = self.made.get(made.identity)
        is_known = known is not None and known.result is not None and known.result.object() is made.object()
        is_given = any(each.identity == made.identity for _, each in seen)
        is_new_leaf = made.requires_grad and made.is_leaf and not is_given
        if is_known or (trace is not NOTHING and not is_new_leaf):
            return NOTHING
        event = Event("source", site, moment, result=made)
        found = self._happened(event)
        if found is not NOTHING:
            self.made[made.identity] = event
        return Trace(sources=found.events)

    def _meeting(self, made: Glimpse, site: int, moment: int, operation: Operation, inputs: Seen) -> Trace:
        """Notes where two tensors of different shapes met."""
        tensors = [(operand, each) for operand, each in inputs if each.kind == "tensor"]
        if len(tensors) != 2 or tensors[0][1].shape == tensors[1][1].shape:
            return NOTHING
        shapes = [each.shape for _, each in tensors]
        if (operation.kind == "operator" or operation.words in DIFFERENCES) and made.shape not in shapes:
            kind = "broadcast"
        elif operation.kind == "call" and made.shape == () and all(shapes):
            kind = "loss"
        else:
            return NOTHING
        return self._happened(Event(kind, site, moment, tensors[0][0], tensors, result=made))

    def _happened(self, event: Event) -> Trace:
        """Keeps the event, and gives the trace it leaves."""
        if len(self.events) >= MAX_HAPPENED:
            return NOTHING
        event.seen = [(operand, without_graph(each)) for operand, each in event.seen]
        event.result = event.result and without_graph(event.result)
        self.events.append(event)
        return Trace(frozenset([len(self.events) - 1]))


def without_graph(seen: Glimpse) -> Glimpse:
    """The same without its grad_fn, so that the graph may go."""
    return replace(seen, grad_fn=None, trace=None)
