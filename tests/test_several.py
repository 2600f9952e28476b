"""Two servers, as on two machines, on one PostgreSQL: runs of both, watched and changed at either, and parts that die."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.store import Reader

from .postgres import Postgres, postgres
from .supervised import Server, serving, wait_for
from .watching import LOOP, Watcher


class Two:
    """Two servers with folders of their own, and the database that they share."""

    def __init__(self, database: Postgres, url: str, one: Server, two: Server) -> None:
        self.database, self.one, self.two = database, one, two
        self.reader = Reader(url)

    def watch(self, run: str, *at: Server) -> Watcher:
        return Watcher([str(server.client.base_url) for server in at], run)


@pytest.fixture(scope="module")
def both() -> Iterator[Two]:
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        url = database.database()
        servers = [stack.enter_context(serving(GRADWALK_DATABASE=url, GRADWALK_SLOTS="4")) for _ in range(2)]
        for server in servers:
            wait_for(server.ready)
        both = Two(database, url, *servers)
        yield both
        both.reader.close()


def outcome(server: Server, run: str) -> str | None:
    found: str | None = server.record(run)["outcome"]
    return found


def test_runs_of_both_are_in_one_list_and_watched_live_at_either(both: Two) -> None:
    runs = [both.one.start(LOOP), both.two.start(LOOP)]
    watchers = [both.watch(run, server) for run in runs for server in (both.one, both.two)]
    for server in (both.one, both.two):
        assert {each["id"] for each in server.client.get("/api/runs").json()} >= set(runs)
    for watcher in watchers:
        watcher.sees_more()
    for run in runs:
        both.two.stop(run)
    for watcher in watchers:
        assert watcher.whole() == watcher.recorded(both.reader)


def test_who_watched_at_one_goes_on_at_the_other(both: Two) -> None:
    run = both.one.start(LOOP)
    watcher = both.watch(run, both.one, both.two)
    watcher.sees_more()
    both.one.kill("serve")
    wait_for(lambda: watcher.connections > 1)
    watcher.sees_more()
    both.two.stop(run)
    assert watcher.whole() == watcher.recorded(both.reader)


def test_a_run_of_the_other_is_renamed_stopped_and_deleted(both: Two) -> None:
    stopped, deleted = both.one.start(LOOP), both.one.start(LOOP)
    assert both.two.client.patch(f"/api/runs/{stopped}", json={"title": "ours"}).json()["title"] == "ours"
    both.two.stop(stopped)
    assert wait_for(lambda: outcome(both.one, stopped)) == "stopped"
    assert both.two.client.delete(f"/api/runs/{deleted}").status_code == 204
    assert both.one.client.get(f"/api/runs/{deleted}").status_code == 404
    wait_for(lambda: not both.one.client.get("/healthz").json()["queue"]["running"]["listed"])


def test_a_run_that_waits_there_shows_its_place_here(both: Two) -> None:
    runs = [both.one.start(LOOP) for _ in range(6)]
    wait_for(lambda: both.two.record(runs[-1])["queue_position"] == 2)
    for run in reversed(runs):
        both.two.stop(run)
    assert {wait_for(lambda run=run: outcome(both.two, run)) for run in runs} == {"stopped"}  # type: ignore[misc]


def test_what_was_typed_at_one_is_drawn_at_the_other_until_it_is_deleted(both: Two) -> None:
    source = "torch.ones(2, requires_grad=True).sum().backward()"
    told = both.one.client.post("/api/expressions", json={"source": source}).json()
    for path in ("/graphs/0.svg", "/graphs/0?group=none", "/backwards/1", "/events", ""):
        here, there = (server.client.get(told["url"] + path) for server in (both.one, both.two))
        assert (here.status_code, here.text) == (there.status_code, there.text)
    assert both.two.client.delete(told["url"]).status_code == 204
    wait_for(lambda: both.one.client.get(told["url"]).status_code == 404)


def test_a_database_that_is_started_again_loses_nothing_acknowledged_and_both_go_on(both: Two) -> None:
    runs = [both.one.start(LOOP), both.two.start(LOOP)]
    watchers = [both.watch(run, both.two, both.one) for run in runs]
    for watcher in watchers:
        watcher.sees_more()
    both.database.stop("immediate")
    both.database.start()
    for server, run in zip((both.one, both.two), runs, strict=True):
        wait_for(lambda server=server: server.client.get("/api/runs").status_code == 200)  # type: ignore[misc]
        wait_for(lambda server=server: server.client.post("/api/runs", json={"source": "1"}).status_code == 201)  # type: ignore[misc]
        server.stop(run)
    for watcher in watchers:
        assert watcher.whole() == watcher.recorded(both.reader)


def test_the_runs_of_a_machine_that_died_are_ended_by_the_other_whose_own_go_on(both: Two) -> None:
    lost, kept = both.one.start(LOOP), both.two.start(LOOP)
    watchers = [both.watch(run, both.two) for run in (lost, kept)]
    for watcher in watchers:
        watcher.sees_more()
    for pid in (both.one.process.pid, *both.one.pids("agent"), *both.one.pids("serve")):
        os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: outcome(both.two, lost), within_s=10) == "interrupted"
    watchers[1].sees_more()
    both.two.stop(kept)
    for watcher in watchers:
        assert watcher.whole() == watcher.recorded(both.reader)
