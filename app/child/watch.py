"""The zygote's loop: forks a child per run, keeps its deadline, stops and kills it on request, tells how it ended.

It handles numbers and descriptors only: a learner's source and output never pass through this memory, which every
later child inherits. One thread, one poll. Knows nothing of what children run, nor of events.

Per run the server sends {wall_s, cpu_s, memory_bytes} and five descriptors: request, stdout, stderr, results, life.
Over `life`, a socket for this run alone, the zygote says {"is": "started", "pid"}, {"is": "deadline"},
{"is": "exited", "status", "cpu_ms"} or {"is": "failed", "detail"}; the server says b"stop" or b"kill", or closes it,
which kills too.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from .confine import Allowance
from .spare import Fork, Spare
from .streams import Descriptors

GRACE_S = 0.8
"""Between asking a child to stop and killing it: on a busy machine what it has to tell takes as long."""
QUIET_S = 0.3
"""Nothing goes on when nothing was asked for so long."""
PATIENCE_S = 15.0
"""Where something always goes on, what was left for later is done after so long all the same."""
MESSAGE_BYTES = 4096
DESCRIPTORS = 5


@dataclass
class Child:
    """One living child. `deadline` and `kill_at` are on the monotonic clock; None where nothing is due."""

    pid: int
    pidfd: int
    life: socket.socket
    slot: int
    deadline: float | None
    kill_at: float | None = None

    def tell(self, **message: object) -> None:
        """Sends the server a word about this run, unless it has stopped listening."""
        tell(self.life, **message)

    def send_signal(self, number: int) -> None:
        """Signals the child; the pidfd can never mean another process."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)

    def stop(self) -> None:
        """Asks the child to end, and kills it when the grace has passed."""
        self.deadline = None
        if self.kill_at is None:
            self.kill_at = time.monotonic() + GRACE_S
            self.send_signal(signal.SIGTERM)


class Watch:
    """The loop over the control socket, the children and their life sockets; it ends when the server is gone."""

    def __init__(
        self,
        control: socket.socket,
        become: Fork,
        kept: Collection[int] = (),
        later: Callable[[], Fork] | None = None,
    ) -> None:
        """`kept` are descriptors that `become` needs. `later` gives what takes its place, and takes its time over it:
        it is called once, when nothing goes on."""
        self._later = later
        self._later_by = time.monotonic() + PATIENCE_S
        self._control = control
        self._become = become
        self._kept = kept
        self._spare: Spare | None = None
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._children: dict[int, Child] = {}
        self._lives: dict[int, Child] = {}

    def run(self) -> None:
        """Serves until the control socket closes, then kills every child."""
        self._keep_a_spare()
        while all(self._answer(descriptor) for descriptor, _ in self._ready()):
            self._enforce()
        if self._spare is not None:
            self._spare.end()
        for child in list(self._children.values()):
            child.send_signal(signal.SIGKILL)
            self._bury(child, 0)

    def _ready(self) -> list[tuple[int, int]]:
        """What there is to answer; where there is nothing for a while, what was left for later is done first."""
        found = self._poll.poll(self._wait_ms())
        rests = not found and not self._children
        if self._later is not None and (rests or time.monotonic() >= self._later_by):
            later, self._later = self._later, None
            if self._spare is not None:
                self._spare.end()
                self._spare = None
            self._become = later()
            self._keep_a_spare()
        return found

    def _answer(self, descriptor: int) -> bool:
        """Sees to what a descriptor announces; False when the server is gone."""
        if descriptor == self._control.fileno():
            return self._serve()
        if descriptor in self._children:
            self._bury(self._children[descriptor])
            self._keep_a_spare()
        elif descriptor in self._lives:
            self._listen(self._lives[descriptor])
        return True

    def _wait_ms(self) -> int | None:
        due = [at for child in self._children.values() for at in (child.deadline, child.kill_at) if at is not None]
        due += [time.monotonic() + QUIET_S] if self._later is not None else []
        return max(0, int((min(due) - time.monotonic()) * 1000) + 1) if due else None

    def _enforce(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.deadline is not None and now >= child.deadline:
                child.tell(**{"is": "deadline"})
                child.stop()
            if child.kill_at is not None and now >= child.kill_at:
                child.kill_at = None
                child.send_signal(signal.SIGKILL)

    def _serve(self) -> bool:
        """Answers one message of the server; False when it is gone."""
        data, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, DESCRIPTORS)
        if not data:
            return False
        if len(descriptors) != DESCRIPTORS:
            for descriptor in descriptors:
                os.close(descriptor)
            return True
        life = socket.socket(fileno=descriptors.pop())
        life.setblocking(False)
        try:
            self._fork(json.loads(data), Descriptors(*descriptors), life)
        except OSError as error:
            tell(life, **{"is": "failed", "detail": os.strerror(error.errno or 0)})
            life.close()
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _fork(self, limits: dict[str, Any], descriptors: Descriptors, life: socket.socket) -> None:
        slot = self._free_slot()
        allowance = Allowance(cpu_s=int(limits["cpu_s"]), memory_bytes=int(limits["memory_bytes"]), slot=slot)
        pid = self._child(descriptors, allowance)
        deadline = time.monotonic() + float(limits["wall_s"])
        child = Child(pid, os.pidfd_open(pid), life, slot, deadline)
        self._children[child.pidfd] = self._lives[life.fileno()] = child
        self._poll.register(child.pidfd, select.POLLIN)
        self._poll.register(life, select.POLLIN)
        child.tell(**{"is": "started", "pid": pid})

    def _child(self, descriptors: Descriptors, allowance: Allowance) -> int:
        """The pid of a child that has the run: the spare, or where there is none, one forked now."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.hand(descriptors, allowance):
            return spare.pid
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become(descriptors, allowance, zygote)
        return pid

    def _keep_a_spare(self) -> None:
        """Forks the next child ahead, at a moment when no run waits for it."""
        if self._spare is None:
            with contextlib.suppress(OSError):
                self._spare = Spare(self._become, self._kept)

    def _free_slot(self) -> int:
        taken = {child.slot for child in self._children.values()}
        return next(slot for slot in range(len(taken) + 1) if slot not in taken)

    def _listen(self, child: Child) -> None:
        """Does what the server says of this run; silence for good means nobody wants it any more."""
        try:
            word = child.life.recv(64)
        except BlockingIOError:
            return
        except OSError:
            word = b""
        if word == b"stop":
            child.stop()
            return
        child.send_signal(signal.SIGKILL)
        if not word:
            self._forget_life(child)

    def _bury(self, child: Child, options: int = os.WNOHANG) -> None:
        ended, status, usage = os.wait4(child.pid, options)
        if not ended:
            return
        child.tell(**{"is": "exited", "status": status, "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1000})
        self._forget_life(child)
        self._poll.unregister(child.pidfd)
        del self._children[child.pidfd]
        os.close(child.pidfd)

    def _forget_life(self, child: Child) -> None:
        if child.life.fileno() >= 0:
            self._poll.unregister(child.life)
            del self._lives[child.life.fileno()]
            child.life.close()


def tell(channel: socket.socket, **message: object) -> None:
    """One JSON message on a socket; nothing where nobody listens."""
    with contextlib.suppress(OSError):
        channel.send(json.dumps(message).encode())


def settle() -> None:
    """Makes what is alive now cheap to share with every later child."""
    gc.collect()
    gc.freeze()
