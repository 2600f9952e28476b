"""Places on a real cluster."""

import asyncio
from contextlib import ExitStack

import pytest

from app.runs.runner import Runner

from .raylets import CPUS, Raylets

pytestmark = pytest.mark.anyio


async def test_places_are_spread_and_one_that_is_not_free_is_waited_for(ray_runner: Runner, cluster: Raylets) -> None:
    import ray

    from app.runs.lease import Lease

    machines = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
    with ExitStack() as leaving:
        first, second, third = (Lease({"CPU": CPUS}, machines) for _ in range(3))
        for lease in (first, second, third):
            leaving.callback(lease.give_up)
        places = {await first.placed(), await second.placed()}
        assert len(places) == 2
        waiting = asyncio.create_task(third.placed())
        first.give_up()
        assert await waiting in places


async def test_a_place_that_was_given_up_is_not_taken(ray_runner: Runner) -> None:
    from app.runs.lease import Lease, Unplaced

    lease = Lease({"CPU": 1_000_000}, ["0" * 56])
    waiting = asyncio.create_task(lease.placed())
    await asyncio.sleep(0)
    lease.give_up()
    with pytest.raises(Unplaced):
        await waiting


async def test_a_place_given_back_is_used_again_for_a_moment_by_the_same_kind_of_run(ray_runner: Runner) -> None:
    import ray

    from app.runs.lease import Lease, Leases

    machines = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
    lease, leases = Lease({"CPU": 0.5}, machines), Leases()
    await lease.placed()
    leases.keep(lease)
    assert leases.find({"CPU": 0.7}, machines) is None
    assert leases.find({"CPU": 0.5}, []) is None
    assert leases.find({"CPU": 0.5}, machines) is lease
    assert leases.find({"CPU": 0.5}, machines) is None
    leases.keep(lease)
    leases.drop()
    assert leases.find({"CPU": 0.5}, machines) is None
