"""Every example of the menu, run behind the walls: each shows what its title says."""

import json
from pathlib import Path

import pytest

from app.events import TRAINING, Outcome, Preset, RunRequest
from app.runs.example import TITLE_MARK, title_and_source
from app.runs.local import LocalRunner
from app.runs.replay import load
from app.web.pages import STATIC

pytestmark = pytest.mark.anyio

EXAMPLES = sorted((STATIC / "examples").glob("*.py"))
RAISING = {"04_backward_twice", "05_requires_grad_on_a_non_leaf", "10_in_place"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_an_example_ends_as_it_means_to_and_shows_a_graph(path: Path, runner: LocalRunner) -> None:
    source = path.read_text("utf-8")
    assert source.startswith(TITLE_MARK)
    _, source = title_and_source(source, path.stem)
    request = RunRequest(source=source, preset=Preset.TRAINING, limits=TRAINING)
    events = [json.loads(line) async for _, line in runner.run(path.stem, request)]
    wanted = Outcome.EXCEPTION if path.stem in RAISING else Outcome.OK
    assert (events[-1]["outcome"], events[-1]["dropped"]) == (wanted, 0), events[-1]["detail"]
    assert [event for event in events if event["type"] == "graph"]
    assert [event for event in events if event["type"] == "tensor"]
    recorded = [json.loads(line) for _, line in load(STATIC / "recordings" / f"{path.stem}.jsonl")]
    assert _structure(recorded) == _structure(events), "the recording is stale: make recordings"


def _structure(events: list[dict[str, object]]) -> list[object]:
    """What does not change from run to run: the nodes of the graphs, the exceptions' lines, every last report."""
    told: list[object] = []
    tensors: dict[object, object] = {}
    for event in events:
        if event["type"] == "graph":
            told.append([(node["name"], node["variable"], node["line"]) for node in event["nodes"]])  # type: ignore[attr-defined]
        elif event["type"] == "exception":
            told.append((event["kind"], event["line"]))
        elif event["type"] == "tensor":
            tensors[event["name"]] = (event["line"], event["grad_reason"])
    return [*told, tensors]
