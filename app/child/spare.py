"""A child forked ahead of its run: the fork is a third of what a small program costs, and this one has it behind it.

Between two runs it holds nothing of either: it is forked from the zygote, whose memory no program passes through, keeps
no descriptor but its own socket and the ruleset, and becomes a run's child by the same steps as one forked on demand.
"""

import contextlib
import json
import os
import socket
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import NoReturn

from .confine import Allowance
from .streams import Descriptors

MESSAGE_BYTES = 4096
COUNT = 4

_exit = os._exit
"""Kept from before a learner's program could replace it."""

Fork = Callable[[Descriptors, Allowance, int], NoReturn]
"""Becomes the child: descriptors, what it may use, the zygote's pid."""


class Spare:
    """One waiting child. It ends by itself when the zygote does."""

    def __init__(self, become: Fork, kept: Collection[int]) -> None:
        """Forks. `kept` are descriptors that `become` needs. Raises: OSError."""
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        zygote = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            _wait(theirs, become, kept, zygote)
        theirs.close()

    def hand(self, descriptors: Descriptors, allowance: Allowance) -> bool:
        """Gives it its run; False where it is dead and another must be forked."""
        numbers = [descriptors.request, descriptors.stdout, descriptors.stderr, descriptors.results]
        with self._ours, contextlib.suppress(OSError):
            socket.send_fds(self._ours, [json.dumps(asdict(allowance)).encode()], numbers)
            return True
        os.waitpid(self.pid, 0)
        return False

    def end(self) -> None:
        """Lets it go unused."""
        self._ours.close()
        os.waitpid(self.pid, 0)


def _wait(own: socket.socket, become: Fork, kept: Collection[int], zygote: int) -> NoReturn:
    try:
        _close_all_but({own.fileno(), *kept})
        data, descriptors, _, _ = socket.recv_fds(own, MESSAGE_BYTES, COUNT)
        if len(descriptors) == COUNT:
            become(Descriptors(*descriptors), Allowance(**json.loads(data)), zygote)
    finally:
        _exit(0)


def _close_all_but(kept: Collection[int]) -> None:
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 1 << 20)
