"""Programs behind the walls: each hostile one ends as it must, and the next run is served as if nothing had been."""

import os
import shutil
import signal
import sysconfig
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from app.events import Event, Outcome, decode
from app.runs.local import LocalRunner
from app.runs.runner import Refusing

from .play import children, gone, new_id, open_descriptors, play, request

pytestmark = pytest.mark.anyio

README = """
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x ** 2
z = y.sum()
z.backward()
print(x.grad)
"""
ENDED = b'{"type":"ended","outcome":"%b","detail":"","cpu_ms":1.0,"peak_memory_bytes":1}\n'  # what a forger would write
SCALARS = b'{"type":"scalars","tag":"loss","origin":"log","step":[1],"value":[1.0],"wall_ms":[1.0],"total":null}\n'
FOREVER = "\nwhile True: pass"

HOSTILE = {
    "an endless loop": ("while True: pass", "timeout", "on the clock (wall time)"),
    "a sleep": ("import time; time.sleep(60)", "timeout", "on the clock (wall time)"),
    "ignores being asked to end": (
        f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN){FOREVER}", "timeout", "wall time"),
    "swallows every exception": (
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass", "timeout", "wall time"),
    "a memory bomb of bytes": ("b = bytearray(8 << 30)", "out_of_memory", ""),
    "a memory bomb of tensors": ("x = torch.ones(2**28)", "out_of_memory", ""),
    "a print flood": ("while True: print('x' * 1000)", "output_limit", "printed more than 64 KiB"),
    "a flood of errors": ("import sys\nwhile True: sys.stderr.write('x' * 1000)", "output_limit", "the beginning is kept"),
    "a forged finished": (
        """import os; os.write(3, b'{"type":"finished","outcome":"ok"}\\n')""" + FOREVER, "crashed", "no known type"),
    "a forged stdout": ("""import os; os.write(3, b'{"type":"stdout","text":"x"}\\n')""", "crashed", "no known type"),
    "garbage on the result channel": ("import os; os.write(3, b'\\xff\\x00\\n')", "crashed", "the line is not JSON"),
    "half a line on the result channel": ("import os; os.write(3, b'{\"type\":')", "crashed", "the line is not JSON"),
    "deep JSON": ("import os; os.write(3, b'[' * 60000 + b'\\n')", "crashed", "the line is not JSON"),
    "a line without end": ("import os\nwhile True: os.write(3, b'x' * 65536)", "crashed", "longer than 4194304 bytes"),
    "a carriage return that would split the stream": (
        f"import os; os.write(3, {SCALARS!r}.replace(b',', b',\\r'))", "crashed", "a carriage return"),
    "a last word, and living on": (f"import os; os.write(3, {ENDED % b'ok'!r}){FOREVER}", "ok", "ran to its end"),
    "a stop nobody asked for": (f"import os; os.write(3, {ENDED % b'stopped'!r})", "crashed", "a stop nobody asked for"),
    "a stop of its own": ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "crashed", "ended itself"),
    "os._exit": ("import os; os._exit(0)", "crashed", "exit status 0 before it could report"),
    "sys.exit of nothing": ("import sys; sys.exit()", "ok", "ran to its end"),
    "sys.exit of zero": ("import sys; sys.exit(0)", "ok", "ran to its end"),
    "sys.exit of three": ("import sys; sys.exit(3)", "exception", ""),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "crashed", "(SIGSEGV)"),
    "an abort": ("import os; os.abort()", "crashed", "(SIGABRT)"),
    "a kill of itself": ("import os; os.kill(os.getpid(), 9)", "crashed", "nothing here shows which"),
    "closes every descriptor": (f"import os; os.closerange(0, 64){FOREVER}", "crashed", "closed the channel"),
    "closes them and leaves": ("import os; os.closerange(0, 64)", "crashed", "exit status 124"),
    "endless recursion": ("def f(): f()\nf()", "exception", ""),
}  # fmt: skip
REFUSED = {
    "kills its parent": "import os; os.kill(os.getppid(), 9)",
    "kills everything": "import os; os.kill(-1, 9)",
    "forks": "import os\nwhile True: os.fork()",
    "starts a program": "import subprocess; subprocess.run(['/bin/true'])",
    "executes another program": "import os; os.execv('/bin/true', ['true'])",
    "opens a socket": "import socket; socket.socket()",
    "reads the users": "open('/etc/passwd')",
    "lists the root folder": "import os; os.listdir('/')",
    "reads this project": f"open({__file__!r})",
    "writes to /tmp": "open('/tmp/gradwalk-was-here', 'w')",
    "writes beside the library": "import os; open(os.path.join(os.path.dirname(os.__file__), 'x.py'), 'w')",
    "lists processes": "import os; os.listdir('/proc')",
    "reads its environment": "open('/proc/self/environ')",
    "reads its parent's memory": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    "sets its parent's limits": "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "makes a memory file": "import os; os.memfd_create('x')",
    "changes a mode": "import os; os.chmod(os.__file__, 0o777)",
    "removes a file": "import os; os.unlink(os.__file__)",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_program_ends_as_it_must_and_the_next_run_is_served(runner: LocalRunner, name: str) -> None:
    source, outcome, detail = HOSTILE[name]
    told = await play(runner, source, wall_s=0.8, stdout_bytes=65536, memory_bytes=2**29)
    assert (told.outcome, detail in told.finished.detail) == (outcome, True), told.finished
    assert told.finished.wall_ms < 2_000
    assert (await play(runner, "print(torch.ones(2).sum().item())")).printed == "2.0\n"


@pytest.mark.parametrize("name", REFUSED)
async def test_what_reaches_outside_is_refused_with_an_exception_the_program_can_read(
    runner: LocalRunner, name: str
) -> None:
    told = await play(runner, REFUSED[name], wall_s=2.0)
    assert told.outcome == "exception"
    assert str(told.raised).startswith("PermissionError: [Errno ")


async def test_too_much_computing_ends_a_run_by_processor_time(runner: LocalRunner) -> None:
    told = await play(runner, "while True: pass", cpu_s=1, wall_s=8)
    assert told.outcome == "timeout"
    assert "(CPU time)" in told.finished.detail


async def test_what_was_printed_before_a_limit_is_kept_to_the_byte(runner: LocalRunner) -> None:
    told = await play(runner, "import os\nwhile True: os.write(1, b'0123456789')", stdout_bytes=1005)
    assert told.printed == ("0123456789" * 101)[:1005]


async def test_prints_and_events_keep_their_order(runner: LocalRunner) -> None:
    source = f"""
import os, sys
for i in range(3):
    print(i)
    print("é", i, file=sys.stderr)
    os.write(3, b"%d %d " % (2 * (i + 1), 5 * (i + 1)) + {SCALARS!r})
print("end")
"""
    told = await play(runner, source)
    words = [getattr(event, "text", event.type) for event in told.events]
    assert words == [
        "started", "0\n", "é 0\n", "scalars", "1\n", "é 1\n", "scalars", "2\n", "é 2\n", "scalars", "end\n", "finished",
    ]  # fmt: skip


async def test_an_exception_and_a_print_before_it_are_told_in_that_order(runner: LocalRunner) -> None:
    told = await play(runner, "print('before')\nraise ValueError('after')")
    assert [event.type for event in told.events] == ["started", "stdout", "exception", "finished"]


async def test_a_print_is_told_while_the_run_goes_on(runner: LocalRunner) -> None:
    async with aclosing(runner.run(new_id(), request("print('now')\nwhile True: pass"))) as lines:
        assert [(await anext(lines))[0] for _ in range(2)] == ["started", "stdout"]


async def test_bytes_that_are_no_text_are_shown_as_replacement_characters(runner: LocalRunner) -> None:
    told = await play(runner, "import os; os.write(1, b'a\\xffb'); os.write(2, 'é'.encode()[:1])")
    assert (told.printed, told.complained) == ("a�b", "�")


async def test_events_past_the_limit_are_counted_and_not_told(runner: LocalRunner) -> None:
    told = await play(runner, f"import os\nfor _ in range(50): os.write(3, {SCALARS!r})", events=10)
    assert (told.outcome, told.finished.events, told.finished.dropped) == ("ok", 11, 40)


async def test_a_stop_ends_the_run_as_asked_within_a_second(runner: LocalRunner) -> None:
    run_id = new_id()
    async with aclosing(runner.run(run_id, request("while True: pass"))) as lines:
        await anext(lines)
        asked = time.monotonic()
        await runner.stop(run_id)
        rest = [decode(line, Event) async for _, line in lines]
    assert time.monotonic() - asked < 1.0
    assert [(event.type, event.outcome) for event in rest] == [("finished", Outcome.STOPPED)]


def only_the_spare_is_left(pids: list[int]) -> bool:
    """Whether all but one end, and that one is the spare: a child is confined only when it gets its run."""
    left = [pid for pid in pids if not gone([pid], 2.0)]
    return len(left) <= 1 and all("NoNewPrivs:\t0" in Path(f"/proc/{pid}/status").read_text() for pid in left)


async def test_a_reader_that_leaves_takes_its_child_along(runner: LocalRunner) -> None:
    assert runner.zygote_pid is not None
    async with aclosing(runner.run(new_id(), request("while True: pass"))) as lines:
        await anext(lines)
        alive = children(runner.zygote_pid)
    assert only_the_spare_is_left(alive)


async def test_one_run_leaves_nothing_for_the_next(runner: LocalRunner) -> None:
    secret = "correct-horse-battery"
    await play(runner, f"torch.secret = '{secret}'; import builtins; builtins.print = None")
    source = f"import gc; print(hasattr(torch, 'secret'), any('{secret[::-1]}'[::-1] in o for o in gc.get_objects() "
    assert (
        await play(runner, source + "if isinstance(o, (str, bytes)) and type(o) is str))")
    ).printed == "False False\n"


async def test_random_numbers_differ_between_runs_and_obey_a_seed(runner: LocalRunner) -> None:
    draw = "import random, numpy\nprint(torch.rand(1).item(), numpy.random.rand(), random.random())"
    assert len(set(" ".join([(await play(runner, draw)).printed for _ in range(2)]).split())) == 6
    seeded = "torch.manual_seed(0)\nprint(torch.rand(2))"
    assert [(await play(runner, seeded)).printed for _ in range(2)] == ["tensor([0.4963, 0.7682])\n"] * 2


async def test_nothing_of_many_runs_is_left_behind(runner: LocalRunner) -> None:
    await play(runner, README)
    assert runner.zygote_pid is not None
    before = open_descriptors()
    for _ in range(5):
        assert (await play(runner, README)).outcome == "ok"
    assert only_the_spare_is_left(children(runner.zygote_pid))
    assert open_descriptors() == before


async def test_the_walls_and_the_self_test_are_told(runner: LocalRunner) -> None:
    await play(runner, "")
    health = runner.health()
    assert (health.state, health.tier) == ("ready", "A")
    assert health.layers == {
        "limits": True, "seccomp": True, "landlock": True, "own_user": os.geteuid() == 0, "libraries_read": True,
    }  # fmt: skip
    attacks = "read_file open_socket fork write_file signal_parent memfd read_environ limit_parent"
    assert health.selftest == dict.fromkeys(attacks.split(), True)


async def test_a_killed_zygote_takes_its_children_along_and_is_replaced(runner: LocalRunner) -> None:
    await play(runner, "")
    zygote = runner.zygote_pid
    assert zygote is not None
    told = []
    async with aclosing(runner.run(new_id(), request("while True: pass"))) as lines:
        told.append(await anext(lines))
        orphans = children(zygote)
        os.kill(zygote, signal.SIGKILL)
        told += [line async for line in lines]
    assert [kind for kind, _ in told] == ["started", "finished"]
    assert b'"outcome":"crashed"' in told[-1][1]
    assert gone(orphans)
    asked = time.monotonic()
    assert (await play(runner, README)).finished.outcome is Outcome.OK
    assert time.monotonic() - asked < 15
    assert runner.zygote_pid != zygote


async def test_a_data_folder_that_every_program_could_read_is_refused_also_for_runs_that_wait(
    anyio_backend: str,
) -> None:
    folder = Path(sysconfig.get_path("purelib"), "gradwalk-test-data")
    exposed = LocalRunner(data_dir=folder)
    await exposed.start()
    try:
        with pytest.raises(Refusing, match=r"which every program may read\. Move it elsewhere"):
            await play(exposed, "print(1)")
    finally:
        await exposed.close()
        shutil.rmtree(folder, ignore_errors=True)
    assert exposed.health().state == "refusing"
