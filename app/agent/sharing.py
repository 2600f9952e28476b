"""An agent among others on one database: what they want of its runs, and what it lets them know.

What somebody asked for stands in the database too, so a word that is lost is only late.
"""

import asyncio
from collections.abc import Callable, Iterable

from ..store import News, Notice, Writer

PAUSE_S = 0.2
"""How often others are told of places in the queue, at most."""
AGAIN_S = 2.0
"""How often they are told again, for whoever came since."""


class Sharing:
    """Tells others the `positions` of runs that wait, and calls `stop` with runs that others want ended."""

    def __init__(
        self, url: str, writer: Writer, positions: Callable[[], dict[str, int]], stop: Callable[[Iterable[str]], None]
    ) -> None:
        self._writer = writer
        self._positions = positions
        self._stop = stop
        self._news = News(url, self._hear)
        self._telling: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begins to listen and to tell."""
        await self._news.open()
        self._telling = asyncio.create_task(self._tell(), name="places in the queue")

    async def close(self) -> None:
        """Ends both."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])
        await self._news.close()

    def _hear(self, notice: Notice) -> None:
        if notice.stop or notice.gone:
            self._stop([*notice.stop, *notice.gone])

    async def _tell(self) -> None:
        told: dict[str, int] = {}
        silent_s = 0.0
        while True:
            positions = self._positions()
            if positions and (positions != told or silent_s >= AGAIN_S):
                self._writer.say(Notice(positions=positions))
                silent_s = 0.0
            told = positions
            await asyncio.sleep(PAUSE_S)
            silent_s += PAUSE_S
