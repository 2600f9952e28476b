"""Parts of a whole server that die under it: it comes back by itself, and nothing acknowledged is lost.

Web process and agent: test_supervise.py. Disk, database and clock: store/. The drawing engine: draw/test_layout.py.
Clients that read slowly: test_connections.py.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .supervised import Server, serving, wait_for

HELLO = "print(torch.ones(2).sum().item())"
WAITING = "import time\nprint('begun', flush=True)\nwhile True: time.sleep(1)"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        wait_for(server.ready)
        yield server


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def zygote(server: Server) -> int:
    agent = wait_for(lambda: server.pid("agent"))
    return wait_for(lambda: next(iter(children(agent)), None))


def child_of(server: Server, run: str) -> int:
    """The process that runs this program: the zygote's only child that is in the middle of a run."""
    with server.client.stream("GET", f"/api/runs/{run}/events") as events:
        next(line for line in events.iter_lines() if "begun" in line)
    going = children(zygote(server))
    return min(going)


def test_a_killed_zygote_is_replaced_and_the_next_expression_only_waits(server: Server) -> None:
    os.kill(zygote(server), signal.SIGKILL)
    answer = server.client.post("/api/expressions", json={"source": HELLO}, timeout=60).json()
    assert (answer["outcome"], answer["stdout"]) == ("ok", "2.0\n")


def test_a_killed_zygote_ends_its_runs_with_all_they_told_and_a_reason(server: Server) -> None:
    run = server.start(WAITING)
    child_of(server, run)
    os.kill(zygote(server), signal.SIGKILL)
    record = wait_for(lambda: found if (found := server.record(run))["outcome"] else None)
    assert record["outcome"] == "crashed"
    assert "It is started again by itself" in record["detail"]
    assert '"text":"begun\\n"' in server.client.get(f"/api/runs/{run}/events").text


def test_a_killed_child_ends_its_own_run_alone(server: Server) -> None:
    run = server.start(WAITING)
    os.kill(child_of(server, run), signal.SIGKILL)
    record = wait_for(lambda: found if (found := server.record(run))["outcome"] else None)
    assert (record["outcome"], "(SIGKILL)" in record["detail"]) == ("crashed", True)
    assert server.client.post("/api/expressions", json={"source": HELLO}).json()["outcome"] == "ok"


def test_a_machine_out_of_memory_kills_programs_before_any_part_of_the_server(server: Server) -> None:
    run = server.start(WAITING)
    child, agent, web = child_of(server, run), server.pid("agent"), server.pid("serve")
    scores = {pid: int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (child, agent, web)}
    server.client.post(f"/api/runs/{run}/stop")
    assert scores[child] == 1000
    assert scores[agent] == scores[web] < 1000
