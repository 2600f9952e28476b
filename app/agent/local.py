"""The agent itself: runs programs, and writes what they tell into the record before anybody is told of it.

Knows nothing of HTTP. Belongs to one event loop; the record's writer has a thread of its own.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..events import Finished, Outcome, RunRequest
from ..runs.load import Load
from ..runs.registry import Registry, Run, new_id
from ..runs.runner import Health, Line, Runner, UnknownRun
from ..store import Record, Retention, Writer
from .agent import NOBODY, Client, Hear, Unrecorded, Word
from .sharing import Sharing

MOST_WAITING_BYTES = 16 * 1024 * 1024
"""A run that tells faster than the disk takes it waits from here on."""


class LocalAgent:
    """An agent in this process. `url` is the record's place, which must have no other writer, or be PostgreSQL."""

    def __init__(
        self,
        runner: Runner,
        url: str,
        *,
        slots: int,
        queue: int,
        client_slots: int = 0,
        client_queue: int = 0,
        retention: Retention | None = None,
    ) -> None:
        self._runner = runner
        self._retention = retention or Retention()
        self._registry = Registry(
            runner,
            slots=slots,
            queue=queue,
            client_slots=client_slots,
            client_queue=client_queue,
            changed=lambda: self._tell(Word()),
        )
        self._committed: dict[str, int] = {}
        self._broken: str | None = None
        self._hearing: list[Hear] = []
        self._writer = Writer(
            url,
            committed=self._on_commit,
            failed=self._on_failure,
            recovered=self._on_recovery,
            unwanted=self._on_unwanted,
        )
        self._sharing = Sharing(url, self._writer, self.positions, self._note_unwanted)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a run is under way."""
        return bool(self._registry.under_way())

    async def open(self, hear: Hear) -> None:
        """Opens the record and begins to warm the runner. Raises: StoreError."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._writer.open)
        self.listen(hear)
        self._writer.retain(self._retention)
        if self._writer.shared:
            await self._sharing.open()
        await self._runner.start()

    def listen(self, hear: Hear) -> None:
        """Calls `hear` with every word from here on, until `ignore`."""
        self._hearing.append(hear)

    def ignore(self, hear: Hear) -> None:
        """Ends what `listen` began."""
        self._hearing.remove(hear)

    async def close(self) -> None:
        """Ends every run as `interrupted`, then the runner and the record."""
        await self.end_runs()
        await self._runner.close()
        await self._sharing.close()
        await asyncio.to_thread(self._writer.close)

    async def end_runs(self) -> None:
        """Ends every run as `interrupted`; their last lines are on record then."""
        await self._registry.close()
        await self._writer.settled()

    def health(self) -> Health:
        """The runner's state; where nothing can be recorded, that is said with it."""
        health = self._runner.health()
        return replace(health, detail=f"{health.detail} {self._broken}") if self._broken else health

    def positions(self) -> dict[str, int]:
        """The place of each listed run that waits."""
        return self._registry.positions()

    def load(self) -> Load:
        """How many runs go on and wait, and how those before ended."""
        return self._registry.load()

    async def start(self, request: RunRequest, client: Client = NOBODY) -> str:
        """The id of a new run; it is on record. Raises: Refusing, Busy, Unrecorded."""
        if self._broken is not None:
            raise Unrecorded(self._broken)

        async def take(number: int, kind: str, line: bytes) -> None:
            self._writer.append(run.id, number, kind, line)
            if kind == Finished.type:
                self._committed.pop(run.id, None)
                self._writer.retain(self._retention)
            if self._writer.waiting_bytes > MOST_WAITING_BYTES:
                await self._writer.settled()

        run = self._registry.start(request, take, run_id=new_id(), client=client.name)
        self._committed[run.id] = 0
        self._writer.create(_record(run, client.owner))
        await self._writer.settled()
        if self._broken is not None:
            raise Unrecorded(self._broken)
        return run.id

    async def express(self, run_id: str, request: RunRequest, client: Client = NOBODY) -> AsyncGenerator[Line, None]:
        """The lines of a run that is not recorded. Raises: Refusing, Busy."""
        lines: asyncio.Queue[Line] = asyncio.Queue()

        async def take(_: int, kind: str, line: bytes) -> None:
            lines.put_nowait((kind, line))

        run = self._registry.start(request, take, listed=False, run_id=run_id, client=client.name)
        try:
            kind = ""
            while kind != Finished.type:
                kind, line = await lines.get()
                yield kind, line
        finally:
            if not run.finished:
                self._go_on(self._end(run_id))  # not awaited: whoever closes this may have been cancelled

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`, whoever carries it on; nothing where it is over already."""
        try:
            await self._registry.stop(run_id)
        except UnknownRun:
            if self._writer.shared:
                self._writer.ask_to_stop(run_id)
                await self._writer.settled()

    async def delete(self, run_id: str) -> None:
        """Ends a run that goes on and removes its record."""
        if any(run.id == run_id for run in self._registry.under_way()):
            await self._registry.end(run_id, Outcome.STOPPED, DELETED)
        self._writer.delete(run_id)
        await self._writer.settled()
        self._tell(Word(gone=(run_id,)))

    async def rename(self, run_id: str, title: str) -> None:
        """Gives a run another title."""
        self._writer.rename(run_id, title)
        await self._writer.settled()

    def _tell(self, word: Word) -> None:
        for hear in list(self._hearing):
            hear(word)

    def _on_commit(self, runs: dict[str, int]) -> None:
        self._from_writer(self._note_commit, runs)

    def _on_failure(self, error: Exception) -> None:
        self._from_writer(self._note_failure, error)

    def _on_recovery(self) -> None:
        self._from_writer(self._note_recovery)

    def _from_writer(self, note: object, *arguments: object) -> None:
        """Has this loop do what the writer's thread found out."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(note, *arguments)  # type: ignore[arg-type]  # each note takes its own

    def _note_commit(self, runs: dict[str, int]) -> None:
        self._committed.update({run: last for run, last in runs.items() if run in self._committed})
        self._tell(Word(runs=runs))

    def _note_failure(self, error: Exception) -> None:
        """What can't be recorded must not go on: every recorded run ends, with all that was acknowledged."""
        self._broken = str(error)
        for run in self._registry.under_way(listed=True):
            run.last = self._committed.get(run.id, 0)
            self._go_on(self._cut_off(run))

    def _go_on(self, ending: Coroutine[Any, Any, None]) -> None:
        """Has a run end by itself."""
        task = asyncio.create_task(ending)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _cut_off(self, run: Run) -> None:
        with contextlib.suppress(UnknownRun):
            await self._registry.end(run.id, Outcome.INTERRUPTED, f"The run was ended. {self._broken}")

    def _on_unwanted(self, run_ids: set[str]) -> None:
        self._from_writer(self._note_unwanted, run_ids)

    def _note_unwanted(self, run_ids: Iterable[str]) -> None:
        """Others want these runs ended, or ended them on record; those that are carried on here end."""
        here = {run.id for run in self._registry.under_way(listed=True)}
        for run_id in here.intersection(run_ids):
            self._go_on(self._end(run_id))

    async def _end(self, run_id: str) -> None:
        with contextlib.suppress(UnknownRun):
            await self._registry.stop(run_id)

    def _note_recovery(self) -> None:
        self._broken = None


def _record(run: Run, owner: str | None) -> Record:
    """A run's record before its first line."""
    request = run.request
    return Record(
        id=run.id,
        title=request.title,
        group=request.group,
        owner=owner,
        preset=request.preset,
        source=request.source,
        steps_per_s=request.steps_per_s,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )


DELETED = "The run was deleted, as asked, and ended with that. Run the program again to begin anew."
