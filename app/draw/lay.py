"""Plans -> layouts, by the engine: several plans in one process, equal ones once, and none again in a while."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from math import inf
from pathlib import Path
from typing import Any

from .geometry import Geometry, Route
from .layout import Engine, LayoutError, answer, geometry
from .line import in_line
from .linear import linear_plan
from .options import Direction
from .plans import Laid, Plan
from .trunks import Trunk, along, trunks
from .wiring import plan_dot

MOST_KEPT = 2_000
FAILED_S = 60.0
"""After which the engine is asked again: it may have been late because the machine was busy."""


class Kept:
    """The newest layouts by their engine and DOT text; None, for `failed_s` seconds, where the engine gave none."""

    def __init__(self, failed_s: float = FAILED_S) -> None:
        self._failed_s = failed_s
        self._laid: OrderedDict[tuple[str, str], tuple[Laid | None, float]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, program: str, found: dict[str, Laid | None]) -> None:
        """Keeps what the engine gave."""
        again = time.monotonic() + self._failed_s
        with self._lock:
            self._laid.update(((program, text), (laid, inf if laid else again)) for text, laid in found.items())
            while len(self._laid) > MOST_KEPT:
                self._laid.popitem(last=False)

    def pick(self, program: str, texts: Iterable[str]) -> dict[str, Laid | None]:
        """What is kept of these."""
        now = time.monotonic()
        found: dict[str, Laid | None] = {}
        with self._lock:
            for text in texts:
                laid, until = self._laid.get((program, text), (None, now))
                if until > now:
                    found[text] = laid
                    self._laid.move_to_end((program, text))
        return found


_kept = Kept()


def lay(plans: list[Plan], engine: Engine | None) -> list[Laid | None]:
    """The layout of each plan; None where the engine gave none in its time. Without an engine our own."""
    if engine is None:
        return [linear_plan(plan) for plan in plans]
    lines = list(map(in_line, plans))
    rest = {plan_dot(plan): plan for plan, line in zip(plans, lines, strict=True) if line is None}
    found = _kept.pick(engine.program, rest)
    fresh = {text: plan for text, plan in rest.items() if text not in found}
    if fresh and engine.left_s > 0:
        made = _asked(fresh, engine)
        _kept.put(engine.program, made)
        found |= made
    by_plan = {plan: found.get(text) for text, plan in rest.items()}
    return [line or by_plan[plan] for plan, line in zip(plans, lines, strict=True)]


def _asked(fresh: dict[str, Plan], engine: Engine) -> dict[str, Laid | None]:
    """The engine's layouts; where it gives none for all together, each is asked for alone, while there is time."""
    try:
        records = _records(answer(engine, "".join(fresh)))
        if len(records) != len(fresh):
            raise LayoutError("the engine gave more or fewer layouts than it was asked for")
        pairs = zip(fresh.items(), records, strict=True)
        return {text: _laid(record, plan, Path(engine.program).stem) for (text, plan), record in pairs}
    except LayoutError:
        if len(fresh) == 1:
            return dict.fromkeys(fresh)
    found: dict[str, Laid | None] = {}
    for text, plan in fresh.items():
        if engine.left_s > 0:
            found |= _asked({text: plan}, engine)
    return found


def _records(told: bytes) -> list[Any]:
    """The records in an answer, one after the other. Raises: LayoutError."""
    records: list[Any] = []
    decoder = json.JSONDecoder()
    try:
        text = told.decode().strip()
        while text:
            record, end = decoder.raw_decode(text)
            records.append(record)
            text = text[end:].lstrip()
    except (ValueError, RecursionError) as error:
        raise LayoutError(f"the engine's answer can't be read: {error}") from error
    return records


def _laid(record: Any, plan: Plan, engine_name: str) -> Laid:
    """Raises: LayoutError where the record isn't a layout of the plan."""
    bundled = trunks(plan)
    pieces = [f"s{place}_{knot}" for place, trunk in enumerate(bundled) for knot in range(len(trunk.knots))]
    found = geometry(record, [*(f"e{number}" for number in range(len(plan.wires))), *pieces], engine_name)
    try:
        centres = tuple((place.x, place.y) for place in (found.places[f"b{n}"] for n in range(len(plan.slots))))
        ins = _ports(found, "i", plan.ins, plan.direction)
        outs = _ports(found, "o", plan.outs, plan.direction)
    except KeyError as error:
        raise LayoutError("the engine's answer has other boxes than the plan") from error
    return Laid(
        found.width, found.height, centres, ins, outs, _joined(found.routes, len(plan.wires), bundled), engine_name
    )


def _joined(routes: Sequence[Route], wires: int, bundled: list[Trunk]) -> tuple[Route, ...]:
    """The wires' routes, those that join a trunk to its end."""
    whole, rest = list(routes[:wires]), list(routes[wires:])
    for trunk in bundled:
        pieces, rest = rest[: len(trunk.knots)], rest[len(trunk.knots) :]
        for knot, joining in enumerate(trunk.knots):
            for number in joining:
                whole[number] = along(whole[number], pieces[knot:])
    return tuple(whole)


def _ports(found: Geometry, letter: str, count: int, direction: Direction) -> tuple[float, ...]:
    places = [found.places[f"{letter}{number}"] for number in range(count)]
    return tuple(place.x if direction == "TB" else place.y for place in places)
