"""The runs there are: queued, running and kept. One pump moves them from the queue into a slot.

In memory. Listed runs stay up to a number, unlisted ones for ten minutes, both within a budget of bytes. Knows nothing
of HTTP, nor of how a runner runs.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from ..events import Finished, Outcome, RunRequest, Started, decode, encode
from .journal import Journal
from .runner import Busy, Line, Refusing, Runner, UnknownRun, finished_line, started_line

UNLISTED_S = 600.0
KEPT_BYTES = 128 * 1024 * 1024
"""All kept journals together; the oldest finished runs go first."""
RUN_S = 5
"""What a queued run is reckoned to take, for Retry-After."""


@dataclass(eq=False)
class Run:
    """One run as the server knows it. `finished` is None while it is queued or running."""

    id: str
    request: RunRequest
    title: str | None
    listed: bool
    queue_of: Callable[["Run"], int | None] = field(repr=False)
    started_at: str | None = None
    finished: Finished | None = None
    deleted: bool = False
    journal: Journal = field(default_factory=Journal, repr=False)

    @property
    def queue_position(self) -> int | None:
        """1 for the next to start, None once started."""
        return self.queue_of(self)


class Registry:
    """All runs of this server. Belongs to one event loop.

    Of listed and of unlisted runs, `slots` each run at once and `queue` more may wait, so that a long training never
    keeps a person waiting who types; `keep` finished listed runs stay.
    """

    def __init__(self, runner: Runner, *, slots: int, queue: int, keep: int) -> None:
        self._runner = runner
        self._slots = slots
        self._queue_bound = queue
        self._keep = keep
        self._runs: dict[str, Run] = {}
        self._waiting: deque[Run] = deque()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._going: dict[str, Run] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}

    async def start(self, request: RunRequest, *, listed: bool = True) -> Run:
        """A new run, begun or queued. Raises: Refusing; Busy where the queue is full."""
        health = self._runner.health()
        if health.state == "refusing":
            raise Refusing(health.detail)
        ahead = [each for each in self._waiting if each.listed == listed]
        if len(self._running(listed)) >= self._slots and len(ahead) >= self._queue_bound:
            raise Busy(RUN_S * max(1, len(ahead) // self._slots))
        run = Run(secrets.token_urlsafe(8)[:10], request, request.title, listed, self._position)
        self._runs[run.id] = run
        self._waiting.append(run)
        self._pump()
        return run

    def adopt(self, request: RunRequest, lines: Sequence[Line]) -> Run:
        """A listed run that was told before, elsewhere, under an id of its own here."""
        run = Run(secrets.token_urlsafe(8)[:10], request, request.title, True, self._position)
        for kind, line in lines:
            own = encode(replace(decode(line, Started), run_id=run.id)) if kind == Started.type else line
            self._write(run, kind, own)
        run.journal.close()
        self._runs[run.id] = run
        return run

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`, also one that still waits. Raises: UnknownRun."""
        run = self.find(run_id)
        if run in self._waiting:
            self._waiting.remove(run)
            self._end_unrun(run, Outcome.STOPPED, "The run was stopped, as asked, before it began. Run it again.")
        elif run_id in self._tasks:
            await self._runner.stop(run_id)

    async def delete(self, run_id: str) -> None:
        """Forgets a run and its events; one that runs is killed first. Raises: UnknownRun."""
        run = self.find(run_id)
        run.deleted = True
        if run in self._waiting:
            self._waiting.remove(run)
            self._end_unrun(run, Outcome.STOPPED, DELETED)
        self._forget(run)
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        run.journal.close()

    def rename(self, run_id: str, title: str) -> None:
        """Gives a run another title. Raises: UnknownRun."""
        self.find(run_id).title = title

    def find(self, run_id: str) -> Run:
        """The run with this id. Raises: UnknownRun."""
        try:
            return self._runs[run_id]
        except KeyError:
            raise UnknownRun(run_id) from None

    def runs(self, limit: int, before: str | None = None) -> list[Run]:
        """At most `limit` listed runs, newest first, those older than `before`. Raises: UnknownRun."""
        listed = [run for run in reversed(self._runs.values()) if run.listed]
        start = listed.index(self.find(before)) + 1 if before is not None else 0
        return listed[start : start + limit]

    async def close(self) -> None:
        """Ends every run as `interrupted`, so that each reader gets a last event."""
        while self._waiting:
            self._end_unrun(self._waiting.popleft(), Outcome.INTERRUPTED, INTERRUPTED)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for expiry in self._expiries.values():
            expiry.cancel()

    def _position(self, run: Run) -> int | None:
        return self._waiting.index(run) + 1 if run in self._waiting else None

    def _pump(self) -> None:
        for run in list(self._waiting):
            if len(self._running(run.listed)) < self._slots:
                self._waiting.remove(run)
                self._going[run.id] = run
                self._tasks[run.id] = asyncio.create_task(self._carry(run), name=f"run {run.id}")

    def _running(self, listed: bool) -> list[Run]:
        """The runs under way of one kind: listed ones, or the unlisted that answer while a person types."""
        return [run for run in self._going.values() if run.listed == listed]

    async def _carry(self, run: Run) -> None:
        """One run from its first line to its last, whatever happens."""
        try:
            async with aclosing(self._runner.run(run.id, run.request)) as lines:
                async for kind, line in lines:
                    self._write(run, kind, line)
        except Refusing as error:
            self._end_unrun(run, Outcome.INTERRUPTED, str(error))
        except asyncio.CancelledError:
            self._end_unrun(run, *((Outcome.STOPPED, DELETED) if run.deleted else (Outcome.INTERRUPTED, INTERRUPTED)))
        except Exception as error:
            logging.getLogger(__name__).exception("run %s could not be carried through", run.id)
            self._end_unrun(run, Outcome.CRASHED, f"The server itself failed ({type(error).__name__}). Try again.")
        finally:
            del self._tasks[run.id], self._going[run.id]
            self._settle(run)
            run.journal.close()
            self._pump()

    def _write(self, run: Run, kind: str, line: bytes) -> None:
        run.journal.append(kind, line)
        if kind == Started.type:
            run.started_at = decode(line, Started).started_at
        elif kind == Finished.type:
            run.finished = decode(line, Finished)

    def _end_unrun(self, run: Run, outcome: Outcome, detail: str) -> None:
        """Writes what the runner no longer can, so that even this run has a first and a last line."""
        if run.finished is None:
            if run.journal.last == 0:
                self._write(run, *started_line(run.id, run.request, self._runner.health()))
            self._write(run, *finished_line(outcome, detail, events=run.journal.last))
        self._settle(run)
        run.journal.close()

    def _settle(self, run: Run) -> None:
        """Decides how long a finished run is kept, and lets older ones go."""
        if run.id not in self._runs:
            return
        if not run.listed and run.id not in self._expiries:
            loop = asyncio.get_running_loop()
            self._expiries[run.id] = loop.call_later(UNLISTED_S, self._forget, run)
        finished = [kept for kept in self._runs.values() if kept.finished is not None]
        listed = [kept for kept in finished if kept.listed]
        for old in listed[: max(0, len(listed) - self._keep)]:
            self._forget(old)
        size = sum(kept.journal.size for kept in finished)
        for old in finished:
            if size <= KEPT_BYTES or old is run:
                break
            size -= old.journal.size
            self._forget(old)

    def _forget(self, run: Run) -> None:
        self._runs.pop(run.id, None)
        expiry = self._expiries.pop(run.id, None)
        if expiry is not None:
            expiry.cancel()


DELETED = "The run was deleted, as asked, and ended with that. Run the program again to begin anew."
INTERRUPTED = "The server was shut down while this run was under way. Start the server and run the program again."
