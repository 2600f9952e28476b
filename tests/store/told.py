"""What runs tell, made for the tests: records and lines; and a writer that remembers what it said."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.events import Finished, Graph, Outcome, Preset, Scalars, Started, Stdout, encode
from app.store import Reader, Record, Writer

ON_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For a test about what SQLite alone has: a file, a log beside it, a limit on its size."""
RECORD = Record(id="a", preset=Preset.TRAINING, source="x = 1\n", created_at="2026-01-01T00:00:00.000Z")
STARTED = Started(run_id="a", preset="training", python="3.11", torch="2.13", started_at="2026-01-01T00:00:01.000Z")
FINISHED = Finished(
    outcome=Outcome.OK, detail="done", events=2, dropped=0, wall_ms=5.0, cpu_ms=None, peak_memory_bytes=None
)


def record(run_id: str, **fields: Any) -> Record:
    return replace(RECORD, id=run_id, **fields)


def started(run_id: str = "a") -> bytes:
    return encode(replace(STARTED, run_id=run_id))


def finished(**fields: Any) -> bytes:
    return encode(replace(FINISHED, **fields))


def frame(
    steps: Sequence[int], values: Sequence[float], tag: str = "loss", origin: Any = "log", **more: Any
) -> Scalars:
    wall = tuple(float(step) for step in steps)
    return Scalars(tag=tag, origin=origin, step=tuple(steps), value=tuple(values), wall_ms=wall, **more)


def scalars(steps: Sequence[int], values: Sequence[float], tag: str = "loss", origin: Any = "log") -> bytes:
    return encode(frame(steps, values, tag, origin))


def stdout(text: str) -> bytes:
    return encode(Stdout(text=text))


def graph(index: int) -> bytes:
    empty: tuple[Any, ...] = ()
    return encode(
        Graph(
            index=index, reason="final", line=None, roots=(), nodes=empty, edges=empty, total_nodes=0, truncated=False
        )
    )


def reopen(url: str) -> None:
    """Opens the database as the next server does, and lets go of it once nothing is left under way."""
    written, reader = Written(url), Reader(url)
    ends = time.monotonic() + 30
    while any(run.outcome is None for run in reader.records(50)):  # PostgreSQL notices soon that a writer is gone
        assert time.monotonic() < ends
        time.sleep(0.005)
    reader.close()
    written.writer.close()


class Written:
    """A writer under test: what it said, and how to wait for it."""

    def __init__(self, url: str, committed: Callable[[dict[str, int]], None] | None = None) -> None:
        self.url = url
        self.committed: dict[str, int] = {}
        self.failures: list[Exception] = []
        self.recoveries = 0
        heard = committed or self.committed.update
        self.writer = Writer(url, committed=heard, failed=self.failures.append, recovered=self._recover)
        self.writer.open()

    def _recover(self) -> None:
        self.recoveries += 1

    async def run(self, run_id: str, *lines: tuple[str, bytes], **fields: Any) -> None:
        """A whole run: its record, its first line, these, its last."""
        self.writer.create(record(run_id, **fields))
        events = sum(kind != "record" for kind, _ in lines) + 1
        seq = 0
        for kind, line in [("started", started(run_id)), *lines, ("finished", finished(events=events))]:
            seq += kind != "record"
            self.writer.append(run_id, seq, kind, line)
        await self.writer.settled()
