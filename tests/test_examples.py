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
WITHOUT_GRAPH = {"14_numpy_by_hand", "15_torch_by_hand"}
WITHOUT_TENSORS = {"14_numpy_by_hand"}
CURVES = {
    "13_polynomial_fit": {("loss", "log")},
    "14_numpy_by_hand": {("loss", "assigned")},
    "15_torch_by_hand": {("loss", "assigned")},
    "16_torch_autograd": {("loss", "backward")},
    "17_nn_sequential": {("loss", "backward")},
    "18_nn_module_adam": {("loss", "backward"), ("lr", "optimizer")},
    "19_do_the_five_agree": {("difference/loss", "log"), ("difference/gradient", "log"), ("loss", "log")},
    "20_digits": {("loss", "log"), ("accuracy", "log")},
    "21_diabetes": {("loss", "log"), ("test_loss", "log"), ("r2", "log")},
}
"""Curves that must be there, each a tag and its origin."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_an_example_ends_as_it_means_to_and_shows_what_it_is_about(path: Path, runner: LocalRunner) -> None:
    source = path.read_text("utf-8")
    assert source.startswith(TITLE_MARK)
    _, source = title_and_source(source, path.stem)
    request = RunRequest(source=source, preset=Preset.TRAINING, limits=TRAINING)
    events = [json.loads(line) async for _, line in runner.run(path.stem, request)]
    wanted = Outcome.EXCEPTION if path.stem in RAISING else Outcome.OK
    assert (events[-1]["outcome"], events[-1]["dropped"]) == (wanted, 0), events[-1]["detail"]
    told = {event["type"] for event in events}
    assert ("graph" not in told, "tensor" not in told) == (path.stem in WITHOUT_GRAPH, path.stem in WITHOUT_TENSORS)
    series = {(event["tag"], event["origin"]) for event in events if event["type"] == "scalars"}
    assert CURVES.get(path.stem, set()) - series == set()
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
