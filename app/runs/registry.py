"""The runs under way: queued and running. One pump moves them into slots, first those of whoever has fewest going.

What a run tells goes, line by line, to whoever asked for it; a run that is over is forgotten here. Knows nothing of
HTTP, nor of how a runner runs, nor of where the lines go.
"""

import asyncio
import logging
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from ..events import Finished, Outcome, Record, RunRequest, decode
from .load import Load, in_turn
from .runner import Busy, Line, Placing, Refusing, Runner, UnknownRun, finished_line, started_line

RUN_S = 5
"""What a queued run is reckoned to take, for Retry-After."""
Take = Callable[[int, str, bytes], Awaitable[None]]
"""Takes a run's line: its number from 1, its type and its text. A slow one slows the run.

A `record` has no number of its own and comes with that of the event before it."""


def new_id() -> str:
    """Ten characters that nobody guesses."""
    return secrets.token_urlsafe(8)[:10]


@dataclass(eq=False)
class Run:
    """One run under way. `last` numbers its newest line; `over` is set once its last line was taken.

    `client` tells apart who asked for it, so that nobody takes all slots and all places in the queue.
    """

    id: str
    request: RunRequest
    listed: bool
    take: Take = field(repr=False)
    client: str = ""
    last: int = 0
    finished: bool = False
    ending: tuple[Outcome, str] | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


class Registry:
    """All runs under way. Belongs to one event loop.

    Of listed and of unlisted runs, `slots` each run at once and `queue` more may wait, so that a long training never
    keeps a person waiting who types; `client_slots` and `client_queue` of them, where not 0, may be one client's.
    With 0 `slots` there are as many as the runner has room for; -1 `client_slots` are all but one. `changed` is called
    when a run starts, waits or ends.
    """

    def __init__(
        self,
        runner: Runner,
        *,
        slots: int,
        queue: int,
        client_slots: int = 0,
        client_queue: int = 0,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._runner = runner
        self._placing = runner if isinstance(runner, Placing) else None
        self._slots = slots or 1
        self._queue_bound = queue
        self._client_share = client_slots
        self._client_bound = client_queue or queue
        self._outcomes: Counter[str] = Counter()
        self._changed = changed
        self._waiting: deque[Run] = deque()
        self._going: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        if self._placing is not None and not slots:
            self._placing.follow(self._resize)

    @property
    def _client_slots(self) -> int:
        """How many runs of one kind may be one client's."""
        return max(1, self._slots - 1) if self._client_share < 0 else self._client_share or self._slots

    def start(
        self, request: RunRequest, take: Take, *, listed: bool = True, run_id: str | None = None, client: str = ""
    ) -> Run:
        """A new run, begun or queued; nothing is taken before this returns.

        Raises: Refusing; Busy where the queue is full, or this client's part of it.
        """
        health = self._runner.health()
        if health.state == "refusing":
            raise Refusing(health.detail)
        self._check_room(listed, client)
        run = Run(run_id or new_id(), request, listed, take, client)
        self._waiting.append(run)
        self._pump()
        return run

    def _check_room(self, listed: bool, client: str) -> None:
        """Raises: Busy."""
        ahead = [each for each in self._waiting if each.listed == listed]
        mine = [each for each in ahead if each.client == client]
        going = [run.client for run in self._running(listed)]
        if len(going) < self._slots and going.count(client) < self._client_slots:
            return
        if len(ahead) >= self._queue_bound:
            raise Busy(self._again_s(ahead))
        if len(mine) >= self._client_bound:
            raise Busy(self._again_s(mine), mine=len(mine))

    def _again_s(self, ahead: list[Run]) -> int:
        return RUN_S * max(1, len(ahead) // max(1, self._slots))

    def load(self) -> Load:
        """How many runs go on and wait, of whom, and how those before ended."""
        unplaced = self._unplaced()
        return Load.of(
            running=[(run.client, run.listed) for run in self._going.values() if run not in unplaced],
            waiting=[(run.client, run.listed) for run in [*unplaced, *self._waiting]],
            slots=self._slots,
            queue=self._queue_bound,
            outcomes=self._outcomes,
        )

    def under_way(self, *, listed: bool | None = None) -> list[Run]:
        """Every run that runs or waits, those that run first."""
        return [run for run in [*self._going.values(), *self._waiting] if listed in (None, run.listed)]

    def positions(self) -> dict[str, int]:
        """The place of each listed run that waits: 1 for the next to start, as far as can be told now."""
        begun = [run.id for run in self._unplaced() if run.listed]
        waiting = [(run.client, run.id) for run in self._waiting if run.listed]
        going = [run.client for run in self._running(True)]
        return {run_id: place for place, run_id in enumerate([*begun, *in_turn(waiting, going)], 1)}

    def _unplaced(self) -> list[Run]:
        """The runs that have a slot, and no machine yet."""
        return [self._going[each] for each in (self._placing.waiting() if self._placing else ()) if each in self._going]

    def _resize(self, slots: int) -> None:
        """From now on so many runs of each kind go on at once; those that are too many go on to their ends."""
        if self._placing is not None:
            self._slots = slots
            self._pump()

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`, also one that still waits. Raises: UnknownRun where none is under way."""
        run = self._find(run_id)
        if run in self._waiting:
            await self.end(run_id, Outcome.STOPPED, STOPPED_UNBEGUN)
        else:
            await asyncio.sleep(0)  # a run begun in this very step of the loop is not yet known to the runner
            await self._runner.stop(run_id)

    async def end(self, run_id: str, outcome: Outcome, detail: str) -> None:
        """Kills a run and waits until its last line, with this outcome, was taken. Raises: UnknownRun."""
        run, task = self._find(run_id), self._tasks.get(run_id)
        ends_already = run.finished or run.ending is not None
        run.ending = run.ending or (outcome, detail)
        if task is None:
            self._waiting.remove(run)
            await self._end(run)
            self._changed()
            return
        if not ends_already:
            await asyncio.sleep(0)  # a task cancelled before its first step would never write a last line
            if not run.finished:
                task.cancel()
        await asyncio.wait([task])

    async def close(self) -> None:
        """Ends every run as `interrupted`, so that each reader gets a last event."""
        self._slots, self._placing = 0, None
        for run in self.under_way():
            with suppress(UnknownRun):  # it ended by itself while another one was being ended
                await self.end(run.id, Outcome.INTERRUPTED, INTERRUPTED)

    def _find(self, run_id: str) -> Run:
        for run in self.under_way():
            if run.id == run_id:
                return run
        raise UnknownRun(run_id)

    def _pump(self) -> None:
        for listed in (False, True):
            while len(self._running(listed)) < self._slots and (run := self._next(listed)) is not None:
                self._waiting.remove(run)
                self._going[run.id] = run
                self._tasks[run.id] = asyncio.create_task(self._carry(run), name=f"run {run.id}")
        self._changed()

    def _next(self, listed: bool) -> Run | None:
        """Of the runs that wait, the first of whoever has fewest going, and not all that one client may have."""
        going = Counter(run.client for run in self._running(listed))
        waiting = [run for run in self._waiting if run.listed == listed and going[run.client] < self._client_slots]
        return min(waiting, key=lambda run: going[run.client], default=None)

    def _running(self, listed: bool) -> list[Run]:
        """The runs under way of one kind: listed ones, or the unlisted that answer while a person types."""
        return [run for run in self._going.values() if run.listed == listed]

    async def _carry(self, run: Run) -> None:
        """One run from its first line to its last, whatever happens."""
        try:
            async with aclosing(self._runner.run(run.id, run.request)) as lines:
                async for line in lines:
                    await self._tell(run, line)
        except Refusing as error:
            run.ending = Outcome.INTERRUPTED, str(error)
        except asyncio.CancelledError:
            run.ending = run.ending or (Outcome.INTERRUPTED, INTERRUPTED)
        except Exception as error:
            logging.getLogger(__name__).exception("run %s failed", run.id, extra={"run_id": run.id})
            run.ending = Outcome.CRASHED, f"The server itself failed ({type(error).__name__}). Try again."
        finally:
            await self._end(run)
            del self._tasks[run.id], self._going[run.id]
            self._pump()

    async def _tell(self, run: Run, line: Line) -> None:
        run.last += line[0] != Record.type
        run.finished = line[0] == Finished.type
        if run.finished:
            self._note_end(run, line[1])
        await run.take(run.last, *line)

    def _note_end(self, run: Run, line: bytes) -> None:
        """Counts the outcome and logs it, without anything that a program said."""
        end = decode(line, Finished)
        self._outcomes[f"{run.request.preset}/{end.outcome}"] += 1
        told = {"run_id": run.id, "preset": run.request.preset, "outcome": end.outcome, "wall_ms": end.wall_ms}
        logging.getLogger(__name__).info("run %s ended: %s", run.id, end.outcome, extra=told)

    async def _end(self, run: Run) -> None:
        """Writes what the runner no longer can, so that even this run has a first and a last line."""
        if not run.finished:
            outcome, detail = run.ending or (Outcome.INTERRUPTED, INTERRUPTED)
            if run.last == 0:
                await self._tell(run, started_line(run.id, run.request, self._runner.health()))
            await self._tell(run, finished_line(outcome, detail, events=run.last))
        run.over.set()


STOPPED_UNBEGUN = "The run was stopped, as asked, before it began. Run it again."
INTERRUPTED = "The server was shut down while this run was under way. Start the server and run the program again."
