"""What every runner promises, whatever runs the programs: this machine, a recording, or machines of a cluster.

`every` is each kind of runner, `living` each that really runs programs.
"""

import asyncio
import time
from contextlib import aclosing
from typing import Any

import pytest

from app.events import Event, Finished, Outcome, Started, decode
from app.runs.runner import Runner
from tests.attacks.wire import SCALARS

from .play import gone, new_id, play, request

pytestmark = pytest.mark.anyio

ENDLESS = "print('begun')\nwhile True: pass"
WITH_ITS_PID = "import os\nprint(os.getpid(), flush=True)\nwhile True: pass"


async def test_a_run_has_its_own_first_line_and_a_last_one_that_counts_those_before(every: Runner) -> None:
    told = await play(every, "print('hello')")
    assert [event.type for event in told.events] == ["started", "stdout", "finished"]
    assert (told.outcome, told.printed, told.finished.events) == ("ok", "hello\n", 2)


async def test_an_exception_and_a_print_before_it_are_told_in_that_order(every: Runner) -> None:
    told = await play(every, "print('before')\nraise ValueError('after')")
    assert [event.type for event in told.events] == ["started", "stdout", "exception", "finished"]
    assert told.raised == "ValueError: after"


async def test_prints_and_events_keep_their_order(every: Runner) -> None:
    source = f"""
import os, sys
for i in range(3):
    print(i)
    print("é", i, file=sys.stderr)
    os.write(3, b"%d %d " % (2 * (i + 1), 5 * (i + 1)) + {SCALARS!r})
print("end")
"""
    told = await play(every, source)
    words = [getattr(event, "text", event.type) for event in told.events]
    assert words == [
        "started", "0\n", "é 0\n", "scalars", "1\n", "é 1\n", "scalars", "2\n", "é 2\n", "scalars", "end\n", "finished",
    ]  # fmt: skip


async def test_a_large_graph_comes_whole_and_its_record_before_it(every: Runner) -> None:
    source = "x = torch.ones(1, requires_grad=True)\ny = x\nfor _ in range(5000): y = y * 1.0\ny.backward()"
    kinds = [kind async for kind, _ in every.run(new_id(), request(source))]
    assert kinds.index("record") == kinds.index("graph") - 1
    assert kinds[-1] == "finished"


async def test_a_stop_of_what_is_over_or_never_was_is_nothing(every: Runner) -> None:
    await every.stop("never-was")
    assert (await play(every, "print(1)")).outcome == "ok"


@pytest.mark.parametrize(
    ("source", "limits", "outcome"),
    [
        ("while True: pass", {"cpu_s": 1, "wall_s": 8}, "timeout"),
        ("import time\ntime.sleep(60)", {"wall_s": 0.5}, "timeout"),
        ("torch.empty(10**10).fill_(1)", {"memory_bytes": 2**28}, "out_of_memory"),
        ("print('x' * 1000)", {"stdout_bytes": 100}, "output_limit"),
        ("import os\nos._exit(7)", {}, "crashed"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", {}, "crashed"),
    ],
)
async def test_a_run_ends_with_its_outcome_and_why(
    every: Runner, source: str, limits: dict[str, Any], outcome: str
) -> None:
    told = await play(every, source, **limits)
    assert told.outcome == outcome, told.finished
    assert told.finished.detail.endswith(".")


async def test_what_was_printed_before_a_limit_is_kept_to_the_byte(living: Runner) -> None:
    told = await play(living, "import os\nwhile True: os.write(1, b'0123456789')", stdout_bytes=1005)
    assert told.printed == ("0123456789" * 101)[:1005]


async def test_events_past_the_limit_are_counted_and_not_told(living: Runner) -> None:
    told = await play(living, f"import os\nfor _ in range(50): os.write(3, {SCALARS!r})", events=10)
    assert (told.outcome, told.finished.events, told.finished.dropped) == ("ok", 11, 40)


async def test_a_print_is_told_while_the_run_goes_on(living: Runner) -> None:
    async with aclosing(living.run(new_id(), request(ENDLESS))) as lines:
        assert [(await anext(lines))[0] for _ in range(2)] == ["started", "stdout"]


async def test_a_reader_that_takes_its_time_gets_every_line(living: Runner) -> None:
    run_id, source = new_id(), "for i in range(40): print(str(i) * 50_000)"
    told = []
    async with aclosing(living.run(run_id, request(source, stdout_bytes=2**23))) as lines:
        async for _, line in lines:
            told.append(decode(line, Event))
            await asyncio.sleep(0.001)
    printed = "".join(event.text for event in told if event.type == "stdout")
    assert printed == "".join(str(i) * 50_000 + "\n" for i in range(40))


async def test_a_stop_ends_the_run_as_asked_within_a_second(living: Runner) -> None:
    run_id = new_id()
    async with aclosing(living.run(run_id, request("while True: pass"))) as lines:
        await anext(lines)
        asked = time.monotonic()
        await living.stop(run_id)
        rest = [decode(line, Event) async for _, line in lines]
    assert time.monotonic() - asked < 1.0
    assert [(event.type, event.outcome) for event in rest] == [("finished", Outcome.STOPPED)]


async def test_a_stop_that_comes_before_the_run_begins_is_kept(living: Runner) -> None:
    run_id, told = new_id(), []
    async with aclosing(living.run(run_id, request("while True: pass"))) as lines:
        first = asyncio.ensure_future(anext(lines))
        await asyncio.sleep(0)  # it is known to the runner then, and has not begun
        await living.stop(run_id)
        told = [decode((await first)[1], Started), *[decode(line, Event) async for _, line in lines]]
    assert told[0].run_id == run_id
    assert isinstance(told[-1], Finished)
    assert told[-1].outcome is Outcome.STOPPED


async def test_a_reader_that_leaves_takes_its_child_along(living: Runner) -> None:
    async with aclosing(living.run(new_id(), request(WITH_ITS_PID))) as lines:
        await anext(lines)
        child = int(decode((await anext(lines))[1], Event).text)
    assert await asyncio.to_thread(gone, [child])


async def test_many_runs_at_once_are_told_apart(living: Runner) -> None:
    told = await asyncio.gather(*(play(living, f"print({number})") for number in range(6)))
    assert [each.printed for each in told] == [f"{number}\n" for number in range(6)]


async def test_one_run_leaves_nothing_for_the_next(living: Runner) -> None:
    await play(living, "torch.secret = 1; import builtins; builtins.print = None")
    assert (await play(living, "print(hasattr(torch, 'secret'))")).printed == "False\n"


async def test_a_seed_gives_the_same_numbers_wherever_a_run_is(living: Runner) -> None:
    seeded = "torch.manual_seed(0)\nprint(torch.rand(2))"
    assert [(await play(living, seeded)).printed for _ in range(3)] == ["tensor([0.4963, 0.7682])\n"] * 3


async def test_an_outcome_is_told_in_the_language_that_was_asked_for(living: Runner) -> None:
    assert (await play(living, "print(1)", language="zh")).finished.detail.isascii() is False


async def test_the_walls_and_the_self_test_are_told(living: Runner) -> None:
    await play(living, "")
    health = living.health()
    assert (health.state, health.tier) == ("ready", "A")
    assert health.layers["seccomp"]
    assert all(health.selftest.values())
