"""What the agents of other machines tell, where several share one database: news of their runs, places in their queues.

Knows nothing of HTTP. Belongs to one event loop.
"""

import time
from collections.abc import Callable

from ..agent.agent import Hear, Word
from ..store import Notice

TRUSTED_S = 10.0
"""How long a place is believed that nobody repeats."""


class Elsewhere:
    """Calls `hear` with news as an agent's own. `clock` is one that nobody can set."""

    def __init__(self, hear: Hear, clock: Callable[[], float] = time.monotonic) -> None:
        self._pass_on = hear
        self._clock = clock
        self._places: dict[str, tuple[int, float]] = {}

    def hear(self, notice: Notice) -> None:
        """Takes word from another machine."""
        if notice.runs or notice.gone or notice.lost:
            self._pass_on(Word(dict(notice.runs), notice.gone, notice.lost))
        if notice.positions:
            now = self._clock()
            self._places = self._trusted(now) | {run: (place, now) for run, place in notice.positions.items()}

    def positions(self) -> dict[str, int]:
        """The place of each run that waits elsewhere, as last heard."""
        return {run: place for run, (place, _) in self._trusted(self._clock()).items()}

    def _trusted(self, now: float) -> dict[str, tuple[int, float]]:
        return {run: heard for run, heard in self._places.items() if now - heard[1] < TRUSTED_S}
