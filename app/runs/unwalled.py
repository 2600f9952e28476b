"""The runner without walls: a fresh process per run, on any system, ended by the clock. Only by explicit request.

It keeps one process warm for the next run. Programs may do all that the server's user may. Knows nothing of HTTP.
"""

import asyncio
import contextlib
import os
import signal
import struct
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

from ..events import Record, RunRequest, Stderr, Stdout, encode_request
from .intake import Intake, TextEvent
from .runner import Health, Line, started_line, versions
from .verdict import Evidence, last_line
from .zygote import BOOT, PACKAGE, ROOT, command, environment

HEADER = struct.Struct(">cI")
"""The child's side writes the same: child/alone.py."""
TEXTS: dict[bytes, TextEvent] = {b"o": Stdout, b"e": Stderr}
GRACE_S = 0.8
PIECE_BYTES = 64 * 1024
PASSED_ON = ("PATH", "SYSTEMROOT", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP", "TMPDIR")


class Script(NamedTuple):
    """A person's own script and what it is told; `stdin` is a descriptor that it may read from."""

    path: Path
    arguments: tuple[str, ...] = ()
    stdin: int | None = None

    @property
    def command(self) -> list[str]:
        """The command that runs it, watched, by this very Python with all that it finds."""
        stdin = [] if self.stdin is None else [f"--stdin={self.stdin}"]
        child = [str(ROOT), PACKAGE, f"{PACKAGE}.child.alone", f"--script={self.path}", *stdin]
        return [sys.executable, "-P", "-c", BOOT, *child, "--", *self.arguments]


async def _spawn(script: Script | None) -> asyncio.subprocess.Process:
    """A process that gets warm: one of its own environment, or a person's own script in theirs."""
    env = environment(None) | {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return await asyncio.create_subprocess_exec(
        *(script.command if script else command("child.alone")),
        env=None if script else env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=sys.platform != "win32",
        pass_fds=(script.stdin,) if script and script.stdin is not None else (),
    )


class _Outing:
    """One run in one process: what it says and how it ends."""

    def __init__(self, request: RunRequest, process: asyncio.subprocess.Process) -> None:
        self.news = asyncio.Event()
        self.known = Evidence(request)
        self.intake = Intake(request.limits, self.news.set)
        self.process = process
        self.begun = asyncio.Event()
        self.started_at = time.monotonic()
        self._timers: list[asyncio.TimerHandle] = []
        self._tasks = [asyncio.create_task(work) for work in (self._read_frames(), self._read_errors(), self._wait())]

    @property
    def over(self) -> bool:
        return self.intake.over or self.known.status is not None

    @property
    def wall_ms(self) -> float:
        return (time.monotonic() - self.started_at) * 1000

    async def told(self) -> AsyncGenerator[Line, None]:
        """The child's lines as they come, until the run is over."""
        while not self.over:
            self.news.clear()
            while self.intake.lines:
                yield self.intake.lines.popleft()
            if not self.over:
                await self.news.wait()
        self.intake.flush(final=True)
        while self.intake.lines:
            yield self.intake.lines.popleft()
        intake, known = self.intake, self.known
        known.flooded, known.broken, known.ended, known.dropped = (
            intake.flooded, intake.broken, intake.ended, intake.dropped,
        )  # fmt: skip

    def stop(self) -> None:
        """Has the run end as asked; the clock is out of the game then."""
        self.known.stop_asked = True
        self._end()

    async def close(self) -> None:
        """Kills the process and what it started, and waits until it is gone."""
        for timer in self._timers:
            timer.cancel()
        self._kill()
        await self.process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        self.intake.close()

    async def _wait(self) -> None:
        """Both pipes are read to their end before the exit counts."""
        code = await self.process.wait()
        await asyncio.wait(self._tasks[:2], timeout=GRACE_S)
        self.known.status = -code if code < 0 else code << 8
        self.begun.set()
        self.news.set()

    async def _read_frames(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                kind, size = HEADER.unpack(await self.process.stdout.readexactly(HEADER.size))
                body = await self.process.stdout.readexactly(size)
                if kind == b"w":
                    await self._begin()
                elif kind in TEXTS:
                    self.intake.add_text(TEXTS[kind], body)
                else:
                    self.intake.add_results(body)
                self.news.set()

    async def _read_errors(self) -> None:
        assert self.process.stderr is not None
        while data := await self.process.stderr.read(PIECE_BYTES):
            self.intake.add_text(Stderr, data)
            self.news.set()

    async def _begin(self) -> None:
        """The process is warm: hands the request over and starts the clock."""
        assert self.process.stdin is not None
        self.started_at = time.monotonic()
        self.begun.set()
        self._later(self.known.request.limits.wall_s, self._pass_deadline)
        self.process.stdin.write(encode_request(self.known.request))
        self.process.stdin.close()

    def _pass_deadline(self) -> None:
        self.known.deadline = True
        self._end()

    def _end(self) -> None:
        """Asks first, so that the tensors can still be told; then doesn't ask."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        self._later(GRACE_S, self._kill)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self.process.kill()
            else:
                os.killpg(self.process.pid, signal.SIGKILL)

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))


class UnwalledRunner:
    """Runs programs with all the rights of the server's user; with a `script`, all as that script would run."""

    def __init__(self, script: Script | None = None) -> None:
        self._script = script
        self._outings: dict[str, _Outing] = {}
        self._spare: asyncio.Task[asyncio.subprocess.Process] | None = None

    async def start(self) -> None:
        """Begins to warm the first process."""
        self._spare = asyncio.create_task(_spawn(self._script))

    async def close(self) -> None:
        """Ends the process that waits for the next run."""
        if self._spare is not None:
            process = await self._spare
            process.kill()
            await process.wait()
            self._spare = None

    def health(self) -> Health:
        """Always ready, never walled."""
        python, torch = versions()
        return Health(state="ready", tier="none", detail=WARNING, python=python, torch=torch)

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`; nothing where it is over already."""
        if run_id in self._outings:
            self._outings[run_id].stop()

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """The run's lines."""
        spare, self._spare = self._spare, None
        process = await (spare or _spawn(self._script))
        if self._script is None:
            self._spare = asyncio.create_task(_spawn(None))
        outing = self._outings[run_id] = _Outing(request, process)
        try:
            await outing.begun.wait()
            yield started_line(run_id, request, self.health())
            count = 1
            async with aclosing(outing.told()) as lines:
                async for line in lines:
                    count += line[0] != Record.type
                    yield line
            yield last_line(outing.known, events=count, wall_ms=outing.wall_ms)
        finally:
            del self._outings[run_id]
            await outing.close()


WARNING = "Programs run without walls (--unsafe-no-sandbox): they may do all that you may. Paste only what you trust."
