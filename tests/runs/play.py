"""Runs a program to its end and gives back what it told."""

import asyncio
import os
import select
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from app.events import EXPRESSION, Event, ExceptionRaised, Finished, Preset, RunRequest, Started, Stderr, Stdout, decode
from app.runs.replay import ReplayRunner
from app.runs.runner import Line, Runner

_numbers = count()


@dataclass(frozen=True)
class Told:
    """A whole run's events."""

    events: list[Any]

    @property
    def finished(self) -> Finished:
        assert isinstance(self.events[-1], Finished)
        return self.events[-1]

    @property
    def outcome(self) -> str:
        return str(self.finished.outcome)

    @property
    def printed(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Stdout))

    @property
    def complained(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Stderr))

    @property
    def raised(self) -> str | None:
        """The exception's kind and message."""
        return next((f"{e.kind}: {e.message}" for e in self.events if isinstance(e, ExceptionRaised)), None)


def request(source: str, language: str = "en", **limits: Any) -> RunRequest:
    limited = replace(EXPRESSION, **limits)
    return RunRequest(source=source, preset=Preset.EXPRESSION, limits=limited, language=language)


def new_id() -> str:
    return f"run-{next(_numbers)}"


async def play(runner: Runner, source: str, language: str = "en", **limits: Any) -> Told:
    """Every event of a run, checked to begin with its one Started and to end with its one Finished."""
    run_id = new_id()
    lines = [each async for each in runner.run(run_id, request(source, language, **limits))]
    events = [decode(line, Event) for kind, line in lines if kind != "record"]
    first, last = [e for e in events if isinstance(e, Started)], [e for e in events if isinstance(e, Finished)]
    assert first == [events[0]]
    assert last == [events[-1]]
    assert events[0].run_id == run_id
    assert events[-1].events == len(events) - 1
    return Told(events)


class Going:
    """A run that goes on in the background: what it told so far."""

    def __init__(self, runner: Runner, source: str, **limits: Any) -> None:
        self.id = new_id()
        self.events: list[Any] = []
        self.over = asyncio.create_task(self._take(runner, request(source, **limits)))

    async def _take(self, runner: Runner, asked: RunRequest) -> None:
        async for kind, line in runner.run(self.id, asked):
            if kind != "record":
                self.events.append(decode(line, Event))

    @property
    def printed(self) -> list[str]:
        return "".join(event.text for event in self.events if isinstance(event, Stdout)).splitlines()

    @property
    def outcome(self) -> str | None:
        return str(self.events[-1].outcome) if self.events and isinstance(self.events[-1], Finished) else None


class Recorded(ReplayRunner):
    """Plays what another runner told of the same program before."""

    def __init__(self, of: Runner) -> None:
        self._of = of
        self._told: dict[str, list[Line]] = {}
        super().__init__(self._told)

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        if request.source not in self._told:
            self._told[request.source] = [line async for line in self._of.run(new_id(), request)]
        async for line in super().run(run_id, request):
            yield line


async def until(look: Callable[[], object], within_s: float = 30.0) -> None:
    """Waits until something is true."""
    ends = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < ends, f"{look} was not true within {within_s} s"
        await asyncio.sleep(0.02)


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def spares(zygote: int) -> list[int]:
    """The zygote's children, the newest first: when nothing runs that is the one forked ahead."""
    return sorted(children(zygote), reverse=True)


def gone(pids: list[int], within_s: float = 5.0) -> bool:
    """Whether every process ends in time."""
    return all(_ends(pid, within_s) for pid in pids)


def _ends(pid: int, within_s: float) -> bool:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    ended = bool(poller.poll(within_s * 1000))
    os.close(pidfd)
    return ended


def open_descriptors() -> int:
    return sum(1 for descriptor in range(1024) if _is_open(descriptor))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
