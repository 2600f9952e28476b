"""Machines of a real cluster that come, go, are cut off, have no walls or other code."""

import asyncio
import time

import pytest

from app.runs.runner import Runner

from .play import Going, gone, play, until
from .raylets import Raylets, unavailable

pytestmark = pytest.mark.anyio

COUNTING = """
import itertools, os, time
print(os.getpid(), flush=True)
for number in itertools.count():
    print(number, flush=True)
    time.sleep(0.05)
"""


async def test_a_machine_that_is_cut_off_loses_its_runs_alone_and_comes_back(
    ray_runner: Runner, cluster: Raylets
) -> None:
    if not cluster.apart:
        unavailable("This user may not make network namespaces, so no machine can be cut off.")
    runs = [Going(ray_runner, COUNTING, wall_s=100) for _ in range(6)]
    await until(lambda: all(len(run.printed) > 2 for run in runs))
    cluster.cut()
    cut = time.monotonic()
    await until(lambda: any(run.over.done() for run in runs))
    await asyncio.sleep(0)
    assert time.monotonic() - cut < 10
    lost, others = [run for run in runs if run.over.done()], [run for run in runs if not run.over.done()]
    assert {run.outcome for run in lost} == {"interrupted"}
    assert all(run.printed[1:] == [str(number) for number in range(len(run.printed) - 1)] for run in lost)
    told = [len(run.printed) for run in others]
    await until(lambda: all(len(run.printed) > before for run, before in zip(others, told, strict=True)))
    assert (await play(ray_runner, "print(1)")).outcome == "ok"
    assert await asyncio.to_thread(gone, [int(run.printed[0]) for run in lost], 20.0)
    cluster.mend()
    await until(lambda: "2 of 2 machines" in ray_runner.health().detail, within_s=60)
    for run in others:
        await ray_runner.stop(run.id)
        await run.over


async def test_a_server_with_other_code_gets_processes_of_its_own_and_they_refuse(
    ray_runner: Runner, cluster: Raylets
) -> None:
    from app.runs.ray import RayRunner

    other = RayRunner(cluster.address, edition="another")
    await other.start()
    await until(lambda: other.health().state == "refusing")
    assert "another version of Gradwalk" in other.health().detail
    assert (await play(ray_runner, "print(1)")).outcome == "ok"
    await other.close()


async def test_a_machine_without_walls_gets_no_run_and_says_so(ray_runner: Runner, cluster: Raylets) -> None:
    bare = cluster.add(environ={"GRADWALK_WALL": "refuse"})
    await until(lambda: "Programs are not run here." in ray_runner.health().detail, within_s=60)
    assert "2 of 3 machines" in ray_runner.health().detail
    assert {(await play(ray_runner, "print(1)")).outcome for _ in range(6)} == {"ok"}
    bare.kill()
    await until(lambda: "2 of 2 machines" in ray_runner.health().detail, within_s=60)


async def test_a_cluster_that_does_not_answer_is_waited_for(anyio_backend: str) -> None:
    pytest.importorskip("ray")
    from app.runs.cluster import Cluster

    cluster = Cluster("127.0.0.1:1", lambda: None)
    assert cluster.health().state == "starting"
    assert "127.0.0.1:1 is being joined" in cluster.health().detail


async def test_a_missing_token_is_said_before_ray_ends_the_process_for_it(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    from app.runs.cluster import Cluster

    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", "/nonexistent")
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    cluster = Cluster("127.0.0.1:1", lambda: None)
    await cluster.start()
    await until(lambda: "asks for a token, and there is none" in cluster.health().detail)
    await cluster.close()
