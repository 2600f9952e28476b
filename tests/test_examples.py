"""Every example of the menu, run behind the walls: each shows what its title says."""

import json
from pathlib import Path

import pytest

from app.events import TRAINING, Outcome, Preset, RunRequest
from app.runs.local import LocalRunner
from app.web.pages import STATIC, TITLE_MARK

pytestmark = pytest.mark.anyio

EXAMPLES = sorted((STATIC / "examples").glob("*.py"))
RAISING = {"04_backward_twice", "05_requires_grad_on_a_non_leaf", "10_in_place"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_an_example_ends_as_it_means_to_and_shows_a_graph(path: Path, runner: LocalRunner) -> None:
    source = path.read_text("utf-8")
    assert source.startswith(TITLE_MARK)
    request = RunRequest(source=source, preset=Preset.TRAINING, limits=TRAINING)
    events = [json.loads(line) async for _, line in runner.run(path.stem, request)]
    wanted = Outcome.EXCEPTION if path.stem in RAISING else Outcome.OK
    assert (events[-1]["outcome"], events[-1]["dropped"]) == (wanted, 0), events[-1]["detail"]
    assert [event for event in events if event["type"] == "graph"]
    assert [event for event in events if event["type"] == "tensor"]
