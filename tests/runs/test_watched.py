"""A whole server on a real cluster: twenty watched runs, a machine killed in the middle, and nothing acknowledged lost."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.runs.runner import Runner
from tests.supervised import Server, serving, wait_for

from .play import gone
from .raylets import CPUS, Raylets, descendants
from .test_cluster import COUNTING

RUNS = 20


class Watcher:
    """Who follows one run's events, from the first to the last."""

    def __init__(self, server: Server, run: str) -> None:
        self.run = run
        self.seen: list[tuple[int, str]] = []
        """Each event's number and its line."""
        self._address = server.client.base_url.join(f"/api/runs/{run}/events")
        self.over = threading.Thread(target=self._follow, daemon=True)
        self.over.start()

    @property
    def finished(self) -> dict[str, Any] | None:
        last = json.loads(self.seen[-1][1]) if self.seen else {}
        return last if last.get("type") == "finished" else None

    @property
    def outcome(self) -> str | None:
        return self.finished["outcome"] if self.finished else None

    @property
    def printed(self) -> list[str]:
        told = [json.loads(line) for _, line in list(self.seen)]
        return "".join(event["text"] for event in told if event["type"] == "stdout").split("\n")[:-1]

    def _follow(self) -> None:
        with httpx.stream("GET", self._address, timeout=60) as answer:
            self.seen += _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    number = 0
    for line in lines:
        if line.startswith("id: "):
            number = int(line.removeprefix("id: "))
        elif line.startswith("data: "):
            yield number, line.removeprefix("data: ")


@pytest.fixture(scope="module")
def server(ray_runner: Runner, cluster: Raylets) -> Iterator[Server]:
    """On a cluster whose machines are warm already; its runs are small, so that all have room."""
    limits = {"GRADWALK_TRAINING_MEMORY_BYTES": str(2**30)}
    with serving(None, GRADWALK_RUNNER=f"ray://{cluster.address}", **limits, **cluster.environ) as server:
        wait_for(server.ready)
        yield server


def test_a_machine_killed_under_twenty_watched_runs_loses_nothing_that_was_shown(
    server: Server, cluster: Raylets
) -> None:
    assert cluster.second is not None
    watchers = [Watcher(server, server.start(COUNTING)) for _ in range(RUNS)]
    wait_for(lambda: all(len(watcher.printed) > 2 for watcher in watchers))
    there = descendants(cluster.second.process.pid)
    lost = [watcher for watcher in watchers if int(watcher.printed[0]) in there]
    others = [watcher for watcher in watchers if watcher not in lost]
    cluster.second.kill()
    killed = time.monotonic()
    wait_for(lambda: all(watcher.finished for watcher in lost))
    assert time.monotonic() - killed < 10
    assert {watcher.outcome for watcher in lost} == {"interrupted"}
    shown = [len(watcher.printed) for watcher in others]
    wait_for(lambda: all(len(each.printed) > before for each, before in zip(others, shown, strict=True)))
    for watcher in others:
        server.client.post(f"/api/runs/{watcher.run}/stop")
    wait_for(lambda: all(watcher.finished for watcher in watchers))
    assert 0 < len(lost) < RUNS
    for watcher in watchers:
        assert [number for number, _ in watcher.seen] == list(range(1, len(watcher.seen) + 1))
        assert watcher.seen == list(
            _events(iter(server.client.get(f"/api/runs/{watcher.run}/events").text.splitlines()))
        )
        assert watcher.printed[1:] == [str(number) for number in range(len(watcher.printed) - 1)]


def test_what_comes_next_goes_to_the_machines_there_are_and_to_one_that_is_new(
    server: Server, cluster: Raylets
) -> None:
    wait_for(lambda: slots(server) == CPUS)
    assert len({zygote(server) for _ in range(4)}) == 1
    cluster.second = cluster.add()
    wait_for(lambda: slots(server) == 2 * CPUS, within_s=90)
    wait_for(lambda: len({zygote(server) for _ in range(4)}) == 2)


def test_a_server_whose_agent_is_killed_leaves_nothing_running_on_the_machines(server: Server) -> None:
    watchers = [Watcher(server, server.start(COUNTING)) for _ in range(4)]
    wait_for(lambda: all(len(watcher.printed) > 2 for watcher in watchers))
    server.kill("agent")
    assert gone([int(watcher.printed[0]) for watcher in watchers], 30.0)
    wait_for(lambda: all(watcher.finished for watcher in watchers))
    assert {watcher.outcome for watcher in watchers} == {"interrupted"}
    wait_for(lambda: slots(server) == 2 * CPUS)
    assert zygote(server)


def slots(server: Server) -> int:
    return int(server.client.get("/healthz").json()["queue"]["slots"])


def zygote(server: Server) -> int:
    """The process that forked an expression's child: each machine has one."""
    answer = server.client.post("/api/expressions", json={"source": "import os\nprint(os.getppid())"})
    assert answer.json()["outcome"] == "ok", answer.text
    return int(answer.json()["stdout"])
