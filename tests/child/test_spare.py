"""The child that waits for its run, forked from this process."""

import os
import select
import signal
from typing import NoReturn

from app.child.confine import Allowance
from app.child.spare import Spare
from app.child.streams import Descriptors

ALLOWANCE = Allowance(cpu_s=1, memory_bytes=2, slot=3)


def become(descriptors: Descriptors, allowance: Allowance, zygote: int) -> NoReturn:
    """Tells what it was given, and which other descriptors it has."""
    given = {descriptors.request, descriptors.stdout, descriptors.stderr, descriptors.results}
    others = [number for number in range(3, 200) if number not in given and _is_open(number)]
    told = (allowance.cpu_s, allowance.memory_bytes, allowance.slot, zygote == os.getppid(), len(others))
    os.write(descriptors.stdout, repr(told).encode())
    os._exit(0)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def test_it_becomes_the_run_it_is_handed_and_holds_nothing_but_its_socket() -> None:
    reading, writing = os.pipe()
    spare = Spare(become, ())
    assert spare.hand(Descriptors(writing, writing, writing, writing), ALLOWANCE)
    os.waitpid(spare.pid, 0)
    assert os.read(reading, 100) == b"(1, 2, 3, True, 1)"
    os.close(reading)
    os.close(writing)


def test_a_dead_one_says_so_and_is_buried() -> None:
    spare = Spare(become, ())
    pidfd = os.pidfd_open(spare.pid)
    os.kill(spare.pid, signal.SIGKILL)
    select.select([pidfd], [], [])
    os.close(pidfd)
    assert not spare.hand(Descriptors(1, 1, 1, 1), ALLOWANCE)


def test_one_that_is_not_needed_ends() -> None:
    Spare(become, ()).end()
