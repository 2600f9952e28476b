"""A real cluster of two machines, started once for the tests of this room that need it, and a runner on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.runs.runner import Runner

from .play import Recorded, until
from .raylets import Raylets, raylets


@pytest.fixture(scope="package")
def cluster() -> Iterator[Raylets]:
    """Two machines, the second one far where that can be had; this process may join them."""
    with raylets() as made, pytest.MonkeyPatch.context() as patch:
        for name, value in made.environ.items():
            patch.setenv(name, value)
        made.head()
        made.second = made.add(far=made.apart)
        yield made


@pytest.fixture(scope="package")
async def ray_runner(anyio_backend: str, cluster: Raylets) -> AsyncIterator[Runner]:
    """A runner on both machines, which are ready."""
    from app.runs.ray import RayRunner

    runner = RayRunner(cluster.address)
    await runner.start()
    await until(lambda: "2 of 2 machines" in runner.health().detail, within_s=120)
    yield runner
    await runner.close()


@pytest.fixture(params=["local", "replay", "ray"])
def every(request: pytest.FixtureRequest, runner: Runner) -> Runner:
    """Each kind of runner; the one that replays knows what the local one told of the same program."""
    if request.param == "replay":
        return Recorded(runner)
    return runner if request.param == "local" else request.getfixturevalue("ray_runner")


@pytest.fixture(params=["local", "ray"])
def living(request: pytest.FixtureRequest, runner: Runner) -> Runner:
    """Each kind of runner that really runs programs."""
    return runner if request.param == "local" else request.getfixturevalue("ray_runner")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the cluster is marked, and comes last: its threads and descriptors disturb nobody then who counts."""
    items.sort(key=_is_of_cluster)
    for item in filter(_is_of_cluster, items):
        item.add_marker("cluster")


def _is_of_cluster(item: pytest.Item) -> bool:
    kinds = getattr(getattr(item, "callspec", None), "params", {})
    on_it = "ray" in (kinds.get("every"), kinds.get("living"))
    return on_it or bool({"cluster", "ray_runner"}.intersection(getattr(item, "fixturenames", ())))
