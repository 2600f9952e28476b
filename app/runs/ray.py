"""The runner for a cluster: Ray places each run on a machine, whose own runner carries it through.

The contract is the local runner's. A run whose machine is lost ends as `interrupted`, and is never begun a second time.
Knows nothing of HTTP.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from typing import Any

from ray.exceptions import RayError

from ..events import Finished, Preset, Record, RunRequest, encode_request
from .cluster import FAILURES, SILENT_S, Cluster, Machine
from .lease import Lease, Leases, Unplaced
from .node import lines_of
from .runner import Health, Line, Refusing, started_line
from .verdict import Evidence, last_line

CPUS = {Preset.TRAINING: 0.9, Preset.EXPRESSION: 0.1}
"""What a run takes of a processor: where trainings fill a machine there is still room for somebody who types."""
MOST_BATCHES = 8
"""How many batches of lines may be on their way before the run waits for its reader."""
AGAIN_S = 0.5


class _Passage:
    """One run on its way: `told` counts its events, `stopped` is done once a stop was asked for."""

    def __init__(self, request: RunRequest) -> None:
        self.known = Evidence(request)
        self.stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.machine: Machine | None = None
        self.lease: Lease | None = None
        self.stream: Any = None
        self.lines: deque[Line] = deque()
        self.begun: float | None = None
        self.told = 0
        self.finished = False

    @property
    def wall_ms(self) -> float:
        """Milliseconds since its first line."""
        return (time.monotonic() - self.begun) * 1000 if self.begun is not None else 0.0

    def next(self) -> Line | None:
        """The next line that has come, None where none has."""
        if not self.lines:
            return None
        line = self.lines.popleft()
        self.begun = self.begun or time.monotonic()
        self.finished = line[0] == Finished.type
        self.told += line[0] != Record.type
        return line


class RayRunner:
    """Runs programs on the cluster whose head is at `address`, host:port.

    `edition` is that of the code which machines must have, this process's own where it is None.
    """

    def __init__(self, address: str, *, edition: str | None = None) -> None:
        self._resized: Callable[[int], None] = lambda slots: None
        self._cluster = Cluster(address, self._resize, edition)
        self._passages: dict[str, _Passage] = {}
        self._leases = Leases()
        self._sent: set[asyncio.Task[None]] = set()

    def health(self) -> Health:
        """The present state."""
        return self._cluster.health()

    def follow(self, resized: Callable[[int], None]) -> None:
        """Calls `resized` with how many processors there are, soon and whenever that changes."""
        self._resized = resized
        asyncio.get_running_loop().call_soon(self._resize)

    def waiting(self) -> list[str]:
        """The runs that have no machine yet, the first to come first."""
        return [run_id for run_id, passage in self._passages.items() if not passage.told and passage.machine is None]

    async def start(self) -> None:
        """Begins to join the cluster in the background."""
        await self._cluster.start()

    async def close(self) -> None:
        """Ends this server's runs and leaves the cluster."""
        for run_id, passage in list(self._passages.items()):
            self._send(passage, "end", run_id)
        if self._sent:
            await asyncio.wait(self._sent, timeout=1.0)
        self._leases.drop()
        await self._cluster.close()

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`; nothing where it is over already."""
        passage = self._passages.get(run_id)
        if passage is not None:
            passage.known.stop_asked = True
            self._send(passage, "stop", run_id)
            if not passage.stopped.done():
                passage.stopped.set_result(None)

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """The run's lines. Raises: Refusing where programs are not run."""
        passage = self._passages[run_id] = _Passage(request)
        try:
            while await self._begin(run_id, passage):
                while (line := await self._line(run_id, passage)) is not None:
                    yield line
                self._leave(run_id, passage)
            if not passage.told:
                passage.told = 1
                yield started_line(run_id, request, self.health())
            if not passage.finished:
                passage.known.machine_lost = True
                yield last_line(passage.known, events=passage.told, wall_ms=passage.wall_ms)
        finally:
            self._leave(run_id, passage)
            del self._passages[run_id]

    async def _begin(self, run_id: str, passage: _Passage) -> bool:
        """Has the run begun; False where a stop came before, and where it began once. Raises: Refusing."""
        if passage.stream is not None and not passage.told:  # the machine was lost, or its walls, before it began
            await _first(passage.stopped, within_s=AGAIN_S)
        if passage.told or not await self._place(passage):
            return False
        assert passage.machine is not None
        run, source = passage.machine.actor.run, encode_request(passage.known.request)
        streamed = run.options(num_returns="streaming", _generator_backpressure_num_objects=MOST_BATCHES)
        passage.stream = streamed.remote(passage.machine.server, run_id, source)
        return True

    async def _line(self, run_id: str, passage: _Passage) -> Line | None:
        """The run's next line; None where it is over, or its machine lost."""
        assert passage.machine is not None
        if not passage.lines:
            try:
                passage.lines.extend(await _next(passage.stream, passage.machine))
            except (RayError, ValueError) as error:
                logging.getLogger(__name__).warning("a run was lost on %s: %s", passage.machine.address, error)
            if passage.known.stop_asked:
                self._send(passage, "stop", run_id)  # the first may have come before the run
        return passage.next()

    def _leave(self, run_id: str, passage: _Passage) -> None:
        """Gives the run's place back; ends it there where it goes on."""
        if not passage.finished:
            self._send(passage, "end", run_id)
        lease, passage.machine, passage.lease = passage.lease, None, None
        if lease is None:
            return
        typed = passage.known.request.preset is Preset.EXPRESSION
        if passage.finished and typed and not self.waiting():
            self._leases.keep(lease)
        else:
            lease.give_up()

    async def _place(self, passage: _Passage) -> bool:
        """Finds the run a place; False where a stop came before. Raises: Refusing."""
        while not passage.known.stop_asked:
            ready, news = self._cluster.ready(), self._cluster.news
            if ready:
                passage.machine = await self._placed(passage, ready, news)
            elif self.health().state == "refusing":
                raise Refusing(self.health().detail)
            else:
                await _first(news, passage.stopped)
            if passage.machine is not None:
                return True
        return False

    async def _placed(
        self, passage: _Passage, ready: Mapping[str, Machine], news: "asyncio.Future[None]"
    ) -> Machine | None:
        """The machine that has room first; None where a stop or news of the machines come before."""
        needs = _needs(passage.known.request, ready.values())
        passage.lease = self._leases.find(needs, ready)
        if passage.lease is not None:
            return ready[str(passage.lease.machine)]
        self._leases.drop()
        lease = passage.lease = Lease(needs, list(ready))
        placing = asyncio.ensure_future(lease.placed())
        machine = None
        try:
            await _first(placing, news, passage.stopped)
            machine = ready.get(placing.result()) if placing.done() else None
        except Unplaced:
            await _first(passage.stopped, within_s=AGAIN_S)
        finally:
            placing.cancel()
            if machine is None:
                lease.give_up()
        return machine

    def _send(self, passage: _Passage, word: str, run_id: str) -> None:
        """Has the run's machine told something, without waiting for it."""
        if passage.machine is not None:
            task = asyncio.create_task(_told(passage.machine, word, run_id))
            self._sent.add(task)
            task.add_done_callback(self._sent.discard)

    def _resize(self) -> None:
        """Follows the machines as they come and go; while there is none the runs wait as they did."""
        ready = self._cluster.ready()
        if ready:
            self._resized(sum(int(machine.cpus) for machine in ready.values()))


def _needs(request: RunRequest, machines: Iterable[Machine]) -> dict[str, float]:
    """What a run takes; where that is more than any machine has, the largest for itself."""
    largest = max(machines, key=lambda machine: machine.memory)
    return {"CPU": CPUS[request.preset], "memory": min(request.limits.memory_bytes, int(largest.memory))}


async def _next(stream: Any, machine: Machine) -> list[Line]:
    """The next lines of a run; none where it is over, or its machine lost. Raises: RayError, ValueError."""
    reading = asyncio.ensure_future(_read(stream))
    try:
        await _first(reading, machine.lost)
        return reading.result() if reading.done() else []
    finally:
        reading.cancel()


async def _read(stream: Any) -> list[Line]:
    try:
        return lines_of(await (await anext(stream)))
    except StopAsyncIteration:
        return []


async def _told(machine: Machine, word: str, run_id: str) -> None:
    with contextlib.suppress(*FAILURES):
        async with asyncio.timeout(SILENT_S):
            await getattr(machine.actor, word).remote(run_id)


async def _first(*awaited: "asyncio.Future[Any]", within_s: float | None = None) -> None:
    """Waits for the first of several, which all go on."""
    await asyncio.wait(awaited, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
