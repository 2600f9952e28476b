"""What one client, and all of them together, may have at once: open event streams, and runs begun in a minute.

Knows nothing of runs. Belongs to one event loop; the bounds are those of one web process.
"""

import math
import time
from collections import Counter
from collections.abc import Callable
from itertools import takewhile

from .refusals import TooManyStreams, TooOften

MINUTE_S = 60.0


class Turnstile:
    """Counts who comes in. A bound of 0 is none. `clock` is one that nobody can set."""

    def __init__(
        self,
        *,
        streams: int = 0,
        client_streams: int = 0,
        rate: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._streams = streams
        self._client_streams = client_streams
        self._rate = rate
        self._clock = clock
        self._begun: dict[str, list[float]] = {}
        """When each client began its runs of the last minute; who began one last stands at the end."""
        self._open: Counter[str] = Counter()

    @property
    def known(self) -> int:
        """How many clients are remembered for what they began."""
        return len(self._begun)

    @property
    def open_streams(self) -> int:
        """How many streams are open."""
        return self._open.total()

    def streams_of(self) -> dict[str, int]:
        """How many streams each client has open."""
        return dict(self._open)

    def enter(self, client: str) -> Callable[[], None]:
        """A place for one more stream; what comes back gives it up again. Raises: TooManyStreams."""
        if self._client_streams and self._open[client] >= self._client_streams:
            raise TooManyStreams(mine=True)
        if self._streams and self._open.total() >= self._streams:
            raise TooManyStreams(mine=False)
        self._open[client] += 1
        left = False

        def leave() -> None:
            nonlocal left
            if left:
                return
            left = True
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

        return leave

    def begin(self, client: str) -> None:
        """Counts a run that this client begins. Raises: TooOften."""
        if not self._rate:
            return
        earliest = self._clock() - MINUTE_S
        self._forget_before(earliest)
        begun = [moment for moment in self._begun.get(client, ()) if moment > earliest]
        if len(begun) >= self._rate:
            raise TooOften(self._rate, math.ceil(begun[0] - earliest))
        self._begun.pop(client, None)
        self._begun[client] = [*begun, earliest + MINUTE_S]

    def _forget_before(self, moment: float) -> None:
        """Forgets whoever began nothing since."""
        for client in list(takewhile(lambda each: self._begun[each][-1] <= moment, self._begun)):
            del self._begun[client]
