"""The supervisor: keeps one agent and the web processes going, and ends all when it is told to.

An agent that is there already is used where it is of this version, and asked to finish its runs and end where it is
not. Knows nothing of runs; imports neither the agent nor the web process, which are programs of their own.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from .agent.calling import FAILURES, SERVER, Caller
from .agent.place import UNUSABLE, PlaceError, ready_folder, socket_path, version
from .settings import Settings

PACKAGE = __package__
SHORTEST_S, LONGEST_S = 0.05, 5.0
"""The pause before a process is started again, doubled each time it ends soon."""
METERS = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client has several processes keep their figures, for each of them to tell the sum."""
SOON_S = 10.0
LOOK_S = 1.0
END_S = 8.0
"""How long a process has to end by itself."""


class Supervisor:
    """Keeps the processes of one server. `listening` is handed to each web process, so that no caller is refused
    while one is started again."""

    def __init__(self, settings: Settings, listening: socket.socket, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._listening = listening
        self._environ = {name: value for name, value in environ.items() if name != METERS}  # another program's, if any
        self._version = version(settings)
        self._ending = asyncio.Event()
        self._status = 0
        self._name = secrets.token_hex(8)
        self._webs: dict[int, asyncio.subprocess.Process] = {}
        self._agent: asyncio.subprocess.Process | None = None
        self._caller = Caller(socket_path(settings.data_dir))

    async def run(self) -> int:
        """Supervises until a signal comes, or until it can't go on; gives the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._ending.set)
        try:
            ready_folder(self._settings.data_dir)
        except PlaceError as error:
            print(error, file=sys.stderr)
            return 1
        if self._settings.workers == 1:
            return await self._keep()
        with self._meters() as self._environ[METERS]:
            return await self._keep()

    @contextlib.contextmanager
    def _meters(self) -> Iterator[str]:
        """A new folder for the figures of one port, which no other server has. Not among temporary files: what clears
        those away after days of rest would leave the next web process none."""
        folder = self._settings.data_dir.absolute() / f"meters-{self._listening.getsockname()[1]}"
        shutil.rmtree(folder, ignore_errors=True)  # of a supervisor that was killed
        folder.mkdir(mode=0o700)
        try:
            yield str(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _keep(self) -> int:
        """Keeps all processes going until the end is near, and ends them."""
        life, self._life = os.pipe()
        webs = [self._keep_web(number, life) for number in range(self._settings.workers)]
        keeping = [asyncio.create_task(each) for each in (self._keep_agent(), *webs)]
        await self._ending.wait()
        for task in keeping:
            task.cancel()
        await asyncio.wait(keeping)
        await self._end_agent()
        await asyncio.gather(*map(_end, self._webs.values()))
        await self._caller.close()
        os.close(self._life)
        os.close(life)
        return self._status

    async def _keep_web(self, number: int, life: int) -> None:
        """Keeps one web process going; the first one says where it is once."""
        pause = _Pause()
        listening = self._listening.fileno()
        told = ["--listening", str(listening), "--life", str(life), "--server", self._name]
        announce = [] if number else ["--announce"]  # not the address: other users see a command, and a token is in it
        while True:
            web = self._webs[number] = await self._start("serve", [*told, *announce], [listening, life])
            announce = []
            await web.wait()
            self._discount(web.pid)
            await pause.wait()

    def _discount(self, pid: int) -> None:
        """What a web process had open is not counted any more; what it counted is."""
        if METERS in self._environ:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(pid, self._environ[METERS])  # type: ignore[no-untyped-call]  # it has no types

    async def _keep_agent(self) -> None:
        pause = _Pause()
        while True:
            while await self._is_there():
                await asyncio.sleep(LOOK_S)
            self._agent = await self._start("agent", [], [])
            if await self._agent.wait() == UNUSABLE:
                self._status = 1
                self._ending.set()
            await pause.wait()

    async def _is_there(self) -> bool:
        """Whether an agent of this version, started by another, answers; one of another version is asked to end."""
        with contextlib.suppress(*FAILURES, ValueError, LookupError):
            answer = await self._caller.ask("GET", "/version", within_s=END_S)
            if json.loads(answer.content)["version"] == self._version:
                return True
            await self._caller.ask("POST", "/drain", within_s=END_S)
        return False

    async def _start(
        self, name: str, arguments: Sequence[str], descriptors: Sequence[int]
    ) -> asyncio.subprocess.Process:
        """A process in a session of its own: the terminal's Ctrl-C is for the supervisor alone."""
        command = [sys.executable, "-m", f"{PACKAGE}.{name}", *arguments]
        while True:
            try:
                return await asyncio.create_subprocess_exec(
                    *command, env=self._environ, pass_fds=descriptors, start_new_session=True, stdin=subprocess.DEVNULL
                )
            except OSError as error:
                why = f"A process of the server can't be started: {error.strerror}."
                print(f"{why} It is tried again; make sure that this machine has memory left.", file=sys.stderr)
                await asyncio.sleep(LONGEST_S)

    async def _end_agent(self) -> None:
        """Ends the agent and its runs, whoever started it, unless another server still uses it."""
        with contextlib.suppress(*FAILURES):
            answer = await self._caller.ask("POST", "/close", headers=[(SERVER, self._name)], within_s=END_S)
            if not json.loads(answer.content)["closing"]:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_gone(), END_S)
        await _end(self._agent)

    async def _is_gone(self) -> None:
        """Returns once no agent answers any more, whoever started it."""
        with contextlib.suppress(*FAILURES):
            while True:
                await self._caller.ask("GET", "/version", within_s=END_S)
                await asyncio.sleep(SHORTEST_S)


async def _end(process: asyncio.subprocess.Process | None) -> None:
    """Asks a process to end, waits, and kills it where it doesn't."""
    if process is None or process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_S)
    except TimeoutError:
        process.kill()
        await process.wait()


class _Pause:
    """Waits before each new start, longer where the last one came to nothing."""

    def __init__(self) -> None:
        self._seconds = SHORTEST_S
        self._since = time.monotonic()

    async def wait(self) -> None:
        lasted = time.monotonic() - self._since
        self._seconds = SHORTEST_S if lasted > SOON_S else min(2 * self._seconds, LONGEST_S)
        await asyncio.sleep(self._seconds)
        self._since = time.monotonic()
