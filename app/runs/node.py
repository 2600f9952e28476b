"""What runs on one machine of a cluster: this machine's own runner, for every server that is heard from.

A server is heard when it calls `beat`; one that is silent loses its runs, and with no server at all the process ends.
Its answers are plain tuples, lists and bytes. Knows nothing of Ray, which only carries the calls.
"""

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, Literal, cast

from ..events import MAX_LINE_BYTES, Finished, decode_request
from .choose import choose
from .edition import edition
from .runner import Health, Line, Refusing, Runner

PATIENCE_S = 6.0
"""A server that was not heard for so long has lost its runs here."""
IDLE_S = 600.0
"""Without any server for so long the process ends."""
LOOK_S = 1.0
MOST_BYTES = 64 * 1024
"""A run is not read on while so much of what it told has not been fetched. Ray sends what is smaller than 100 KB along
with its own messages, and makes an object in shared memory of what is larger."""
GATHER_S = 0.02
"""The least time between two batches of a run: each costs the server as much as many lines. The last never waits."""
OTHER_EDITION = (
    "This machine has another version of Gradwalk than the server. Install the same version on both; nothing else "
    "needs to be done."
)
Batch = list[Line]


class Node:
    """Runs programs on this machine. `wanted` is the edition of whoever started it."""

    def __init__(
        self,
        wanted: str,
        *,
        runner: Runner | None = None,
        patience_s: float = PATIENCE_S,
        idle_s: float = IDLE_S,
        leave: Callable[[], None] = lambda: os._exit(0),
    ) -> None:
        self._same = wanted == edition()
        self._runner = runner or _own_runner(os.environ)
        self._patience_s, self._idle_s, self._leave = patience_s, idle_s, leave
        self._heard: dict[str, float] = {}
        self._heard_any = time.monotonic()
        self._carried: dict[str, _Carried] = {}
        self._watching: asyncio.Task[None] | None = None

    async def beat(self, server: str) -> dict[str, Any]:
        """Notes that a server is there; gives this machine's health."""
        self._heard[server] = self._heard_any = time.monotonic()
        if self._watching is None and self._same:
            self._watching = asyncio.create_task(self._watch(), name="servers")
            await self._runner.start()
        health = self._runner.health() if self._same else Health(state="refusing", tier="none", detail=OTHER_EDITION)
        return asdict(health)

    async def run(self, server: str, run_id: str, request: bytes) -> AsyncGenerator[Batch, None]:
        """The run's lines as they come, all that are there at once; none at all where programs are not run.

        Closing the iterator ends the run.
        """
        carried = self._carried[run_id] = _Carried(server)
        carrying = asyncio.create_task(self._carry(run_id, request, carried), name=f"run {run_id}")
        carried.end = carrying.cancel
        try:
            while batch := await carried.fetch():
                yield batch
        finally:
            carrying.cancel()

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`; nothing where it is over already."""
        await asyncio.sleep(0)  # a run begun in this very step of the loop is not yet known to the runner
        await self._runner.stop(run_id)

    async def end(self, run_id: str) -> None:
        """Kills a run that nobody wants any more."""
        if run_id in self._carried:
            self._carried[run_id].end()

    async def close(self) -> None:
        """Ends everything."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        await self._runner.close()

    async def _carry(self, run_id: str, request: bytes, carried: "_Carried") -> None:
        try:
            async with aclosing(self._runner.run(run_id, decode_request(request))) as lines:
                async for line in lines:
                    await carried.put(line)
        except Refusing:
            return
        finally:
            carried.close()
            del self._carried[run_id]

    async def _watch(self) -> None:
        """Ends the runs of servers that fell silent, and the process when none is left."""
        while True:
            await asyncio.sleep(min(LOOK_S, self._patience_s / 4, self._idle_s / 4))
            now = time.monotonic()
            silent = {server for server, heard in self._heard.items() if now - heard > self._patience_s}
            for server in silent:
                del self._heard[server]
            for carried in self._carried.values():
                if carried.server in silent:
                    carried.end()
            if now - self._heard_any > self._idle_s:
                await self._runner.close()
                self._leave()
                return


class _Carried:
    """One run's lines between the runner and whoever fetches them."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.end: Callable[[], object] = lambda: None
        self._lines: deque[Line] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._enough = asyncio.Event()
        self._over = False
        self._room = asyncio.Event()
        self._fetched = time.monotonic()

    async def put(self, line: Line) -> None:
        """Adds a line; waits where too many have not been fetched."""
        self._lines.append(line)
        self._bytes += len(line[1])
        self._news.set()
        if line[0] == Finished.type:
            self._enough.set()
        while self._bytes > MOST_BYTES:
            self._enough.set()
            self._room.clear()
            await self._room.wait()

    async def fetch(self) -> Batch:
        """All lines there are, at least one; none once the run is over."""
        while not self._lines and not self._over:
            self._news.clear()
            await self._news.wait()
        early_s = self._fetched + GATHER_S - time.monotonic()
        if early_s > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(early_s):
                    await self._enough.wait()
        batch = list(self._lines)
        self._lines.clear()
        self._bytes = 0
        self._fetched = time.monotonic()
        if not self._over:
            self._enough.clear()
        self._room.set()
        return batch

    def close(self) -> None:
        """No line will follow."""
        self._over = True
        self._news.set()
        self._enough.set()


def _own_runner(environ: Mapping[str, str]) -> Runner:
    """This machine's runner. The wall is for this machine's own operator to choose, as on a server."""
    wall = environ.get("GRADWALK_WALL", "auto")
    known = wall if wall in ("auto", "refuse", "no-landlock") else "refuse"
    return choose(wall=cast(Literal["auto", "refuse", "no-landlock"], known))


def health_of(told: object) -> Health:
    """The health that a node told. Raises: ValueError where it is none."""
    with contextlib.suppress(TypeError):
        health = Health(**cast(dict[str, Any], told))
        texts = (health.state, health.detail)
        if all(isinstance(text, str) for text in texts) and isinstance(health.layers, dict):
            return health
    raise ValueError("a machine of the cluster told no health")


def lines_of(batch: object) -> list[Line]:
    """The lines that a node told. Raises: ValueError where they are none."""
    if not isinstance(batch, list):
        raise ValueError("a machine of the cluster told no lines")
    for each in batch:
        whole = type(each) is tuple and len(each) == 2 and type(each[0]) is str and type(each[1]) is bytes
        if not whole or len(each[1]) > MAX_LINE_BYTES or b"\n" in each[1]:
            raise ValueError("a machine of the cluster told what is no line")
        if not each[1].startswith(b'{"type":"%s"' % each[0].encode()):
            raise ValueError("a machine of the cluster told a line under another name")
    return batch
