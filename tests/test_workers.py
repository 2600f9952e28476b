"""Several web processes of one server on SQLite: any of them answers anything, and one that dies takes nothing along."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from app.store import Reader

from .supervised import Server, serving, wait_for
from .watching import LOOP, Watcher

WATCHED = 20


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(GRADWALK_WORKERS="2", GRADWALK_SLOTS=str(WATCHED)) as server:
        wait_for(server.ready)
        wait_for(lambda: len(server.pids("serve")) == 2)
        yield server


def fresh(server: Server, path: str, **more: object) -> httpx.Response:
    """An answer over a connection of its own, from whichever process is quickest."""
    return httpx.request("POST" if more else "GET", server.client.base_url.join(path), timeout=30, **more)  # type: ignore[arg-type]


def test_what_was_typed_at_one_process_is_drawn_by_the_other(server: Server) -> None:
    typed = [
        fresh(
            server, "/api/expressions", json={"source": f"torch.ones({number}, requires_grad=True).sum().backward()"}
        ).json()
        for number in range(1, 9)
    ]
    for told in typed:
        for path in ("/graphs/0.svg", "/graphs/0", "/backwards/1", "/events"):
            assert fresh(server, told["url"] + path).status_code == 200
    assert server.client.delete(typed[0]["url"]).status_code == 204
    wait_for(lambda: {fresh(server, typed[0]["url"]).status_code for _ in range(10)} == {404})


def test_a_killed_web_process_takes_no_line_of_watched_runs_along(server: Server) -> None:
    runs = [server.start(LOOP) for _ in range(WATCHED)]
    watchers = [Watcher(str(server.client.base_url), run) for run in runs]
    for killed in server.pids("serve"):
        for watcher in watchers:
            watcher.sees_more()
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: len(server.pids("serve")) == 2)
    for run in runs:
        server.stop(run)
    reader = Reader(f"sqlite:///{server.data_dir}/runs.sqlite")
    for watcher in watchers:
        assert watcher.whole() == watcher.recorded(reader)
    reader.close()
    assert sum(watcher.connections for watcher in watchers) > WATCHED


def test_figures_for_a_monitor_are_those_of_all_processes(server: Server) -> None:
    before = requests(server)
    for _ in range(30):
        fresh(server, "/api/examples")
    assert {requests(server) for _ in range(10)} == {before + 30}
    assert "gradwalk_streams 0.0" in fresh(server, "/metrics").text


def requests(server: Server) -> float:
    found = re.search(r'gradwalk_requests_total\{.*route="/api/examples".*\} (\S+)', fresh(server, "/metrics").text)
    return float(found[1]) if found else 0.0


def test_without_walls_there_is_one_process_and_a_sentence_says_so() -> None:
    command = [sys.executable, "-m", "app", "--unsafe-no-sandbox", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith("GRADWALK_WORKERS=2 is for a server that many use, and without walls")


def test_a_supervisor_that_was_killed_leaves_no_figures_to_the_next_one() -> None:
    with serving(GRADWALK_WORKERS="2", GRADWALK_WALL="refuse") as first:
        wait_for(lambda: len(first.pids("serve")) == 2)
        first.client.get("/api/examples")
        first.process.kill()
        wait_for(lambda: first.pids("serve") == [])
        port = str(first.client.base_url.port)
        with serving(first.data_dir, GRADWALK_WORKERS="2", GRADWALK_WALL="refuse", GRADWALK_PORT=port) as second:
            assert requests(second) == 0.0
        assert list(first.data_dir.glob("meters-*")) == []


def test_a_signal_ends_every_process() -> None:
    with serving(GRADWALK_WORKERS="2", GRADWALK_WALL="refuse") as server:
        wait_for(lambda: len(server.pids("serve")) == 2 and server.pid("agent"))
        server.process.terminate()
        _, errors = server.process.communicate(timeout=20)
        assert (server.process.returncode, errors) == (0, "")
        assert server.pids("serve") == server.pids("agent") == []
