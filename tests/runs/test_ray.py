"""The runner of a cluster, where it is more than any runner: runs that wait for a place, and what a machine tells."""

import asyncio
from contextlib import aclosing

import pytest

from app.runs.runner import Placing, Runner
from tests.attacks.attack import Attack, harmless, refused

from .play import Going, new_id, play, request, until
from .raylets import MEMORY, Raylets

pytestmark = pytest.mark.anyio

ENDLESS = "while True: pass"


async def test_runs_that_find_no_place_wait_in_order_and_can_be_stopped_there(ray_runner: Runner) -> None:
    assert isinstance(ray_runner, Placing)
    filling = [Going(ray_runner, ENDLESS, memory_bytes=MEMORY) for _ in range(2)]
    await until(lambda: all(run.events for run in filling))
    third, fourth = (Going(ray_runner, ENDLESS, memory_bytes=MEMORY) for _ in range(2))
    await until(lambda: ray_runner.waiting() == [third.id, fourth.id])
    await ray_runner.stop(third.id)
    await third.over
    assert [event.type for event in third.events] == ["started", "finished"]
    assert (third.outcome, third.events[0].run_id, third.events[1].events) == ("stopped", third.id, 1)
    assert ray_runner.waiting() == [fourth.id]
    await ray_runner.stop(filling[0].id)
    await until(lambda: fourth.events)
    assert ray_runner.waiting() == []
    for run in (filling[1], fourth):
        await ray_runner.stop(run.id)
        await run.over


async def test_what_no_machine_has_is_placed_on_one_alone(ray_runner: Runner) -> None:
    assert (await play(ray_runner, "print(1)", memory_bytes=4 * MEMORY)).outcome == "ok"


async def test_both_machines_are_used(ray_runner: Runner) -> None:
    zygotes: set[str] = set()
    while len(zygotes) < 2:  # what ran before may not have given its place back yet
        told = [play(ray_runner, "import os\nprint(os.getppid())") for _ in range(4)]
        zygotes |= {each.printed for each in await asyncio.gather(*told)}


@pytest.mark.parametrize(
    "attack",
    [
        refused("import socket; socket.create_connection(('{host}', {port}))", "PermissionError: [Errno 1]"),
        refused("import socket; socket.socket(socket.AF_UNIX).connect('{folder}/session_latest/sockets/raylet')"),
        refused("import os; os.listdir('{folder}')"),
        refused("import os; open('{token}')"),
        refused("import os; open(f'/proc/{{os.getppid()}}/environ')"),
        harmless("import os; print([name for name in os.environ if 'RAY' in name])", "[]\n"),
        refused("import ray; ray.init('{host}:{port}')"),
    ],
    ids=lambda attack: attack.source.partition(";")[2].strip()[:40],
)  # fmt: skip
async def test_a_program_on_a_machine_gets_nothing_of_rays(
    ray_runner: Runner, cluster: Raylets, attack: Attack
) -> None:
    host, _, port = cluster.address.rpartition(":")
    source = attack.source.format(host=host, port=port, folder=cluster.folder, token=cluster.token)
    ended = await play(ray_runner, source)
    assert ended.outcome == attack.outcome, (ended.finished, ended.raised)
    assert (ended.raised or "").startswith(attack.says if attack.outcome == "exception" else "")
    assert attack.printed in (None, ended.printed)


async def test_a_run_that_was_left_gives_its_place_back(ray_runner: Runner) -> None:
    for _ in range(3):
        async with aclosing(ray_runner.run(new_id(), request(ENDLESS, memory_bytes=MEMORY))) as lines:
            await anext(lines)
