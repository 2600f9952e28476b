"""A closer look at the first runs of every marked expression and statement: what went in, what came out.

Notes where a path to a leaf is cut, where shapes are stretched, what is changed in place, which names are bound to what,
and calls whose order matters. Later runs of the same place are taken to do the same, so that loops stay fast.
"""

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import torch

from .cuts import Switch, cut_kind
from .glimpses import OPTIMIZED, Glimpse, parts, resolve
from .instrument import Site
from .operands import Operand, Operation
from .readings import no_modes
from .traces import NOTHING, Trace, Traces
from .versions import Versions

LOOKS = 3
"""Runs of one place that are looked at."""
MAX_EVENTS = 2_000
WATCHED = frozenset({
    "retain_grad", "register_hook", "clip_grad_norm_", "clip_grad_value_", "zero_grad", "requires_grad_", "zero_",
    "load_state_dict", "eval", "equal", "allclose", "isclose", "dist",
})  # fmt: skip
"""Calls that are noted for when they ran and what they were given."""
HOLDERS = ("module", "optimizer")
COMPARING = frozenset({"-", "==", "!="})


@dataclass(slots=True)
class Event:
    """Something that happened at a mark: `kind` is a cut's kind, `source`, `broadcast` or `loss`.

    `operand` is what it happened to and `seen` how that looked; `leaves` are those behind a cut, weakly; `switch` is where
    recording had been switched off.
    """

    kind: str
    site: int
    moment: int
    operand: Operand | None = None
    seen: Sequence[tuple[Operand, Glimpse]] = ()
    leaves: list[Any] = field(default_factory=list)
    result: Glimpse | None = None
    switch: int | None = None
    backward: int | None = None
    """The number of the torch.autograd.grad that returned it."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A call of note, or an expression that compares: what it was given, and whether any of that had a `.grad`."""

    words: str
    site: int
    moment: int
    seen: tuple[tuple[Operand, Glimpse], ...]
    had_grad: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement bound a name, or set an attribute: what it held before and holds now."""

    name: str
    function: str | None
    site: int
    moment: int
    before: Glimpse | None
    now: Glimpse | None
    value: Any
    names: tuple[str, ...]


class Looks:
    """What was seen at the marks of one program. `sites` are its marks; `lives` says whether functions' names may be read."""

    def __init__(self, sites: list[Site], versions: Versions, *, reads_locals: bool = True) -> None:
        self.sites = sites
        self.versions = versions
        self.traces = Traces()
        self.events: list[Event] = []
        self.noted: list[Noted] = []
        self.bound: list[Bound] = []
        self.changes: list[tuple[int, int, int]] = []
        """In-place changes: identity of the tensor, the mark, the moment."""
        self.switch = Switch()
        self.moment = 0
        self.fresh = bytearray(LOOKS if site.operation else 0 for site in sites)
        self._reads_locals = reads_locals
        self._parent = {
            operand.site: number
            for number, site in enumerate(sites)
            for operand in (site.operation.operands if site.operation else ())
            if operand.site is not None
        }
        self._held: dict[int, list[Glimpse]] = {}
        self._names: dict[tuple[str | None, str], tuple[Glimpse, Trace]] = {}

    def forget(self) -> None:
        """Lets go of what expressions at work were given."""
        self._held.clear()

    def look(self, result: Any, number: int, frame: FrameType) -> None:
        """An expression is done."""
        self.fresh[number] -= 1
        operation = self.sites[number].operation
        if operation is None or (frame.f_code.co_flags & OPTIMIZED and not self._reads_locals):
            return
        with torch._C.DisableTorchFunction(), no_modes():
            self.moment += 1
            self.switch.look(number, operation, self.moment)
            seen = self._operands(operation, frame)
            made = parts(result)
            for _, each in seen:
                self._meet(each, number)
            if operation.words == "parameters":
                made = [each for operand, each in seen if operand.role == "receiver"]
            for each in made:
                self._meet(each, number)
                self._trace(each, number, operation, seen)
            self._note(number, operation, seen)
            if made and self.fresh[self._parent.get(number, number)] and number in self._parent:
                for each in made:
                    each.trace = self.traces.of(each.identity)  # the value may be gone before the trace is asked for
                self._held[number] = made

    def done(self, number: int, frame: FrameType) -> None:
        """A statement is done."""
        self.fresh[number] -= 1
        site = self.sites[number]
        operation = site.operation
        if operation is None or (frame.f_code.co_flags & OPTIMIZED and not self._reads_locals):
            return
        with torch._C.DisableTorchFunction(), no_modes():
            self.moment += 1
            seen = self._operands(operation, frame)
            for _, each in seen:
                self._meet(each, number)
            for target in operation.targets:
                self._bind(target, number, frame, operation, seen)
        if not frame.f_code.co_flags & OPTIMIZED:
            self._held.clear()

    def returned(self, gradients: Iterable[Any], backward: int) -> None:
        """torch.autograd.grad returned these: those without a graph lead nowhere."""
        for each in gradients:
            for made in parts(each):
                event = Event("gradient", -1, self.moment, result=made, backward=backward)
                if made.kind == "tensor" and not made.requires_grad and self._happened(event):
                    self.traces.put(made, Trace(frozenset([len(self.events) - 1])))

    def trace_of(self, thing: Any) -> Trace:
        """What lies behind an object."""
        return self.traces.of(id(thing))

    def _operands(self, operation: Operation, frame: FrameType) -> list[tuple[Operand, Glimpse]]:
        found: list[tuple[Operand, Glimpse]] = []
        for operand in operation.operands:
            if operand.site is not None:
                seen = self._held.pop(operand.site, [])
            else:
                seen = parts(resolve(frame, operand.name)) if operand.name else []
            found.extend((operand, each) for each in seen)
        return found

    def _meet(self, seen: Glimpse, number: int) -> None:
        """Looks at the version of a tensor, or of all that a module or an optimizer holds."""
        thing = seen.object()
        tensors = [thing] if seen.kind == "tensor" else seen.leaves() if seen.kind in HOLDERS else []
        for tensor in tensors:
            if tensor is not None and self.versions.meet(tensor, number, self.moment):
                self.changes.append((id(tensor), number, self.moment))

    def _trace(self, made: Glimpse, number: int, operation: Operation, seen: list[tuple[Operand, Glimpse]]) -> None:
        """Notes what lies behind a result: what lay behind its operands, and what happened to them just now."""
        inputs = [(operand, each) for operand, each in seen if each.identity != made.identity]
        trace = self.traces.of(made.identity)
        explained = bool(trace.events)
        for _, each in seen:
            trace = trace.joined(each.trace or self.traces.of(each.identity))
        kind = None if len(inputs) < len(seen) or explained else cut_kind(operation, made, inputs, self.switch.mode())
        if kind is not None:
            operand, source = next((operand, each) for operand, each in inputs if each.requires_grad)
            event = self._happened(Event(kind, number, self.moment, operand, inputs, result=made))
            if event is not None:
                event.switch = self.switch.site if kind == "no_grad" else None
                event.leaves = _weakly([leaf for _, each in inputs if each.requires_grad for leaf in each.leaves()])
                trace = trace.joined(Trace(frozenset([len(self.events) - 1])))
        if made.kind == "tensor":
            trace = trace.joined(self._shapes(made, number, operation, inputs))
            if not inputs and trace is NOTHING and self._happened(Event("source", number, self.moment, result=made)):
                trace = Trace(sources=frozenset([len(self.events) - 1]))
        self.traces.put(made, trace)

    def _shapes(self, made: Glimpse, number: int, operation: Operation, inputs: list[tuple[Operand, Glimpse]]) -> Trace:
        """Notes where two tensors of different shapes met."""
        tensors = [(operand, each) for operand, each in inputs if each.kind == "tensor"]
        if len(tensors) != 2 or tensors[0][1].shape == tensors[1][1].shape:
            return NOTHING
        shapes = [each.shape for _, each in tensors]
        if operation.kind == "operator" and made.shape not in shapes:
            kind = "broadcast"
        elif operation.kind == "call" and made.shape == () and all(shapes):
            kind = "loss"
        else:
            return NOTHING
        event = self._happened(Event(kind, number, self.moment, tensors[0][0], tensors, result=made))
        return Trace(frozenset([len(self.events) - 1])) if event else NOTHING

    def _happened(self, event: Event) -> Event | None:
        if len(self.events) >= MAX_EVENTS:
            return None
        event.seen = [(operand, _without_graph(each)) for operand, each in event.seen]
        event.result = event.result and _without_graph(event.result)
        self.events.append(event)
        return event

    def _note(self, number: int, operation: Operation, seen: list[tuple[Operand, Glimpse]]) -> None:
        is_call = operation.kind == "call" and operation.words in WATCHED
        if not is_call and operation.words not in COMPARING:
            return
        if len(self.noted) < MAX_EVENTS and (seen or operation.words == "zero_grad"):
            had_grad = is_call and any(_has_grad(each) for _, each in seen)
            kept = tuple((operand, _without_graph(each)) for operand, each in seen)
            self.noted.append(Noted(operation.words, number, self.moment, kept, had_grad))

    def _bind(
        self, target: str, number: int, frame: FrameType, operation: Operation, seen: list[tuple[Operand, Glimpse]]
    ) -> None:
        site = self.sites[number]
        thing = resolve(frame, target)
        is_flag = target.endswith((".requires_grad", ".grad", ".data"))
        if is_flag:
            head, _, _ = target.rpartition(".")
            owners = parts(resolve(frame, head))
            now = _without_graph(owners[0]) if owners else None
            self._bound(Bound(target, site.function, number, self.moment, None, now, thing, operation.names))
            return
        found = parts(thing)
        now = _without_graph(found[0]) if len(found) == 1 else None
        before, trace = self._names.pop((site.function, target), (None, NOTHING))
        if now is None:
            return
        if operation.kind == "augmented" and before is not None:
            for _, each in seen:
                trace = trace.joined(each.trace or self.traces.of(each.identity))
            self.traces.put(now, trace.joined(self.traces.of(now.identity)))
        self._names[site.function, target] = now, self.traces.of(now.identity)
        self._bound(Bound(target, site.function, number, self.moment, before, now, None, operation.names))

    def _bound(self, bound: Bound) -> None:
        if len(self.bound) < MAX_EVENTS:
            self.bound.append(bound)


def _weakly(leaves: list[torch.Tensor]) -> list[Any]:
    return [weakref.ref(leaf) for leaf in {id(leaf): leaf for leaf in leaves}.values()]


def _without_graph(seen: Glimpse) -> Glimpse:
    """The same without its grad_fn, so that the graph may go."""
    return Glimpse(
        seen.kind, seen.ref, seen.requires_grad, seen.is_leaf, None, seen.shape, seen.dtype, seen.identity,
        seen.sequence, None, seen.is_view_of_line,
    )  # fmt: skip


def _has_grad(seen: Glimpse) -> bool:
    thing = seen.object()
    if seen.kind in HOLDERS and thing is not None:
        return any(each.grad is not None for each in seen.leaves())
    return seen.kind == "tensor" and thing is not None and thing.is_leaf and thing.grad is not None
