"""What one client, and all of them together, may have at once: open streams, pictures in the making, runs in a minute.

Knows nothing of runs. Belongs to one event loop; the bounds are those of one web process.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile

from .refusals import TooManyPictures, TooManyStreams, TooOften

MINUTE_S = 60.0


class Places:
    """So many places, of which one client may take so many; 0 is no bound. `taken` has each client's."""

    def __init__(self, most: int, of_one: int, refusal: type[TooManyStreams | TooManyPictures]) -> None:
        self.taken: Counter[str] = Counter()
        self._most, self._of_one, self._refusal = most, of_one, refusal

    def take(self, client: str) -> Callable[[], None]:
        """Takes a place; what comes back gives it up again, once. Raises: the refusal."""
        if self._of_one and self.taken[client] >= self._of_one:
            raise self._refusal(mine=True)
        if self._most and self.taken.total() >= self._most:
            raise self._refusal(mine=False)
        self.taken[client] += 1
        left = False

        def leave() -> None:
            nonlocal left
            if left:
                return
            left = True
            self.taken[client] -= 1
            if not self.taken[client]:
                del self.taken[client]

        return leave


class Turnstile:
    """Counts who comes in. A bound of 0 is none. `clock` is one that nobody can set."""

    def __init__(
        self,
        *,
        streams: int = 0,
        client_streams: int = 0,
        pictures: int = 0,
        client_pictures: int = 0,
        rate: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.heard: Callable[[int], object] = lambda streams: None
        """Called with the number of open streams whenever it changed."""
        self._streams = Places(streams, client_streams, TooManyStreams)
        self._pictures = Places(pictures, client_pictures, TooManyPictures)
        self._rate = rate
        self._clock = clock
        self._begun: dict[str, list[float]] = {}
        """When each client began its runs of the last minute; who began one last stands at the end."""

    @property
    def known(self) -> int:
        """How many clients are remembered for what they began."""
        return len(self._begun)

    @property
    def open_streams(self) -> int:
        """How many streams are open."""
        return self._streams.taken.total()

    def streams_of(self) -> dict[str, int]:
        """How many streams each client has open."""
        return dict(self._streams.taken)

    def enter(self, client: str) -> Callable[[], None]:
        """A place for one more stream; what comes back gives it up again. Raises: TooManyStreams."""
        give_back = self._streams.take(client)
        self.heard(self.open_streams)

        def leave() -> None:
            give_back()
            self.heard(self.open_streams)

        return leave

    @contextmanager
    def looking(self, client: str) -> Iterator[None]:
        """A place for a picture, or something else read out of a graph, while it is made. Raises: TooManyPictures."""
        leave = self._pictures.take(client)
        try:
            yield
        finally:
            leave()

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
