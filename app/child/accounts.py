"""All that a witness saw of one program -> the facts that its mistakes are found in."""

import torch

from ..explain.facts import Binding, Call, Facts, Growth, Heard, Holding, Loose, Step, Wrong
from ..explain.things import Leaf, Spot, spot_at
from .glimpses import Glimpse, glimpse
from .happenings import Event
from .looks import Bound, Noted
from .stepping import LoosePart
from .testimony import MEETINGS, Testimony


def facts_of(testimony: Testimony, source: str) -> Facts:
    """Everything but the exception. `source` is the program's text."""
    witness, looks = testimony.witness, testimony.witness.looks
    events = list(enumerate(testimony.events))
    return Facts(
        source=source,
        cuts=[testimony.cut(number) for number, event in events if event.kind not in ("source", *MEETINGS)],
        sources=[testimony.source(number) for number, event in events if event.kind == "source"],
        meetings=[testimony.meeting(number) for number, event in events if event.kind in MEETINGS],
        calls=[_call(testimony, each) for each in looks.noted],
        bindings=[_binding(testimony, each) for each in looks.bound],
        passes=[testimony.passed(past) for past in witness.passes.all],
        steps=_steps(testimony),
        holdings=[*_holdings(testimony), *_idle(testimony)],
        loose=[_loose(testimony, part) for part in witness.loose],
        leaves=_leaves(testimony),
        heard=[Heard(*each) for each in witness.heard],
        wrong=[Wrong(each.name, each.argument, each.given, each.measured) for each in witness.disagreements],
        growth=_growth(testimony),
        graphs=witness.graphs,
        recorded=witness.recorded,
        changes=[(identity, testimony.spot(site), moment) for identity, site, moment in looks.changes],
    )


def _call(testimony: Testimony, each: Noted) -> Call:
    passes = _through(testimony, each.seen[0][1]) if each.seen else ()
    seen = testimony.values(each.seen)
    return Call(each.words, testimony.spot(each.site), each.moment, seen, each.had_grad, passes)


def _through(testimony: Testimony, seen: Glimpse) -> tuple[int, ...]:
    """The backwards that went through a tensor."""
    return tuple(
        past.number
        for past in testimony.witness.passes.all
        if past.fills and not past.raised
        if (seen.sequence in past.numbers if seen.sequence is not None else seen.identity in past.leaves)
    )


def _binding(testimony: Testimony, each: Bound) -> Binding:
    return Binding(
        name=each.name,
        spot=testimony.spot(each.site),
        moment=each.moment,
        before=testimony.value(None, each.before) if each.before else None,
        now=testimony.value(None, each.now) if each.now else None,
        value=each.value,
        operands=each.names,
    )


def _steps(testimony: Testimony) -> list[Step]:
    return [
        Step(
            optimizer=testimony.name_of(held.optimizer()) or held.kind,
            identity=identity,
            spot=_on(step.line),
            moment=step.moment,
            held=tuple(held.tensors),
            with_grad=step.with_grad if step.nonzero else 0,
        )
        for identity, held in testimony.witness.stepping.optimizers.items()
        for step in held.steps
    ]


def _holdings(testimony: Testimony) -> list[Holding]:
    found = []
    for identity, held in testimony.witness.stepping.optimizers.items():
        tensors = [tensor for ref in held.tensors.values() if (tensor := ref()) is not None]
        values = [testimony.value(None, seen) for tensor in tensors if (seen := glimpse(tensor)) is not None]
        found.append(
            Holding(
                name=testimony.name_of(held.optimizer()) or held.kind,
                identity=identity,
                held=tuple(held.tensors),
                steps=held.count,
                frozen=tuple(value for value in values if not value.requires_grad),
                nameless=tuple(value for value in values if value.identity not in testimony.names.tensors),
            )
        )
    return found


def _idle(testimony: Testimony) -> list[Holding]:
    """Optimizers that never stepped."""
    stepped = testimony.witness.stepping.optimizers
    idle = [
        (name, each)
        for name, each in testimony.top.items()
        if isinstance(each, torch.optim.Optimizer) and id(each) not in stepped
    ]
    return [
        Holding(name, id(each), tuple(id(held) for group in each.param_groups for held in group["params"]), 0)
        for name, each in idle
    ]


def _loose(testimony: Testimony, part: LoosePart) -> Loose:
    tensors = [each for ref in part.tensors if (each := ref()) is not None]
    values = tuple(testimony.value(None, seen) for each in tensors if (seen := glimpse(each)) is not None)
    bound = next((each for each in testimony.witness.looks.bound if each.name == f"self.{part.attribute}"), None)
    spot = testimony.spot(bound.site) if bound else None
    return Loose(part.kind, part.owner, part.attribute, spot, values, part.container, part.siblings)


def _leaves(testimony: Testimony) -> list[Leaf]:
    """Every leaf that has a name or got a gradient."""
    refs = [ref for ref, _ in testimony.witness.passes.reached.values()]
    reached = {id(leaf): leaf for ref in refs if (leaf := ref()) is not None}
    tensors = {key: found.tensor for key, found in testimony.names.tensors.items()}
    named = {key: tensor for key, tensor in tensors.items() if _is_leaf(tensor)}
    alive = [testimony.leaf(leaf) for leaf in {**named, **reached}.values()]
    return alive + [_gone(testimony, event) for event in testimony.events if event.reached and not _is_alive(event)]


def _gone(testimony: Testimony, event: Event) -> Leaf:
    """A leaf that is there no more."""
    seen = event.result
    assert seen is not None  # a source is what was made
    return Leaf(
        name=testimony.sites[event.site].target,
        kind="tensor",
        identity=seen.identity,
        shape=seen.shape,
        dtype=seen.dtype,
        reached=event.reached,
        made=testimony.spot(event.site),
    )


def _is_alive(event: Event) -> bool:
    return event.result is not None and event.result.object() is not None


def _is_leaf(tensor: torch.Tensor) -> bool:
    try:
        return tensor.requires_grad and tensor.is_leaf
    except RuntimeError:
        return False  # a view whose history torch refuses to rebuild


def _growth(testimony: Testimony) -> Growth | None:
    """The first line whose values ended to be numbers."""
    for line, turns in testimony.witness.turns.items():
        if turns.ended:
            return Growth(_on(line), turns.first, turns.ended, turns.grew)
    return None


def _on(line: int | None) -> Spot | None:
    return None if line is None else spot_at(line)
