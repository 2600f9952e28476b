"""What one client, and all of them together, may have at once: open event streams, and runs begun in a minute.

Knows nothing of runs. Belongs to one event loop; the bounds are those of one web process.
"""

import time
from collections import Counter
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from .refusals import TooManyStreams, TooOften


class Turnstile:
    """Counts who comes in. A bound of 0 is none."""

    def __init__(self, *, streams: int = 0, client_streams: int = 0, rate: int = 0) -> None:
        self._streams = streams
        self._client_streams = client_streams
        self._rate = RateLimitItemPerMinute(rate) if rate else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage()) if rate else None
        self._open: Counter[str] = Counter()

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
        if self._rate is None or self._limiter is None or self._limiter.hit(self._rate, client):
            return
        reset_at = self._limiter.get_window_stats(self._rate, client).reset_time
        raise TooOften(self._rate.amount, max(1, round(reset_at - time.time())))
