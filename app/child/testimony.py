"""What a witness saw -> plain facts, from which the sentences are made: names and places instead of objects."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch

from ..autograd import Names
from ..explain.facts import (
    Binding,
    Call,
    Cut,
    Facts,
    Growth,
    Heard,
    Holding,
    Leaf,
    Loose,
    Meeting,
    Pass,
    Source,
    Spot,
    Step,
    Value,
    Wrong,
)
from .glimpses import Glimpse, glimpse
from .looks import Event
from .operands import Operand
from .passes import Past
from .witness import Witness

MEETINGS = ("broadcast", "loss")


class Testimony:
    """Tells what a witness saw. `names` are the names that things have now."""

    def __init__(self, witness: Witness, names: Names, source: str, top: Mapping[str, Any]) -> None:
        self.witness = witness
        self.names = names
        self.source = source
        self._others = top
        self._top = {id(value): name for name, value in top.items() if not name.startswith("__")}
        self._sites = witness.provenance.sites
        self._events = witness.looks.events
        self._made = {
            event.result.identity: event
            for event in self._events
            if event.kind == "source" and event.result is not None
        }
        self._behind = witness.looks.traces.behind()
        self._roots: dict[int, list[int]] = {}
        for past in witness.passes.all:
            for event in past.events:
                self._roots.setdefault(event, []).append(past.number)
        self._asked: set[int] = {leaf for past in witness.passes.all if not past.fills for leaf in past.leaves}
        self._holders = {
            identity: self.name_of(held.optimizer()) or held.kind
            for held in witness.stepping.optimizers.values()
            for identity in held.tensors
        }

    def facts(self) -> Facts:
        """Everything, but for the exception."""
        witness, looks = self.witness, self.witness.looks
        return Facts(
            source=self.source,
            cuts=[self._cut(number, event) for number, event in enumerate(self._events) if self._is_cut(event)],
            sources=[
                self._source(number, event) for number, event in enumerate(self._events) if event.kind == "source"
            ],
            meetings=[
                self._meeting(number, event) for number, event in enumerate(self._events) if event.kind in MEETINGS
            ],
            calls=[
                Call(
                    each.words, self.spot(each.site), each.moment, self._values(each.seen), each.had_grad,
                    self._through(each.seen[0][1]) if each.seen else (),
                )
                for each in looks.noted
            ],
            bindings=[self._binding(each) for each in looks.bound],
            passes=[self.passed(past) for past in witness.passes.all],
            steps=self._steps(),
            holdings=self._holdings(),
            loose=[self._loose(part) for part in witness.loose],
            leaves=self._leaves(),
            tensors=[
                self.value(None, seen) for found in self.names.tensors.values() if (seen := glimpse(found.tensor))
            ],
            heard=[Heard(*each) for each in witness.heard],
            wrong=[
                Wrong(each.name, _line_spot(each.line), each.argument, each.given, each.measured)
                for each in witness.disagreements
            ],
            growth=self._growth(),
            graphs=witness.graphs,
            recorded=witness.recorded,
            changes=[(identity, self.spot(site), moment) for identity, site, moment in looks.changes],
        )

    # --- one thing

    def spot(self, number: int) -> Spot:
        """The place of a mark."""
        site = self._sites[number]
        assert site.operation is not None  # only such marks are looked at
        return Spot(site.line, site.column, site.operation.span, site.function)

    def value(self, operand: Operand | None, seen: Glimpse) -> Value:
        """What was seen, as it was then."""
        thing = seen.object()
        made = self._made.get(seen.identity)
        is_alive = thing is not None and made is not None and made.result is not None and made.result.object() is thing
        name = self.name_of(thing) if thing is not None and seen.kind != "number" else None
        grad_fn = seen.grad_fn if isinstance(seen.grad_fn, str) else type(seen.grad_fn).__name__
        return Value(
            name=operand.name if operand is not None and operand.name else name,
            kind="parameter" if type(thing).__name__ == "Parameter" else seen.kind,
            span=operand.span if operand else None,
            shape=seen.shape,
            dtype=seen.dtype,
            requires_grad=seen.requires_grad,
            is_leaf=seen.is_leaf,
            grad_fn=None if seen.grad_fn is None else grad_fn,
            identity=seen.identity,
            made=self.spot(made.site) if is_alive and made is not None else None,
            is_view_of_line=seen.is_view_of_line,
            type=type(thing).__name__ if thing is not None else "",
            assigned=self._assigned(thing),
            has_grad=_has_grad(thing),
        )

    def name_of(self, thing: Any) -> str | None:
        """The name a thing has now, or had when a backward last met it."""
        found = self.names.tensors.get(id(thing))
        if found is not None and found.tensor is thing:
            return found.name
        if id(thing) in self.names.modules:
            return self.names.modules[id(thing)]
        return self._top.get(id(thing)) or self.witness.leaf_names.get(id(thing)) or self._target_of(thing)

    def _target_of(self, thing: Any) -> str | None:
        """The name it was assigned to when it was made, in a function that is left by now."""
        made = self._made.get(id(thing))
        if made is None or made.result is None or made.result.object() is not thing:
            return None
        return self._sites[made.site].target

    def _assigned(self, thing: Any) -> int | None:
        found = self.names.tensors.get(id(thing))
        if found is None:
            return None
        function, _, name = found.root.rpartition(".")
        assigned = self.witness.provenance.last_assigned(function or None, name)
        return assigned[1] if assigned else None

    def leaf(self, leaf: Any) -> Leaf:
        """What became of a leaf."""
        _, reached = self.witness.passes.reached.get(id(leaf), (None, 0))
        name = self.name_of(leaf)
        made = self._made.get(id(leaf))
        return Leaf(
            name=name,
            kind="parameter" if type(leaf).__name__ == "Parameter" else "tensor",
            identity=id(leaf),
            shape=tuple(leaf.shape),
            dtype=str(leaf.dtype).removeprefix("torch."),
            reached=reached,
            asked=id(leaf) in self._asked,
            holder=self._holders.get(id(leaf)),
            owner=name.rpartition(".")[0] if name and type(leaf).__name__ == "Parameter" and "." in name else None,
            made=self.spot(made.site) if made is not None else None,
        )

    def passed(self, past: Past) -> Pass:
        """One backward."""
        root = self.value(None, past.root) if past.root is not None else Value(None, "other")
        spot = (
            None if past.line is None or past.span is None else Spot(past.line, past.span[1], past.span, past.function)
        )
        return Pass(
            number=past.number,
            moment=past.moment,
            spot=spot,
            root=root,
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
            number_of_nodes=len(past.numbers),
        )

    # --- many

    def _through(self, seen: Glimpse) -> tuple[int, ...]:
        """The backwards that went through a tensor."""
        return tuple(
            past.number
            for past in self.witness.passes.all
            if past.fills and not past.raised
            if (seen.sequence in past.numbers if seen.sequence is not None else seen.identity in past.leaves)
        )

    @staticmethod
    def _is_cut(event: Event) -> bool:
        return event.kind not in ("source", *MEETINGS)

    def _values(self, seen: Iterable[tuple[Operand, Glimpse]]) -> tuple[Value, ...]:
        return tuple(self.value(operand, each) for operand, each in seen)

    def _cut(self, number: int, event: Event) -> Cut:
        alive = [leaf for ref in event.leaves if (leaf := ref()) is not None]
        if event.backward is not None:
            past = next(past for past in self.witness.passes.all if past.number == event.backward)
            spot = self.passed(past).spot or Spot(0, 0, (0, 0, 0, 0))
            operand, words, target = Value(None, "tensor"), "grad", None
        else:
            site, spot = self._sites[event.site], self.spot(event.site)
            seen = next(((at, each) for at, each in event.seen if each.requires_grad), None)
            operand = self.value(*seen) if seen else Value(None, "other")
            words, target = site.operation.words if site.operation else "", site.target
        switch = None if event.switch is None else self.spot(event.switch)
        switching = None if event.switch is None else self._sites[event.switch].operation
        return Cut(
            kind=event.kind,
            spot=spot,
            operand=operand,
            leaves=tuple(self.leaf(leaf) for leaf in alive),
            number=number,
            words=words,
            target=target,
            result=self.value(None, event.result) if event.result else None,
            roots=tuple(self._roots.get(number, ())),
            switch=switch,
            floats=any(_is_float(each) and id(each) != event.result.identity for each in self._behind.get(number, ()))
            if event.result
            else False,
            is_global=switching is not None and switching.words == "set_grad_enabled",
        )

    def _source(self, number: int, event: Event) -> Source:
        assert event.result is not None  # a source is what was made
        value = self.value(None, event.result)
        site = self._sites[event.site]
        return Source(self.spot(event.site), value if value.name else _named(value, site.target), number)

    def _meeting(self, number: int, event: Event) -> Meeting:
        left, right = self._values(event.seen)[:2]
        assert event.result is not None  # two tensors met in it
        operation = self._sites[event.site].operation
        words = operation.words if operation else ""
        roots = tuple(self._roots.get(number, ()))
        return Meeting(event.kind, self.spot(event.site), words, left, right, self.value(None, event.result), roots)

    def _binding(self, each: Any) -> Binding:
        return Binding(
            name=each.name,
            spot=self.spot(each.site),
            moment=each.moment,
            before=self.value(None, each.before) if each.before else None,
            now=self.value(None, each.now) if each.now else None,
            value=each.value if isinstance(each.value, bool) else None,
            operands=each.names,
        )

    def _steps(self) -> list[Step]:
        return [
            Step(
                optimizer=self.name_of(held.optimizer()) or held.kind,
                identity=identity,
                spot=_line_spot(step.line),
                moment=step.moment,
                held=tuple(held.tensors),
                with_grad=step.with_grad if step.nonzero else 0,
                first=step is held.steps[0],
            )
            for identity, held in self.witness.stepping.optimizers.items()
            for step in held.steps
        ]

    def _holdings(self) -> list[Holding]:
        found = []
        for identity, held in self.witness.stepping.optimizers.items():
            tensors = [tensor for ref in held.tensors.values() if (tensor := ref()) is not None]
            seen = [(tensor, each) for tensor in tensors if (each := glimpse(tensor)) is not None]
            found.append(
                Holding(
                    name=self.name_of(held.optimizer()) or held.kind,
                    identity=identity,
                    held=tuple(held.tensors),
                    steps=held.count,
                    frozen=tuple(self.value(None, each) for tensor, each in seen if not tensor.requires_grad),
                    nameless=tuple(self.value(None, each) for tensor, each in seen if id(tensor) not in self.names.tensors),
                )
            )
        return found + self._unused(found)

    def _unused(self, found: list[Holding]) -> list[Holding]:
        """Optimizers that never stepped."""
        stepped = {each.identity for each in found}
        idle = [
            (name, each)
            for name, each in self._others.items()
            if isinstance(each, torch.optim.Optimizer) and id(each) not in stepped
        ]
        return [
            Holding(name, id(each), tuple(id(held) for group in each.param_groups for held in group["params"]), 0)
            for name, each in idle
        ]

    def _loose(self, part: Any) -> Loose:
        tensors = [each for ref in part.tensors if (each := ref()) is not None]
        values = tuple(self.value(None, seen) for each in tensors if (seen := glimpse(each)) is not None)
        bound = next((each for each in self.witness.looks.bound if each.name == f"self.{part.attribute}"), None)
        spot = self.spot(bound.site) if bound else None
        return Loose(part.kind, part.owner, part.attribute, spot, values, part.container, part.siblings)

    def _leaves(self) -> list[Leaf]:
        refs = [ref for ref, _ in self.witness.passes.reached.values()]
        reached = {id(leaf): leaf for ref in refs if (leaf := ref()) is not None}
        named = {key: found.tensor for key, found in self.names.tensors.items() if _is_leaf(found.tensor)}
        return [self.leaf(leaf) for leaf in {**named, **reached}.values()]

    def _growth(self) -> Growth | None:
        for line, (first, last, turns, grew, ended) in self.witness.turns.items():
            if ended:
                return Growth(_line_spot(line), first, last, int(ended or turns), int(grew))
        return None


def _is_float(thing: Any) -> bool:
    return isinstance(thing, torch.Tensor) and thing.is_floating_point()


def _has_grad(thing: Any) -> bool:
    if not isinstance(thing, torch.Tensor):
        return False
    return bool((thing.is_leaf or thing.retains_grad) and thing.grad is not None)


def _is_leaf(tensor: Any) -> bool:
    return bool(tensor.requires_grad and tensor.is_leaf)


def _named(value: Value, name: str | None) -> Value:
    return replace(value, name=name)


def _line_spot(line: int | None) -> Spot | None:
    return None if line is None else Spot(line, 0, (line, 0, line, 0))
