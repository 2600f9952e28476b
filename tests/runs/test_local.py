"""A real runner behind real walls: what it tells of a run, in which order, and how it goes on. What attacks it: tests/attacks."""

import os
import shutil
import signal
import sysconfig
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from app.events import Outcome
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


async def test_too_much_computing_ends_a_run_by_processor_time(runner: LocalRunner) -> None:
    told = await play(runner, "while True: pass", cpu_s=1, wall_s=8)
    assert told.outcome == "timeout"
    assert "(CPU time)" in told.finished.detail


async def test_bytes_that_are_no_text_are_shown_as_replacement_characters(runner: LocalRunner) -> None:
    told = await play(runner, "import os; os.write(1, b'a\\xffb'); os.write(2, 'é'.encode()[:1])")
    assert (told.printed, told.complained) == ("a�b", "�")


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
