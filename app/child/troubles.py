"""The exception that ended a program -> plain facts: what was at work, what a backward met, what lay behind it."""

from collections.abc import Iterable
from dataclasses import replace
from types import FrameType, GeneratorType
from typing import Any

import torch

from ..autograd import grad_fn_of, sequence_nr_of
from ..explain.things import Spot, Value
from ..explain.trouble import Changed, Shared, Trouble
from .glimpses import Glimpse, glimpse
from .operands import Operand
from .passes import Past
from .places import SourcePlaces
from .provenance import Provenance
from .scene import Scene, scene_of
from .telling import Telling

MAX_MESSAGE = 4_000
KINDS: dict[type, str] = {GeneratorType: "generator"}


def trouble_of(error: BaseException, kind: str, message: str, tree: Any, telling: Telling) -> Trouble:
    """What is known of the exception. `tree` is the program's syntax tree as it was written."""
    witness = telling.witness
    scene = scene_of(error, tree)
    past = next((past for past in reversed(witness.passes.all) if past.raised), None)
    root = telling.passed(past) if past is not None else None
    trouble = Trouble(
        kind=kind,
        message=message[:MAX_MESSAGE],
        spot=None,
        root=root if past is None or past is witness.passes.all[-1] else None,
        shared=_shared(telling, past) if past is not None and witness.passes.freed else None,
        changed=_changed(telling) if witness.passes.overwritten else None,
    )
    if scene is None:
        return trouble
    operation = scene.operation
    return replace(
        trouble,
        spot=Spot(scene.span[0], scene.span[1], scene.span, _function(scene.frame)),
        words=operation.words if operation else "",
        dotted=operation.dotted if operation else None,
        operands=tuple(_values(telling, scene)),
        behind=_behind(telling, scene),
        where=scene.library,
    )


def _function(frame: FrameType) -> str | None:
    name = frame.f_code.co_qualname.replace(".<locals>", "")
    return None if name == "<module>" else name


def _values(telling: Telling, scene: Scene) -> Iterable[Value]:
    if scene.lacking is not None:
        seen = glimpse(scene.lacking) or Glimpse("other", scene.lacking)
        yield replace(telling.value(None, seen), kind=_kind(scene.lacking, seen))
    for operand, seen_parts, thing in scene.names:
        if len(seen_parts) == 1 and type(thing) not in (list, tuple, dict):
            yield telling.value(operand, seen_parts[0])
        else:
            yield _other(operand, seen_parts, thing)


def _kind(thing: Any, seen: Glimpse) -> str:
    return "none" if thing is None else seen.kind


def _other(operand: Operand, inside: list[Glimpse], thing: Any) -> Value:
    """What is no tensor and no number, with what a list holds summed up."""
    return Value(
        name=operand.name,
        kind="none" if thing is None else "list" if inside else KINDS.get(type(thing), "other"),
        span=operand.span,
        requires_grad=any(each.requires_grad for each in inside),
        is_leaf=all(each.is_leaf for each in inside),
    )


def _behind(telling: Telling, scene: Scene) -> frozenset[int]:
    looks = telling.witness.looks
    found: frozenset[int] = frozenset()
    things = [scene.lacking] if scene.lacking is not None else [thing for *_, thing in scene.names]
    traces = [looks.trace_of(thing) for thing in things]
    for operand, _, thing in scene.names:
        if isinstance(thing, float) and operand.name:
            traces.append(looks.trace_of_number(_function(scene.frame), operand.name))
    for trace in traces:
        found |= trace.events | trace.sources
    return found


def _shared(telling: Telling, past: Past) -> Shared:
    """Who freed what the failing backward met, and since when it was there."""
    freed, passes = telling.witness.passes.freed, telling.witness.passes.all
    assert freed is not None  # asked only then
    provenance = telling.witness.provenance
    earlier = [each for each in passes if each is not past and not each.raised]
    by = next((each for each in earlier if freed.number in each.numbers and not each.retain_graph), None)
    before = [each.standing for each in earlier if by is not None and each.number < by.number]
    since = max(before, default=0)
    told = telling.passed(by) if by is not None else None
    return Shared(
        node=freed.name,
        made=_made(provenance, freed.number),
        variable=_carried(telling, past, by) or SourcePlaces(provenance).target(freed.number),
        by=by.number if by is not None else None,
        by_spot=told.spot if told is not None else None,
        again=by is not None and past.numbers.keys() <= by.numbers.keys(),
        consumer=None if freed.consumer is None else _made(provenance, freed.consumer),
        is_turned=by is not None and freed.number >= since and bool(before or by.line == past.line),
    )


def _carried(telling: Telling, past: Past, by: Past | None) -> str | None:
    """The variable through which the graph of an earlier backward came into this one: the newest of that graph's."""
    if by is None:
        return None
    found: list[tuple[int, str]] = []
    for each in telling.names.tensors.values():
        node = grad_fn_of(each.tensor)
        number = sequence_nr_of(node) if node is not None else None
        if number is not None and number in by.numbers and number in past.numbers:
            found.append((number, each.root))
    return max(found)[1] if found else None


def _changed(telling: Telling) -> Changed:
    """What changed a saved tensor: from the log of versions, by its storage."""
    witness = telling.witness
    over = witness.passes.overwritten
    assert over is not None  # asked only then
    saved = over.saved_version if over.saved_version is not None else over.version - 1
    rise = witness.looks.versions.culprit(over.storage or 0, saved)
    site = witness.provenance.sites[rise.site] if rise is not None else None
    is_step = site is not None and site.operation is not None and site.operation.words == "step"
    found = [each.name for each in telling.names.tensors.values() if _storage(each.tensor) == over.storage is not None]
    return Changed(
        node=over.name,
        made=_made(witness.provenance, over.number),
        saved=over.saved,
        variable=found[0] if found else None,
        saved_version=over.saved_version,
        version=over.version,
        spot=telling.spot(rise.site) if rise is not None else None,
        optimizer=site.operation.operands[0].name
        if is_step and site and site.operation and site.operation.operands
        else None,
        is_result=over.is_result,
    )


def _storage(tensor: torch.Tensor) -> int | None:
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        return None


def _made(provenance: Provenance, number: int) -> Spot | None:
    site = provenance.site_of(number)
    if site is None:
        return None
    span = site.operation.span if site.operation else (site.line, site.column, site.end_line, site.end_column)
    return Spot(site.line, site.column, span, site.function)
