"""One run in the air: its pipes, its life socket to the zygote, and what is known of how it ends.

Knows nothing of the queue, and of the zygote only the words both say on the life socket.
"""

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import AsyncGenerator
from typing import Any

from ..events import RunRequest, encode_request
from .feed import Feed
from .runner import Line
from .verdict import Evidence, oom_kills
from .zygote import Zygote

SILENCE_S = 0.2
"""What a child whose result pipe is closed gets to end by itself."""


class Flight:
    """One run in the air: its pipes, its life socket, and what is known of how it ends."""

    def __init__(self, request: RunRequest) -> None:
        """Raises: OSError where no descriptor is left."""
        self.news = asyncio.Event()
        self.known = Evidence(request)
        self.begun: float | None = None
        """When the child was started, on the monotonic clock."""
        self._launched = False
        self.feed = Feed(request.limits, self.news.set)
        self._loop = asyncio.get_running_loop()
        self._life, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._life.setblocking(False)
        self._loop.add_reader(self._life, self._hear)
        self._listening = True
        self._silence: asyncio.TimerHandle | None = None
        self._oom_kills = oom_kills()
        self._request = os.memfd_create("request", os.MFD_CLOEXEC)
        with open(self._request, "wb", closefd=False) as file:
            file.write(encode_request(request))

    @property
    def over(self) -> bool:
        """Whether the run's outcome is known."""
        known = self.known
        if known.stop_asked and not self._launched:
            return True
        return self.feed.intake.over or known.status is not None or known.zygote_lost or known.failed is not None

    @property
    def wall_ms(self) -> float:
        """Milliseconds since the child was started."""
        return (time.monotonic() - self.begun) * 1000 if self.begun is not None else 0.0

    def launch(self, zygote: Zygote) -> None:
        """Has the child forked. Raises: OSError where the zygote is gone."""
        self._launched = True
        zygote.fork(self.known.request.limits, [self._request, *self.feed.writing, self._theirs.fileno()])
        self.feed.close_writing()
        self._theirs.close()

    def stop(self) -> None:
        """Has the child asked to end, and killed when it doesn't."""
        self.known.stop_asked = True
        self.say(b"stop")
        self.news.set()

    async def begin(self) -> None:
        """Waits until the child is started, or never will be."""
        while self.begun is None and not self.over:
            await self.news.wait()
            self.news.clear()

    async def told(self) -> AsyncGenerator[Line, None]:
        """The child's lines as they come, until the run is over."""
        while not self.over:
            self.news.clear()
            self.look()
            while self.feed.intake.lines:
                yield self.feed.intake.lines.popleft()
            if not self.over:
                await self.news.wait()
        self.settle()
        while self.feed.intake.lines:
            yield self.feed.intake.lines.popleft()

    def say(self, word: bytes) -> None:
        """Tells the zygote to stop or kill the child."""
        with contextlib.suppress(OSError):
            self._life.send(word)

    def look(self) -> None:
        """Hears what the zygote said before trusting what the child says, and ends a child that can't tell more."""
        self._hear()
        if self.feed.silent and not self.over and self._silence is None:
            self._silence = self._loop.call_later(SILENCE_S, self._end_silence)

    def settle(self) -> None:
        """Reads what is left and completes what is known, once the run is over."""
        if not self.feed.intake.over:
            self.feed.drain()
        self.known.oom_killed = oom_kills() > self._oom_kills
        intake = self.feed.intake
        self.known.flooded, self.known.broken, self.known.ended = intake.flooded, intake.broken, intake.ended
        self.known.dropped = intake.dropped

    def close(self) -> None:
        """Lets go of everything; a child that still lives is killed by the closing of its life socket."""
        if self._silence is not None:
            self._silence.cancel()
        self._deafen()
        self._life.close()
        self._theirs.close()
        os.close(self._request)
        self.feed.close()

    def _end_silence(self) -> None:
        self.known.silent = True
        self.say(b"kill")

    def _deafen(self) -> None:
        self._listening = False
        self._loop.remove_reader(self._life)

    def _hear(self) -> None:
        while self._listening:
            try:
                data = self._life.recv(4096)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            self._note(json.loads(data) if data else {"is": "lost"})
            self.news.set()

    def _note(self, word: dict[str, Any]) -> None:
        known = self.known
        if word["is"] == "started":
            self.begun = time.monotonic()
        elif word["is"] == "deadline":
            known.deadline = True
        elif word["is"] == "exited":
            known.status, known.cpu_ms = word["status"], word["cpu_ms"]
        elif word["is"] == "failed":
            known.failed = word["detail"]
        elif word["is"] == "lost":
            self._deafen()
            known.zygote_lost = known.status is None
