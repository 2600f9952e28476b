"""A closer look at the first runs of every marked expression and statement: what went in, what came out.

Notes what happens to values, what is changed in place, which names are bound to what, and calls whose order matters.
Later runs of the same place are taken to do the same, so that loops stay fast.
"""

from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from .glimpses import HOLDERS, OPTIMIZED, Glimpse, attribute_of, parts, resolve, share_memory
from .happenings import Happenings, Seen, without_graph
from .hidden import Hidden
from .instrument import Site
from .operands import Operand, Operation
from .readings import no_modes
from .traces import NOTHING, Trace
from .versions import Versions

LOOKS = 3
"""Runs of one place that are looked at."""
MAX_NOTED = 2_000
WATCHED = frozenset({
    "retain_grad", "register_hook", "clip_grad_norm_", "clip_grad_value_", "zero_grad", "requires_grad_", "forward",
    "equal", "allclose", "isclose", "dist",
})  # fmt: skip
"""Calls that are noted for when they ran and what they were given."""
PAIR = ("values", "indices")
"""What torch.max, sort or topk return, in this order."""
COMPARING = frozenset({"-", "==", "!="})


@dataclass(frozen=True, slots=True)
class Noted:
    """A call of note, or an expression that compares: what it was given, and whether any of that had a `.grad`."""

    words: str
    site: int
    moment: int
    seen: tuple[tuple[Operand, Glimpse], ...]
    had_grad: bool = False
    shares: bool = False
    """Whether two tensors were given that are one and the same memory."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement bound a name, or set an attribute: what it held before and holds now.

    `value` is what a tensor's `requires_grad` was set to; `names` stand in what was assigned.
    """

    name: str
    function: str | None
    site: int
    moment: int
    before: Glimpse | None
    now: Glimpse | None
    value: bool | None
    names: tuple[str, ...]


class Looks:
    """What was seen at the marks of one program. `reads_locals` says whether the names of its functions may be read."""

    def __init__(self, sites: list[Site], *, reads_locals: bool = True) -> None:
        self.sites = sites
        self.versions = Versions()
        self.happenings = Happenings()
        self.hidden = Hidden()
        self.noted: list[Noted] = []
        self.bound: list[Bound] = []
        self.changes: list[tuple[int, int, int]] = []
        """In-place changes: identity of the tensor, the mark, the moment."""
        self.moment = 0
        self.fresh = bytearray(LOOKS if site.operation else 0 for site in sites)
        self._reads_locals = reads_locals
        self._parent = {
            operand.site: number
            for number, site in enumerate(sites)
            for operand in (site.operation.operands if site.operation else ())
            if operand.site is not None
        }
        self._many = {
            operand.site for site in sites if site.operation for operand in site.operation.operands if operand.many
        }
        self._held: dict[int, list[Glimpse]] = {}
        """What inner expressions made, until the one around them is done."""
        self._names: dict[tuple[str | None, str], tuple[Glimpse, Trace]] = {}

    def forget(self) -> None:
        """Lets go of what expressions at work were given."""
        self._held.clear()

    def look(self, result: Any, number: int, frame: FrameType) -> None:
        """An expression is done."""
        self.fresh[number] -= 1
        operation = self.sites[number].operation
        if operation is None or not self._may_read(frame):
            return
        with torch._C.DisableTorchFunction(), no_modes():
            self.moment += 1
            self.happenings.switch.look(number, operation)
            seen = self._operands(operation, frame, self.sites[number].function)
            made = parts(result)
            if operation.words == "parameters":  # a generator, which stands for the module it goes through
                made = [each for operand, each in seen if operand.role == "receiver"]
            site = number if _may_change(operation, seen) else None
            for each in (*(each for _, each in seen), *made):
                self._meet(each, site)
            for each in made:
                self.happenings.follow(each, number, self.moment, operation, seen)
            self._note(number, operation, seen)
            if operation.words.endswith("_") and self._receives_data(operation):
                self.hidden.note(result, number)
            if number in self._parent and self.fresh[self._parent[number]]:
                for each in made:
                    each.trace = self.happenings.traces.of(each.identity)  # the value may be gone when it is asked for
                self._held[number] = [*self._held.get(number, ()), *made] if number in self._many else made

    def done(self, number: int, frame: FrameType) -> None:
        """A statement is done."""
        self.fresh[number] -= 1
        operation = self.sites[number].operation
        if operation is None or not self._may_read(frame):
            return
        with torch._C.DisableTorchFunction(), no_modes():
            self.moment += 1
            seen = self._operands(operation, frame, self.sites[number].function)
            for operand, each in seen:
                self._meet(each, number)
                if operand.role == "target" and each.kind == "array":
                    self.hidden.note(each.object(), number)
            if operation.kind == "augmented" and operation.targets and operation.targets[0].endswith(".data"):
                self.hidden.note(resolve(frame, operation.targets[0].removesuffix(".data")), number)
            if operation.flag is not None:
                self._set(operation.flag, number, operation, seen)
            else:
                for target in operation.targets:
                    self._bind(target, number, frame, operation, seen)
                self._put(number, operation, seen)
        if not frame.f_code.co_flags & OPTIMIZED:
            self._held.clear()

    def trace_of(self, thing: Any) -> Trace:
        """What lies behind an object."""
        return self.happenings.traces.of(id(thing))

    def _receives_data(self, operation: Operation) -> bool:
        """Whether a method is called on some tensor's `.data`."""
        receiver = next((each.site for each in operation.operands if each.role == "receiver"), None)
        inner = self.sites[receiver].operation if receiver is not None else None
        return inner is not None and inner.kind == "attribute" and inner.words == "data"

    def _may_read(self, frame: FrameType) -> bool:
        return self._reads_locals or not frame.f_code.co_flags & OPTIMIZED

    def trace_of_number(self, function: str | None, name: str) -> Trace:
        """What lay behind the number a name held when it was last looked at: in a loop it is another by now."""
        held, trace = self._names.get((function, name), (None, NOTHING))
        return trace if held is not None and held.kind == "number" else NOTHING

    def _operands(self, operation: Operation, frame: FrameType, function: str | None) -> list[tuple[Operand, Glimpse]]:
        found: list[tuple[Operand, Glimpse]] = []
        for operand in operation.operands:
            if operand.site is not None:
                seen = _inside(self._held.pop(operand.site, []), operand.rest)
            else:
                seen = parts(resolve(frame, operand.name)) if operand.name else []
                if len(seen) == 1 and seen[0].kind == "number" and operand.name:
                    known = self.happenings.traces.of(seen[0].identity)
                    seen[0].trace = known.joined(self.trace_of_number(function, operand.name))
            found.extend((operand, each) for each in seen)
        return found

    def _meet(self, seen: Glimpse, number: int | None) -> None:
        """Looks at the version of a tensor, or of all that a module or an optimizer holds.

        A change that is seen where there can be none (`number` is None) happened before, unseen.
        """
        thing = seen.object()
        tensors = [thing] if seen.kind == "tensor" else seen.leaves() if seen.kind in HOLDERS else []
        for tensor in tensors:
            if tensor is not None and self.versions.meet(tensor, number, self.moment) and number is not None:
                self.changes.append((id(tensor), number, self.moment))

    def _note(self, number: int, operation: Operation, seen: Seen) -> None:
        is_call = operation.kind == "call" and operation.words in WATCHED
        if len(self.noted) >= MAX_NOTED or not (is_call or operation.words in COMPARING):
            return
        if seen or operation.words == "zero_grad":
            had_grad = is_call and any(each.has_grad() for _, each in seen)
            kept = tuple((operand, without_graph(each)) for operand, each in seen)
            self.noted.append(
                Noted(operation.words, number, self.moment, kept, had_grad, share_memory(each for _, each in seen))
            )

    def _bind(self, target: str, number: int, frame: FrameType, operation: Operation, seen: Seen) -> None:
        function = self.sites[number].function
        found = parts(resolve(frame, target))
        now = without_graph(found[0]) if len(found) == 1 else None
        before, trace = self._names.pop((function, target), (None, NOTHING))
        if now is not None:
            if operation.kind == "augmented" and before is not None:
                for _, each in seen:
                    trace = trace.joined(self.happenings.behind(each))
                self.happenings.traces.put(now, trace.joined(self.happenings.behind(now)))
            self._names[function, target] = now, self.happenings.behind(now)
        if now is not None or "." in target:
            self._keep(Bound(target, function, number, self.moment, before, now, None, operation.names))

    def _put(self, number: int, operation: Operation, seen: Seen) -> None:
        """Something was put into a module by its number or key."""
        for operand, each in seen if operation.kind == "assign" and not operation.targets else ():
            if operand.role == "target" and each.kind == "module" and operand.name:
                function, now = self.sites[number].function, without_graph(each)
                self._keep(Bound(f"{operand.name}[]", function, number, self.moment, None, now, None, operation.names))

    def _set(self, flag: str, number: int, operation: Operation, seen: Seen) -> None:
        """A tensor's own attribute was set."""
        function = self.sites[number].function
        for operand, each in seen:
            if operand.role == "target":
                name, value = f"{operand.name or ''}.{flag}", each.requires_grad if flag == "requires_grad" else None
                now = without_graph(each)
                self._keep(Bound(name, function, number, self.moment, None, now, value, operation.names))

    def _keep(self, bound: Bound) -> None:
        if len(self.bound) < MAX_NOTED:
            self.bound.append(bound)


def _may_change(operation: Operation, seen: Seen) -> bool:
    """Whether the expression may change in place what it is given: operators and most of torch's functions never do."""
    if operation.kind != "call" or operation.words.endswith("_") or {"inplace", "out"} & set(operation.keywords):
        return operation.kind == "call"
    on_tensor = any(operand.role == "receiver" and each.kind == "tensor" for operand, each in seen)
    return not on_tensor and not (operation.dotted or "").startswith("torch.")


def _inside(seen: list[Glimpse], rest: tuple[str, ...]) -> list[Glimpse]:
    """What stands under these attributes of what was seen."""
    if rest and rest[0] in PAIR and len(seen) == len(PAIR):
        seen, rest = [seen[PAIR.index(rest[0])]], rest[1:]
    if not rest or len(seen) != 1:
        return seen
    return parts(attribute_of(seen[0].object(), rest))
