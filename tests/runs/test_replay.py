"""A recording is played as it was told, under the new run's id."""

from pathlib import Path

import pytest

from app.events import Event, Finished, Started, WireError, decode
from app.runs.replay import ReplayRunner, load
from app.runs.runner import Refusing

from .play import new_id, play, request

pytestmark = pytest.mark.anyio

RECORDINGS = Path(__file__).parents[1] / "recordings"
POW_ADD = load(RECORDINGS / "pow_add.jsonl")


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_recording_is_whole(path: Path) -> None:
    events = [decode(line, Event) for _, line in load(path)]
    assert (type(events[0]), type(events[-1])) == (Started, Finished)


async def test_a_recording_is_played_line_by_line() -> None:
    runner = ReplayRunner({"": POW_ADD})
    lines = [line async for line in runner.run("mine", request("anything"))]
    assert lines[1:] == POW_ADD[1:]
    assert decode(lines[0][1], Started).run_id == "mine"


async def test_each_source_has_its_own_recording_and_others_are_refused() -> None:
    runner = ReplayRunner({"y = x ** 2": POW_ADD})
    assert (await play(runner, "y = x ** 2")).outcome == "ok"
    with pytest.raises(Refusing, match="never recorded"):
        await play(runner, "y = x ** 3")


async def test_a_recording_can_be_stopped() -> None:
    runner = ReplayRunner({"": POW_ADD}, pause_s=60)
    run_id = new_id()
    lines = runner.run(run_id, request(""))
    await anext(lines)
    await runner.stop(run_id)
    assert [decode(line, Finished).outcome async for _, line in lines] == ["stopped"]


def test_a_damaged_recording_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b'{"type":"started"}\n')
    with pytest.raises(WireError):
        load(path)
