"""Layer by layer: each is taken away in a process of its own. Something then gets through that it alone stopped, and the
next still stops something else: no layer is decoration, and a test here fails when one is gone from the product.

A layer is taken away by a stand-in for its function; the product has no switch for that.
"""

import os

import pytest

from app.child import landlock
from app.events import EXPRESSION, Scalars, Stdout, encode
from app.runs import intake
from app.runs.intake import Intake
from tests.child.alone_in_python import in_a_fresh_python

pytestmark = pytest.mark.anyio

CONFINED = """
    import ctypes, os, signal, socket, sys
    from app.child import confine as walls, landlock, readable, seccomp
    taken, shared = sys.argv[1], "/proc/self/status"
    rules = landlock.ruleset(readable.places(), landlock.abi())
    made = walls.measured(walls.Walls(rules, landlock.abi(), readable.right_to_keep()))
    nothing, prctl = (lambda *_: None), walls._prctl
    without = lambda option: lambda asked, value: None if asked == option else prctl(asked, value)
    if taken == "limits": walls._limit = nothing
    if taken == "user": walls.become_stranger = nothing
    if taken == "no_new_privs": walls._prctl = without(walls.PR_SET_NO_NEW_PRIVS)
    if taken == "landlock": landlock.restrict_self = nothing
    if taken == "seccomp": seccomp.load = nothing

    def memory():
        import mmap
        mmap.mmap(-1, 4 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    def rights_of_root():
        if not os.access("/etc/passwd", os.W_OK): raise PermissionError
    def pipe_size():
        if ctypes.CDLL(None).prctl(36, 1, 0, 0, 0): raise PermissionError
    attacks = {
        "memory": memory, "rights of root": rights_of_root, "read": lambda: open("/etc/passwd"),
        "write": lambda: os.open("/tmp/gradwalk-was-here", os.O_CREAT | os.O_WRONLY),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), "memfd": lambda: os.memfd_create("x"),
        "another's limits": lambda: __import__("resource").prlimit(os.getpid(), 7), "adopt orphans": pipe_size,
        "fork": lambda: os.fork() or os._exit(0),
    }
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            walls.confine(made, walls.Allowance(cpu_s=5, memory_bytes=1 << 28, slot=0), os.getppid())
        except OSError as error:
            print("nothing runs:", error.strerror, flush=True)
            os._exit(0)
        for name, attack in attacks.items():
            try:
                attack()
                print(name, flush=True)
            except Exception:
                pass
        os._exit(0)
    os.waitpid(child, 0)
"""
ROOT = os.geteuid() == 0
THROUGH: dict[str, set[str]] = {
    "nothing": set(),
    "limits": {"memory"},
    "landlock": {"read"},
    "seccomp": {"udp", "memfd", "another's limits", "adopt orphans"},
} | ({"user": {"rights of root"}} if ROOT else {})
"""What gets through where that layer is missing, of nine attacks; the rest is stopped by those that are left."""


@pytest.mark.parametrize("taken", THROUGH)
def test_without_one_layer_just_what_it_alone_stops_gets_through(taken: str) -> None:
    assert landlock.abi() >= 4, "this test needs a kernel with Landlock"
    assert set(in_a_fresh_python(CONFINED, taken)) == THROUGH[taken]


@pytest.mark.parametrize("taken", ["no_new_privs"])
def test_without_no_new_privs_the_next_wall_will_not_stand_and_nothing_runs(taken: str) -> None:
    (told,) = in_a_fresh_python(CONFINED, taken)
    assert told.startswith("nothing runs: Landlock's restrict_self failed: Operation not permitted")


HIDDEN = """
    import ctypes, os, sys
    from app.child import confine as walls
    made = walls.measured(walls.Walls(None, 0, False))
    if os.geteuid() == 0:
        os.setresuid(60001, 60001, 60001)
    walls._prctl(walls.PR_SET_DUMPABLE, 1)  # as every process of an ordinary user is
    prctl = walls._prctl
    if sys.argv[1] == "dumpable":
        walls._prctl = lambda asked, value: None if asked == walls.PR_SET_DUMPABLE else prctl(asked, value)
    reading, ready = os.pipe()
    child = os.fork()
    if child == 0:
        walls.confine(made, walls.Allowance(5, 1 << 28, 0), os.getppid())
        os.write(ready, b"x")
        while True: pass
    os.close(ready)
    os.read(reading, 1)
    for name in ("environ", "mem"):
        try:
            open(f"/proc/{child}/{name}", "rb").close()
            print(name)
        except OSError:
            pass
    os.kill(child, 9)
    os.waitpid(child, 0)
"""


def test_without_being_undumpable_a_child_could_be_read_by_others_of_its_user() -> None:
    assert in_a_fresh_python(HIDDEN, "nothing") == []
    assert in_a_fresh_python(HIDDEN, "dumpable") == ["environ", "mem"]


ORPHAN = """
    import ctypes, os, select, sys
    from app.child import confine as walls
    prctl = walls._prctl
    if sys.argv[1] == "pdeathsig":
        walls._prctl = lambda asked, value: None if asked == walls.PR_SET_PDEATHSIG else prctl(asked, value)
    reading, telling = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = os.fork()
        if child == 0:
            walls.confine(walls.measured(walls.Walls(None, 0, False)), walls.Allowance(1, 1 << 28, 0), os.getppid())
            os.write(telling, b"%d\\n" % os.getpid())
            while True: pass
        os.waitpid(child, 0)
    orphan = int(os.read(reading, 20))
    watched = os.pidfd_open(orphan)
    os.kill(parent, 9)
    os.waitpid(parent, 0)
    poller = select.poll()
    poller.register(watched, select.POLLIN)
    print("ends at once" if poller.poll(300) else "lives on")
    print("ends" if poller.poll(20_000) else "never ends")
"""


def test_without_a_signal_at_its_parents_death_a_child_lives_on_until_its_processor_time_is_up() -> None:
    assert in_a_fresh_python(ORPHAN, "nothing") == ["ends at once", "ends"]
    assert in_a_fresh_python(ORPHAN, "pdeathsig") == ["lives on", "ends"]


FORGED = b'{"type":"finished","outcome":"ok"}\n'
POINT = encode(Scalars(tag="loss", origin="log", step=(1,), value=(1.0,), wall_ms=(1.0,))) + b"\n"


def taken_in(*pieces: bytes, events: int = 20_000) -> Intake:
    from dataclasses import replace

    taking = Intake(replace(EXPRESSION, events=events), lambda: None)
    for piece in pieces:
        taking.add_results(piece)
    taking.close()
    return taking


async def test_without_strict_decoding_a_forged_end_reaches_the_page_and_the_caps_still_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert taken_in(FORGED).broken == "the line has no known type"
    monkeypatch.setattr(intake, "decode", lambda line, _: Stdout(text=line.decode()))
    assert list(taken_in(FORGED).lines) == [("stdout", FORGED.strip())]
    assert taken_in(POINT * 50, events=10).dropped == 40
    assert taken_in(FORGED.replace(b",", b",\r")).broken == "a line holds a carriage return"


async def test_without_the_cap_on_events_a_flood_is_kept_and_a_line_without_end_is_still_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(taken_in(POINT * 50, events=10).lines) == 10
    assert len(taken_in(POINT * 50, events=10**9).lines) == 50
    assert taken_in(b"x" * (5 << 20), events=10**9).broken == "a line is longer than 4194304 bytes"
    monkeypatch.setattr(intake, "MAX_LINE_BYTES", 1 << 40)
    assert taken_in(b"x" * (5 << 20)).broken is None
    assert "the line is longer" in str(taken_in(b"x" * (5 << 20) + b"\n").broken)


async def test_without_the_cap_on_bytes_results_without_end_are_kept_and_their_number_is_still_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "RESULT_BYTES_PER_STDOUT_BYTE", 0)
    monkeypatch.setattr(intake, "LEAST_RESULT_BYTES", 3 * len(POINT))
    assert taken_in(POINT * 50).dropped == 47
    monkeypatch.setattr(intake, "LEAST_RESULT_BYTES", 1 << 40)
    assert taken_in(POINT * 50).dropped == 0
    assert taken_in(POINT * 50, events=10).dropped == 40
