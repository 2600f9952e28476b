"""Web process and agent are kept going, whoever kills them; and nothing that was on record is lost."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import supervise
from app.settings import Settings
from app.supervise import Supervisor

from .supervised import Server, serving, wait_for

LOOP = """
import time
for step in range(100_000):
    log(step, loss=1 / (step + 1))
    time.sleep(0.005)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(GRADWALK_SLOTS="4") as server:
        wait_for(server.ready)
        yield server


def points(server: Server, run: str) -> list[int]:
    return list(server.client.get(f"/api/runs/{run}/scalars", params={"points": 100_000}).json()["step"])


def later(server: Server, run: str, seen: list[int]) -> list[int]:
    """The run's points, once there are more than were seen."""
    found = points(server, run)
    return found if found and found[-1] > seen[-1] else []


def steps_of(text: str) -> list[int]:
    """The steps of a run's `loss`, as a stream told them."""
    events = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    return [step for event in events if event["type"] == "scalars" for step in event["step"]]


def test_a_killed_web_process_loses_nothing_of_a_run_and_comes_back(server: Server) -> None:
    run = server.start(LOOP)
    before = wait_for(lambda: points(server, run))
    killed = server.kill("serve")
    wait_for(lambda: server.pid("serve") not in (None, killed))
    after = wait_for(lambda: later(server, run, before))
    assert after[: len(before)] == before
    server.client.post(f"/api/runs/{run}/stop")
    stream = server.client.get(f"/api/runs/{run}/events").text
    assert steps_of(stream) == list(range(len(steps_of(stream))))
    assert server.record(run)["outcome"] == "stopped"


def test_a_killed_agent_leaves_every_run_listed_with_all_that_was_acknowledged(server: Server) -> None:
    finished = server.start("log(0, loss=1.0)")
    wait_for(lambda: server.record(finished)["outcome"])
    cut, queued = server.start(LOOP), [server.start(LOOP) for _ in range(5)][-1]
    seen = wait_for(lambda: points(server, cut))
    killed = server.kill("agent")
    wait_for(lambda: server.pid("agent") not in (None, killed))
    wait_for(lambda: server.record(cut)["outcome"])
    record = server.record(cut)
    assert (record["outcome"], record["detail"][:34]) == ("interrupted", "The server went down while this ru")
    assert points(server, cut)[: len(seen)] == seen
    assert server.record(queued)["outcome"] == "interrupted"
    assert server.record(finished)["outcome"] == "ok"
    events = server.client.get(f"/api/runs/{cut}/events").text
    assert events.count("event: started") == events.count("event: finished") == 1
    wait_for(server.ready)
    again = server.start("log(0, loss=1.0)")
    assert wait_for(lambda: server.record(again)["outcome"]) == "ok"


def test_a_viewer_whose_server_was_killed_resumes_without_a_gap_and_without_a_double(server: Server) -> None:
    run = server.start(LOOP)
    text = ""
    with server.client.stream("GET", f"/api/runs/{run}/events") as answer:
        for piece in answer.iter_text():
            text += piece
            if text.count("event: scalars") >= 5:
                break
    whole = text[: text.rindex("\n\n") + 2]
    last = [line.removeprefix("id: ") for line in whole.splitlines() if line.startswith("id: ")][-1]
    killed = server.kill("serve")
    wait_for(lambda: server.pid("serve") not in (None, killed))
    server.client.post(f"/api/runs/{run}/stop")
    rest = server.client.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": last}).text
    steps = steps_of(whole) + steps_of(rest)
    assert steps == list(range(len(steps)))
    assert '"outcome":"stopped"' in rest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_and_every_run_as_interrupted(number: signal.Signals) -> None:
    with serving() as server:
        wait_for(server.ready)
        run = server.start(LOOP)
        wait_for(lambda: points(server, run))
        with server.client.stream("GET", f"/api/runs/{run}/events") as answer:
            server.process.send_signal(number)
            text = "".join(answer.iter_text())
        _, errors = server.process.communicate(timeout=20)
        assert (server.process.returncode, errors) == (0, "")
        assert (server.pid("serve"), server.pid("agent")) == (None, None)
    assert json.loads(text.rstrip().splitlines()[-1].removeprefix("data: "))["outcome"] == "interrupted"


def test_runs_outlive_a_supervisor_that_was_killed_and_the_next_one_takes_them_over() -> None:
    with serving() as first:
        wait_for(first.ready)
        run = first.start(LOOP)
        seen = wait_for(lambda: points(first, run))
        agent = first.pid("agent")
        first.process.kill()
        wait_for(lambda: first.pid("serve") is None)
        with serving(first.data_dir) as second:
            wait_for(second.ready)
            assert second.pid("agent") == agent
            assert wait_for(lambda: later(second, run, seen))
            second.process.terminate()
            second.process.communicate(timeout=20)
            assert wait_for(lambda: second.pid("agent") is None)


def test_an_agent_of_another_version_finishes_its_runs_and_is_replaced() -> None:
    with serving() as first:
        wait_for(first.ready)
        run = first.start(LOOP)
        wait_for(lambda: points(first, run))
        older = first.pid("agent")
        first.process.kill()
        wait_for(lambda: first.pid("serve") is None)
        with serving(first.data_dir, GRADWALK_QUEUE="7") as second:
            refused = wait_for(lambda: _refused(second))
            assert "finishing runs" in refused
            assert second.record(run)["state"] == "running"
            second.client.post(f"/api/runs/{run}/stop")
            wait_for(second.ready)
            assert second.pid("agent") != older
            assert second.record(run)["outcome"] == "stopped"


def _refused(server: Server) -> str | None:
    answer = server.client.post("/api/runs", json={"source": ""})
    return answer.json()["detail"] if answer.status_code == 503 and "newer" in answer.text else None


def test_a_folder_that_cannot_be_written_to_is_a_sentence() -> None:
    import os
    import subprocess

    environ = {**os.environ, "GRADWALK_PORT": "0", "GRADWALK_DATA_DIR": "/proc/nowhere"}
    done = subprocess.run([sys.executable, "-m", "app"], env=environ, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith("Runs can't be kept in /proc/nowhere: ")


def test_a_machine_that_starts_no_process_for_a_while_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "program"
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(supervise, "LONGEST_S", 0.01)

    async def started() -> int:
        with socket.socket() as listening:
            starting = asyncio.create_task(Supervisor(Settings(), listening, {})._start("serve", [], []))
            while not (said := capsys.readouterr().err):
                await asyncio.sleep(0)
            assert said.startswith("A process of the server can't be started: No such file or directory. It is tried")
            program.symlink_to("/bin/true")
            return await (await starting).wait()

    assert asyncio.run(started()) == 0
