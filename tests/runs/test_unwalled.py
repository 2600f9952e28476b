"""Without walls, by explicit request: a process per run, ended by the clock and with all that it started."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from app.events import Event, Outcome, decode
from app.runs.unwalled import UnwalledRunner

from .play import gone, new_id, play, request

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def unwalled(anyio_backend: str) -> AsyncIterator[UnwalledRunner]:
    runner = UnwalledRunner()
    await runner.start()
    yield runner
    await runner.close()


async def test_a_program_runs_with_prints_in_their_place(unwalled: UnwalledRunner) -> None:
    source = (
        "import sys\nprint('a')\nsys.stderr.write('b')\ntorch.ones(1, requires_grad=True).sum().backward()\nprint('c')"
    )
    told = await play(unwalled, source)
    assert (told.printed, told.complained, told.outcome) == ("a\nc\n", "b", "ok"), told.finished
    kinds = [event.type for event in told.events]
    assert kinds.index("stdout") < kinds.index("graph")


async def test_the_clock_ends_a_program_and_what_it_started(unwalled: UnwalledRunner) -> None:
    source = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)\nwhile True: pass"
    told = await play(unwalled, source, wall_s=0.5)
    assert told.outcome == "timeout"
    assert gone([int(told.printed)])


async def test_a_stop_is_told_as_a_stop(unwalled: UnwalledRunner) -> None:
    run_id = new_id()
    async with aclosing(unwalled.run(run_id, request("while True: pass"))) as lines:
        await anext(lines)
        await unwalled.stop(run_id)
        rest = [decode(line, Event) async for _, line in lines]
    assert rest[-1].outcome == Outcome.STOPPED


async def test_a_crash_is_told_and_the_next_program_runs(unwalled: UnwalledRunner) -> None:
    crash, after = await play(unwalled, "import os; os._exit(3)"), await play(unwalled, "print(1)")
    assert (crash.outcome, after.printed) == ("crashed", "1\n")
    assert unwalled.health().tier == "none"
