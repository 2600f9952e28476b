"""All that a witness saw of one program -> the facts that its mistakes are found in."""

import torch

from ..autograd import grad_fn_of, walk
from ..explain.facts import Binding, Birth, Call, Facts, Growth, Heard, HiddenChange, Holding, Kept, Loose, Step, Wrong
from ..explain.things import Leaf, Spot, spot_at
from .glimpses import Glimpse, glimpse
from .happenings import Event
from .hidden import Hit
from .looks import Bound, Noted
from .stepping import LoosePart
from .telling import MEETINGS, Telling

MAX_TENSORS = 300
MAX_NODES = 1_000


def facts_of(telling: Telling, source: str) -> Facts:
    """Everything but the exception. `source` is the program's text."""
    witness, looks = telling.witness, telling.witness.looks
    events = list(enumerate(telling.events))
    return Facts(
        source=source,
        cuts=[telling.cut(number) for number, event in events if event.kind not in ("source", *MEETINGS)],
        sources=[telling.source(number) for number, event in events if event.kind == "source"],
        meetings=[telling.meeting(number) for number, event in events if event.kind in MEETINGS],
        calls=[_call(telling, each) for each in looks.noted],
        bindings=[_binding(telling, each) for each in looks.bound],
        passes=[telling.passed(past) for past in witness.passes.all],
        steps=_steps(telling),
        holdings=[*_holdings(telling), *_idle(telling)],
        loose=[_loose(telling, part) for part in witness.loose],
        leaves=_leaves(telling),
        hidden=[_hidden(telling, hit) for hit in looks.hidden.hits],
        kept=_kept(telling),
        heard=[Heard(*each) for each in witness.heard],
        wrong=[Wrong(each.name, each.argument, each.given, each.measured) for each in witness.disagreements],
        growth=_growth(telling),
        birth=_birth(telling),
        graphs=witness.graphs,
        recorded=witness.recorded,
        changes=[(identity, telling.spot(site), moment) for identity, site, moment in looks.changes],
    )


def _call(telling: Telling, each: Noted) -> Call:
    passes = _through(telling, each.seen[0][1]) if each.seen else ()
    seen = telling.values(each.seen)
    return Call(each.words, telling.spot(each.site), each.moment, seen, each.had_grad, passes, each.shares)


def _through(telling: Telling, seen: Glimpse) -> tuple[int, ...]:
    """The backwards that went through a tensor."""
    return tuple(
        past.number
        for past in telling.witness.passes.all
        if past.fills and not past.raised
        if (seen.sequence in past.numbers if seen.sequence is not None else seen.identity in past.leaves)
    )


def _binding(telling: Telling, each: Bound) -> Binding:
    return Binding(
        name=each.name,
        spot=telling.spot(each.site),
        moment=each.moment,
        before=telling.value(None, each.before) if each.before else None,
        now=telling.value(None, each.now) if each.now else None,
        value=each.value,
        operands=each.names,
    )


def _hidden(telling: Telling, hit: Hit) -> HiddenChange:
    made = telling.witness.provenance.site_of(hit.number)
    operation = telling.sites[hit.site].operation
    names = operation.targets or tuple(each.name for each in operation.operands if each.name) if operation else ()
    name = names[0].removesuffix(".data") if names else None
    return HiddenChange(hit.name, made.line if made else None, telling.spot(hit.site), name)


def _kept(telling: Telling) -> list[Kept]:
    """Variables that hold on to graphs of several backwards which are over."""
    passes = [past for past in telling.witness.passes.all if past.fills and not past.retain_graph and not past.raised]
    found: dict[str, set[int]] = {}
    for each in list(telling.names.tensors.values())[:MAX_TENSORS]:
        node = grad_fn_of(each.tensor)
        numbers = {one._sequence_nr() for one in walk([node], MAX_NODES).order} if node is not None else set()
        over = {past.number for past in passes if next(iter(past.numbers), None) in numbers}
        found.setdefault(each.root, set()).update(over)
    return [Kept(name, len(over)) for name, over in found.items() if len(over) > 2]


def _steps(telling: Telling) -> list[Step]:
    return [
        Step(
            optimizer=telling.name_of(held.optimizer()) or held.kind,
            identity=identity,
            spot=_on(step.line),
            moment=step.moment,
            held=tuple(held.tensors),
            with_grad=step.with_grad if step.nonzero else 0,
            standing=step.standing,
        )
        for identity, held in telling.witness.stepping.optimizers.items()
        for step in held.steps
    ]


def _holdings(telling: Telling) -> list[Holding]:
    found = []
    for identity, held in telling.witness.stepping.optimizers.items():
        tensors = [tensor for ref in held.tensors.values() if (tensor := ref()) is not None]
        values = [telling.value(None, seen) for tensor in tensors if (seen := glimpse(tensor)) is not None]
        found.append(
            Holding(
                name=telling.name_of(held.optimizer()) or held.kind,
                identity=identity,
                held=tuple(held.tensors),
                steps=held.count,
                frozen=tuple(value for value in values if not value.requires_grad),
                nameless=tuple(value for value in values if value.identity not in telling.names.tensors),
            )
        )
    return found


def _idle(telling: Telling) -> list[Holding]:
    """Optimizers that never stepped."""
    stepped = telling.witness.stepping.optimizers
    idle = [
        (name, each)
        for name, each in telling.top.items()
        if isinstance(each, torch.optim.Optimizer) and id(each) not in stepped
    ]
    return [
        Holding(name, id(each), tuple(id(held) for group in each.param_groups for held in group["params"]), 0)
        for name, each in idle
    ]


def _loose(telling: Telling, part: LoosePart) -> Loose:
    tensors = [each for ref in part.tensors if (each := ref()) is not None]
    values = tuple(telling.value(None, seen) for each in tensors if (seen := glimpse(each)) is not None)
    bound = next((each for each in telling.witness.looks.bound if each.name == f"self.{part.attribute}"), None)
    spot = telling.spot(bound.site) if bound else None
    return Loose(part.kind, part.owner, part.attribute, spot, values, part.container, part.siblings)


def _leaves(telling: Telling) -> list[Leaf]:
    """Every leaf that has a name or got a gradient."""
    refs = [ref for ref, _ in telling.witness.passes.reached.values()]
    reached = {id(leaf): leaf for ref in refs if (leaf := ref()) is not None}
    tensors = {key: found.tensor for key, found in telling.names.tensors.items()}
    named = {key: tensor for key, tensor in tensors.items() if _is_leaf(tensor)}
    alive = [telling.leaf(leaf) for leaf in {**named, **reached}.values()]
    return alive + [_gone(telling, event) for event in telling.events if event.reached and not _is_alive(event)]


def _gone(telling: Telling, event: Event) -> Leaf:
    """A leaf that is there no more."""
    seen = event.result
    assert seen is not None  # a source is what was made
    return Leaf(
        name=telling.sites[event.site].target,
        kind="tensor",
        identity=seen.identity,
        shape=seen.shape,
        dtype=seen.dtype,
        reached=event.reached,
        made=telling.spot(event.site),
    )


def _is_alive(event: Event) -> bool:
    return event.result is not None and event.result.object() is not None


def _is_leaf(tensor: torch.Tensor) -> bool:
    try:
        return tensor.requires_grad and tensor.is_leaf
    except RuntimeError:
        return False  # a view whose history torch refuses to rebuild


def _growth(telling: Telling) -> Growth | None:
    """The first line whose values ended to be numbers."""
    line = _ended(telling)
    turns = telling.witness.turns.get(line)
    return Growth(_on(line), turns.first, turns.ended, turns.grew) if turns is not None else None


def _ended(telling: Telling) -> int | None:
    return next((line for line, turns in telling.witness.turns.items() if turns.ended), -1)


def _birth(telling: Telling) -> Birth | None:
    """Where the first of those came from."""
    born = telling.witness.births.get(_ended(telling))
    if born is None:
        return None
    provenance = telling.witness.provenance
    site = provenance.site_of(born.number)
    variable = site.target if site is not None and provenance.makes_target(born.number) else None
    spot = spot_at(site.line, site.column) if site is not None else None
    return Birth(born.node, spot, born.kind, born.operand, variable)


def _on(line: int | None) -> Spot | None:
    return None if line is None else spot_at(line)
