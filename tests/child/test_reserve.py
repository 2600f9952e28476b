"""Memory laid by for the report of a program that used up all there was."""

from pathlib import Path

import pytest

from app.child.reserve import BYTES, Reserve
from app.runs.local import LocalRunner

from ..runs.play import play

ENDLESS = "y = x = torch.ones((), requires_grad=True)\nwhile True: y = y + 1"


def virtual_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * 4096


def test_it_takes_room_until_it_is_given_back() -> None:
    reserve = Reserve()
    before = virtual_bytes()
    reserve.hold()
    reserve.hold()
    assert virtual_bytes() - before >= BYTES
    reserve.release()
    reserve.release()
    assert virtual_bytes() - before < BYTES


@pytest.mark.anyio
async def test_a_graph_that_outgrew_the_memory_is_shown_as_far_as_there_is_time(runner: LocalRunner) -> None:
    told = await play(runner, ENDLESS, memory_bytes=2**27, cpu_s=30, wall_s=60)
    (graph,) = [event for event in told.events if event.type == "graph"]
    assert (told.outcome, graph.reason, graph.truncated) == ("out_of_memory", "final", True)
    assert graph.groups[0].label == "line 2"
    assert graph.missing.startswith("The run had passed a limit, and there was time to walk the 5,000 nodes nearest")
