"""What a freshly forked child does: descriptors, walls, seeds, then the learner's program, then the end.

Runs between fork and _exit and never returns. Knows nothing of the zygote's loop or of the server.
"""

import contextlib
import os
import signal
import traceback
from typing import NoReturn

from ..events import Limits, Preset, RunRequest, decode_request, encode_request
from . import seccomp
from .confine import Allowance, Walls, confine
from .execute import execute
from .seeds import reseed
from .streams import RESULTS, CountedText, Descriptors, reporter, text_streams

UNCONFINED = 125
"""Exit status of a child whose walls could not be put up; it ran nothing."""
UNREPORTED = 123
"""Exit status of a child whose program broke what telling of it needs."""

_write, _exit = os.write, os._exit
"""Kept from before the learner's program could replace them."""


def run(walls: Walls, descriptors: Descriptors, allowance: Allowance, parent: int) -> NoReturn:
    """Reads the request, confines this process, and executes the request inside."""
    status = UNCONFINED
    try:
        source = _read(descriptors.request)
        arrange(descriptors, walls)
        confine(walls, allowance, parent)
        reseed()
        request = decode_request(source)
        status = UNREPORTED
        execute(request, reporter(*text_streams()))
        status = 0
    except BaseException:
        with contextlib.suppress(BaseException):
            _write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        _exit(status)


def arrange(descriptors: Descriptors, walls: Walls) -> None:
    """Own session, plain signals, and no descriptor but the null device, the three pipes and the ruleset."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    for place, descriptor in ((1, descriptors.stdout), (2, descriptors.stderr), (RESULTS, descriptors.results)):
        os.dup2(descriptor, place)
    kept = walls.rules if walls.rules is not None else RESULTS
    os.closerange(RESULTS + 1, kept)
    os.closerange(kept + 1, 1 << 20)


def rehearse() -> None:
    """Does in the zygote what each child does first, as far as it can be undone: the child then finds it warm.

    A fork shares memory until it writes to it, and Python writes to the code it runs for the first times.
    """
    limits = Limits(wall_s=1.0, cpu_s=1, memory_bytes=1, events=1, stdout_bytes=1)
    sample = encode_request(RunRequest(source="", preset=Preset.EXPRESSION, limits=limits))
    with open(os.devnull, "wb") as nowhere:
        for _ in range(10):
            seccomp.build(os.getpid(), opens=True)
            decode_request(sample)
            CountedText(nowhere.fileno()).flush()
            reseed()


def _read(descriptor: int) -> bytes:
    pieces = []
    offset = 0
    while piece := os.pread(descriptor, 1 << 20, offset):
        pieces.append(piece)
        offset += len(piece)
    return b"".join(pieces)
