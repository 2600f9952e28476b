"""The server's end of one zygote: starts the process, hears whether its walls hold, hands it runs to fork.

Names the child's side only as a string. Knows nothing of events.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..events import Limits

START_S = 120.0
"""A zygote that isn't ready by then is given up."""
END_S = 2.0
MESSAGE_BYTES = 65_536
PR_SET_DUMPABLE = 4
PACKAGE = (__package__ or "").rpartition(".")[0]
"""`app` in a checkout, `gradwalk` from a wheel."""
ROOT = Path(__file__).resolve().parents[2]
BOOT = """
import runpy, sys
root, package, name = sys.argv[1:4]
del sys.argv[1:4]
sys.path.insert(0, root)
__import__(package)
sys.path.remove(root)
runpy.run_module(name, run_name="__main__", alter_sys=True)
"""
"""Isolated Python ignores PYTHONPATH and the working folder, so the package's folder is named, and only for it."""


class ZygoteError(RuntimeError):
    """The zygote ended, or said that it can't serve, before it was ready."""


def command(name: str, *arguments: str) -> list[str]:
    """The command that runs the module `name` of this package in an isolated Python."""
    return [sys.executable, "-I", "-B", "-c", BOOT, str(ROOT), PACKAGE, f"{PACKAGE}.{name}", *arguments]


def environment(figures: Path | None) -> dict[str, str]:
    """The whole environment of a child: no variable of the server's, no secret. `figures` is matplotlib's folder."""
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT")
    names = dict.fromkeys(threads, "1")
    names |= {"CUDA_VISIBLE_DEVICES": "", "MPLBACKEND": "Agg", "TORCH_COMPILE_DISABLE": "1"}
    names |= {"HOME": "/nonexistent", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    return names | ({"MPLCONFIGDIR": str(figures)} if figures is not None else {})


def hide_memory() -> None:
    """Closes this process's memory, environment and descriptors to other processes of its user, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(
            PR_SET_DUMPABLE, ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)
        )


class Zygote:
    """One zygote process. `gone` is set once it has ended."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        """Starts the process; must be called on the event loop's thread. Raises: OSError."""
        self.gone = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._word: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                command("child", str(theirs.fileno()), *arguments),
                env=dict(env),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd="/",
            )
        self._control.setblocking(False)
        self._pidfd = os.pidfd_open(self._process.pid)
        self._loop.add_reader(self._control, self._hear)
        self._loop.add_reader(self._pidfd, self._end)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def ready(self) -> dict[str, Any]:
        """What the zygote said when it was ready. Raises: ZygoteError where it won't be."""
        try:
            async with asyncio.timeout(START_S):
                return await asyncio.shield(self._word)
        except TimeoutError:
            raise ZygoteError(f"The process that starts programs was not ready within {START_S:g} s.") from None

    def fork(self, limits: Limits, descriptors: Sequence[int]) -> None:
        """Has a child forked: request, stdout, stderr, results, life. Raises: OSError where the zygote is gone."""
        numbers = {"wall_s": limits.wall_s, "cpu_s": limits.cpu_s, "memory_bytes": limits.memory_bytes}
        socket.send_fds(self._control, [json.dumps(numbers).encode()], list(descriptors))

    async def close(self) -> None:
        """Ends the process and with it every child."""
        if self._control.fileno() >= 0:
            self._loop.remove_reader(self._control)
            self._control.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S if self._word.done() else 0):
                await self.gone.wait()
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        await self.gone.wait()

    def _hear(self) -> None:
        try:
            data = self._control.recv(MESSAGE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._control)
        elif not self._word.done():
            self._word.set_result(json.loads(data))

    def _end(self) -> None:
        self._loop.remove_reader(self._pidfd)
        status = self._process.wait()
        os.close(self._pidfd)
        if self._control.fileno() >= 0:
            self._hear()
            self._loop.remove_reader(self._control)
            self._control.close()
        if not self._word.done():
            self._word.set_exception(ZygoteError(f"The process that starts programs ended with status {status}."))
            self._word.exception()
        self.gone.set()
