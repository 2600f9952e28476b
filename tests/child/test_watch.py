"""The zygote's loop, driven by hand: what it forks, keeps to its deadline, stops, kills and tells."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from .alone_in_python import ROOT

LOOP = """
import os, signal, socket, sys, time
from app.child.watch import Watch
def become(descriptors, allowance, parent):
    os.write(descriptors.stdout, b"%d" % allowance.slot)
    what = os.read(descriptors.request, 100)
    if what == b"stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while what != b"brief":
        time.sleep(60)
    os._exit(7)
Watch(socket.socket(fileno=int(sys.argv[1])), become).run()
"""


class Zygote:
    """A loop whose children do as they are told: brief, patient or stubborn."""

    def __init__(self) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [sys.executable, "-c", LOOP, str(theirs.fileno())], cwd=ROOT, pass_fds=[theirs.fileno()]
        )
        theirs.close()

    def fork(self, what: bytes, wall_s: float = 60.0) -> tuple[socket.socket, int]:
        """A child's life socket and the end on which it tells its slot."""
        life, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe()
        asked, asking = os.pipe()
        os.write(asking, what)
        limits = json.dumps({"wall_s": wall_s, "cpu_s": 1, "memory_bytes": 1}).encode()
        socket.send_fds(self.control, [limits], [asked, writing, writing, writing, theirs.fileno()])
        for descriptor in (asked, asking, writing):
            os.close(descriptor)
        theirs.close()
        life.settimeout(10)
        return life, reading


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    zygote = Zygote()
    yield zygote
    zygote.control.close()
    assert zygote.process.wait(10) == 0


def word(life: socket.socket) -> dict[str, Any]:
    return dict(json.loads(life.recv(4096)))


def ending(life: socket.socket) -> list[Any]:
    """What is told after `started`: words, and the exit as Python says it."""
    assert word(life)["is"] == "started"
    told: list[Any] = []
    while not told or isinstance(told[-1], str):
        message = word(life)
        told.append(message["is"] if message["is"] != "exited" else os.waitstatus_to_exitcode(message["status"]))
    assert life.recv(4096) == b""
    life.close()
    return told


def test_a_child_is_started_and_its_exit_told(zygote: Zygote) -> None:
    life, slot = zygote.fork(b"brief")
    assert (ending(life), os.read(slot, 9)) == ([7], b"0")
    os.close(slot)


def test_a_deadline_is_told_and_the_child_asked_to_end(zygote: Zygote) -> None:
    life, slot = zygote.fork(b"patient", wall_s=0.05)
    assert ending(life) == ["deadline", -signal.SIGTERM]
    os.close(slot)


def test_a_child_that_ignores_its_deadline_is_killed(zygote: Zygote) -> None:
    life, slot = zygote.fork(b"stubborn", wall_s=0.3)
    assert ending(life) == ["deadline", -signal.SIGKILL]
    os.close(slot)


@pytest.mark.parametrize(("said", "number"), [(b"stop", signal.SIGTERM), (b"kill", signal.SIGKILL)])
def test_the_server_can_stop_and_kill(zygote: Zygote, said: bytes, number: int) -> None:
    life, slot = zygote.fork(b"patient")
    life.send(said)
    assert ending(life) == [-number]
    os.close(slot)


def test_children_alive_at_once_have_different_slots_and_a_closed_life_ends_one(zygote: Zygote) -> None:
    lives, slots = zip(*(zygote.fork(b"patient") for _ in range(3)), strict=True)
    assert sorted(os.read(slot, 9) for slot in slots) == [b"0", b"1", b"2"]
    pidfd = os.pidfd_open(word(lives[1])["pid"])
    lives[1].close()
    assert os.read(slots[1], 9) == b""
    os.close(pidfd)
    for slot in slots:
        os.close(slot)
    for life in lives:
        life.close()


def test_a_message_without_its_descriptors_is_ignored(zygote: Zygote) -> None:
    zygote.control.send(b"{}")
    life, slot = zygote.fork(b"brief")
    assert ending(life) == [7]
    os.close(slot)


LATER = LOOP.replace("become).run()", "become, (), later).run()").replace(
    "Watch(socket",
    """
def later():
    os.write(2, b"caught up")
    return lambda descriptors, allowance, parent: (os.write(descriptors.stdout, b"anew"), os._exit(0))
Watch(socket""",
)


def test_what_was_left_for_later_is_done_when_nothing_goes_on_and_later_children_have_it() -> None:
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-c", LATER, str(theirs.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE)
    theirs.close()
    assert process.stderr is not None
    assert process.stderr.read(9) == b"caught up"
    zygote = Zygote.__new__(Zygote)
    zygote.control, zygote.process = control, process
    life, reading = zygote.fork(b"brief")
    assert os.read(reading, 9) == b"anew"
    assert ending(life) == [0]
    os.close(reading)
    control.close()
    assert process.wait(10) == 0
    process.stderr.close()
