"""Which marked events lie behind a value: cuts of the path, and the tensors it was made from.

Follows values by identity, as long as they live, through the first runs of every expression. Keeps no tensor alive.
"""

import weakref
from dataclasses import dataclass
from typing import Any

from .glimpses import Glimpse

MAX_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Trace:
    """What lies behind a value: `events` happened on its way, `sources` made what it was computed from, by number."""

    events: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()

    def joined(self, other: "Trace") -> "Trace":
        """Both together."""
        if other is NOTHING or other is self:
            return self
        if self is NOTHING:
            return other
        return Trace(self.events | other.events, self.sources | other.sources)


NOTHING = Trace()


class Traces:
    """The traces of one program's values."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Any, Trace]] = {}

    def of(self, identity: int) -> Trace:
        """The trace of the value that has this identity, or an empty one."""
        kept = self._kept.get(identity)
        if kept is None:
            return NOTHING
        held, trace = kept
        if isinstance(held, weakref.ref) and held() is None:
            del self._kept[identity]
            return NOTHING
        return trace

    def put(self, seen: Glimpse, trace: Trace) -> None:
        """Notes what lies behind a value."""
        if trace is NOTHING:
            return
        if len(self._kept) > MAX_KEPT:
            self._kept.clear()
        self._kept[seen.identity] = seen.ref, trace

    def behind(self) -> dict[int, list[Any]]:
        """Each event -> the values, still there, that it lies behind."""
        found: dict[int, list[Any]] = {}
        for held, trace in list(self._kept.values()):
            value = held() if isinstance(held, weakref.ref) else held
            for event in trace.events if value is not None else ():
                found.setdefault(event, []).append(value)
        return found
