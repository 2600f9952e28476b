"""What a witness saw of one thing -> a plain fact: names and places instead of objects.

Knows nothing of mistakes: what the facts mean is said elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch

from ..autograd import Names
from ..explain.facts import Cut, Meeting, Source
from ..explain.things import Leaf, Pass, Spot, Value, spot_at
from .glimpses import Glimpse
from .happenings import DIFFERENCES, Event
from .operands import Operand
from .passes import Past
from .witness import Witness

MEETINGS = ("broadcast", "loss")


class Telling:
    """Tells what a witness saw. `names` are the names that things have now; `top` is the program's namespace."""

    def __init__(self, witness: Witness, names: Names, top: Mapping[str, Any]) -> None:
        self.witness = witness
        self.names = names
        self.top = top
        self.events = witness.looks.happenings.events
        self.sites = witness.provenance.sites
        self._made = witness.looks.happenings.made
        self._behind = witness.looks.happenings.traces.behind()
        self._variables = {
            id(value): name for name, value in top.items() if name.__class__ is str and not name.startswith("__")
        }
        self._grads = {id(grad_of(each.tensor)): each.name for each in names.tensors.values()}
        self._roots: dict[int, list[int]] = {}
        for past in witness.passes.all:
            for event in past.events:
                self._roots.setdefault(event, []).append(past.number)
        self._holders = {
            identity: self.name_of(held.optimizer()) or held.kind
            for held in witness.stepping.optimizers.values()
            for identity in held.tensors
        }

    def spot(self, number: int) -> Spot:
        """The place of a mark."""
        site = self.sites[number]
        assert site.operation is not None  # only such marks are looked at
        return Spot(site.line, site.column, site.operation.span, site.function)

    def name_of(self, thing: Any) -> str | None:
        """The name a thing has now, or had when a backward last met it, or was given when it was made."""
        found = self.names.tensors.get(id(thing))
        if found is not None and found.tensor is thing:
            return found.name
        if id(thing) in self.names.modules:
            return self.names.modules[id(thing)]
        if isinstance(thing, torch.Tensor) and id(thing) in self._grads:
            return f"{self._grads[id(thing)]}.grad"
        known = self._variables.get(id(thing)) or self.witness.leaf_names.get(id(thing))
        made = self._made_of(thing)
        return known or (self.sites[made.site].target if made is not None else None)

    def _made_of(self, thing: Any) -> Event | None:
        """Where a thing that is still there was made."""
        made = self._made.get(id(thing))
        is_it = made is not None and made.result is not None and thing is not None and made.result.object() is thing
        return made if is_it else None

    def value(self, operand: Operand | None, seen: Glimpse) -> Value:
        """What was seen, as it was then."""
        thing = seen.object()
        made = self._made_of(thing)
        name = self.name_of(thing) if thing is not None and seen.kind != "number" else None
        return Value(
            name=operand.name if operand is not None and operand.name else name,
            kind="parameter" if type(thing) is torch.nn.Parameter else seen.kind,
            span=operand.span if operand else None,
            shape=seen.shape,
            dtype=seen.dtype,
            requires_grad=seen.requires_grad,
            is_leaf=seen.is_leaf,
            grad_fn=seen.made_by,
            identity=seen.identity,
            made=self.spot(made.site) if made is not None else None,
            is_view_of_line=seen.is_view_of_line,
            has_grad=isinstance(thing, torch.Tensor) and grad_of(thing) is not None,
        )

    def values(self, seen: Iterable[tuple[Operand, Glimpse]]) -> tuple[Value, ...]:
        """Several things as they were."""
        return tuple(self.value(operand, each) for operand, each in seen)

    def leaf(self, leaf: torch.Tensor) -> Leaf:
        """What became of a leaf."""
        passes = self.witness.passes
        name, made = self.name_of(leaf), self._made_of(leaf)
        is_parameter = type(leaf) is torch.nn.Parameter
        return Leaf(
            name=name,
            kind="parameter" if is_parameter else "tensor",
            identity=id(leaf),
            shape=tuple(leaf.shape),
            dtype=str(leaf.dtype).removeprefix("torch."),
            reached=passes.times_reached(leaf),
            asked=passes.is_asked(leaf),
            follows=name in self.witness.served,
            holder=self._holders.get(id(leaf)),
            owner=name.rpartition(".")[0] if name and is_parameter and "." in name else None,
            made=self.spot(made.site) if made is not None else None,
        )

    def passed(self, past: Past) -> Pass:
        """One backward."""
        known = past.line is not None and past.span is not None
        root = self.value(None, past.root) if past.root is not None else Value(None, "other")
        return Pass(
            number=past.number,
            moment=past.moment,
            spot=Spot(past.line or 0, past.span[1], past.span, past.function) if known and past.span else None,
            root=replace(root, grad_fn=past.root_node),
            leaves=tuple(past.leaves),
            fills=past.fills,
            retain_graph=past.retain_graph,
            create_graph=past.create_graph,
            raised=past.raised,
            graph=past.graph,
            piled=tuple(past.piled),
            used=tuple(past.used),
            twice=tuple(past.twice),
            again=past.again,
            events=past.events,
            sources=past.sources,
            made=next(iter(past.numbers), None),
        )

    def cut(self, number: int) -> Cut:
        """A path that was cut: the event of that number."""
        event = self.events[number]
        if event.backward is not None:
            return self._returned(number, event)
        site = self.sites[event.site]
        operand = next(((at, each) for at, each in event.seen if each.requires_grad), None)
        switching = None if event.switch is None else self.sites[event.switch].operation
        result = event.result.identity if event.result is not None else 0
        return Cut(
            kind=event.kind,
            spot=self.spot(event.site),
            operand=self.value(*operand) if operand else Value(None, "other"),
            leaves=tuple(self.leaf(leaf) for ref in event.leaves if (leaf := ref()) is not None),
            number=number,
            words=site.operation.words if site.operation else "",
            target=site.target,
            result=self.value(None, event.result) if event.result else None,
            roots=tuple(self._roots.get(number, ())),
            switch=None if event.switch is None else self.spot(event.switch),
            floats=any(is_float(each) and id(each) != result for each in self._behind.get(number, ())),
            is_global=switching is not None and switching.words == "set_grad_enabled",
        )

    def _returned(self, number: int, event: Event) -> Cut:
        """A gradient that torch.autograd.grad returned without a graph."""
        past = next((past for past in self.witness.passes.all if past.number == event.backward), None)
        spot = self.passed(past).spot if past is not None else None
        result = self.value(None, event.result) if event.result else None
        roots = tuple(self._roots.get(number, ()))
        operand = Value(None, "tensor")
        return Cut(event.kind, spot or spot_at(0), operand, (), number, "grad", result=result, roots=roots)

    def source(self, number: int) -> Source:
        """A tensor that was made from no other, or a leaf: the event of that number."""
        event = self.events[number]
        assert event.result is not None  # a source is what was made
        value = self.value(None, event.result)
        return Source(self.spot(event.site), replace(value, name=value.name or self.sites[event.site].target), number)

    def meeting(self, number: int) -> Meeting:
        """Two tensors of different shapes that met: the event of that number."""
        event = self.events[number]
        left, right = self.values(event.seen)[:2]
        assert event.result is not None  # two tensors met in it
        operation = self.sites[event.site].operation
        return Meeting(
            kind=event.kind,
            spot=self.spot(event.site),
            words="-" if operation and operation.words in DIFFERENCES else operation.words if operation else "",
            left=left,
            right=right,
            result=self.value(None, event.result),
            roots=tuple(self._roots.get(number, ())),
        )


def is_float(thing: Any) -> bool:
    """Whether it is a tensor of floats."""
    return isinstance(thing, torch.Tensor) and thing.is_floating_point()


def grad_of(tensor: torch.Tensor) -> Any:
    """`.grad`, or None where asking for it would warn or fail."""
    try:
        return tensor.grad if tensor.is_leaf or tensor.retains_grad else None
    except RuntimeError:
        return None  # a view whose history torch refuses to rebuild
