"""Curves of a run by tag, origin and range; `store/points.py` thins them out."""

from typing import Any

import pytest

from app.events import Outcome, Scalars, encode
from app.runs.replay import ReplayRunner
from app.runs.runner import Line, finished_line

from .serving import build, reach, recordings
from .test_api import ended

pytestmark = pytest.mark.anyio


def frame(tag: str, step: tuple[int, ...], value: tuple[float, ...], origin: Any = "log") -> Line:
    event = Scalars(tag=tag, origin=origin, step=step, value=value, wall_ms=tuple(float(item) for item in step))
    return event.type, encode(event)


LOSSES: list[Line] = [
    recordings()["pow_add"][0],
    frame("loss", (0, 1), (2.0, 1.0)),
    frame("lr", (0,), (0.1,), "optimizer"),
    frame("loss", (2,), (float("nan"),)),
    frame("loss", (0,), (9.0,), "stdout"),
    finished_line(Outcome.OK, "The program ran to its end.", events=5),
]


async def test_a_series_is_read_by_tag_origin_and_range_and_the_best_is_known() -> None:
    async with reach(build(runner=ReplayRunner({"": LOSSES}))) as client:
        run = await ended(client)
        best = await client.get(f"/api/runs/{run}/scalars")
        none = await client.get(f"/api/runs/{run}/scalars", params={"tag": "accuracy"})
        record = (await client.get(f"/api/runs/{run}")).json()
        printed = await client.get(f"/api/runs/{run}/scalars", params={"origin": "stdout"})
        zoomed = await client.get(f"/api/runs/{run}/scalars", params={"from": 1, "to": 1})
    assert best.json() == {"step": [0, 1, 2], "value": [2.0, 1.0, "NaN"], "total": 3, "origin": "log"}
    assert printed.json() == {"step": [0], "value": [9.0], "total": 1, "origin": "stdout"}
    assert zoomed.json() == {"step": [1], "value": [1.0], "total": 1, "origin": "log"}
    assert none.json() == {"step": [], "value": [], "total": 0, "origin": None}
    assert record["scalars"] == {"loss": {"step": 2, "value": "NaN"}, "lr": {"step": 0, "value": 0.1}}
    assert record["best"] == {"tag": "loss", "origin": "log"}
    assert record["sparkline"] == [2.0, 1.0, "NaN"]
    assert record["series"][0] == {
        "tag": "loss",
        "origin": "log",
        "count": 3,
        "total": None,
        "last_step": 2,
        "last_value": "NaN",
        "min_value": 1.0,
        "min_step": 1,
        "steps_per_s": 1000.0,
        "eta_s": None,
    }


async def test_a_curve_that_was_typed_is_read_in_the_same_way() -> None:
    async with reach(build(runner=ReplayRunner({"": LOSSES}))) as client:
        url = (await client.post("/api/expressions", json={"source": "x"})).json()["url"]
        best = await client.get(f"{url}/scalars")
        many = await client.get(f"{url}/scalars", params={"tag": "accuracy"})
    assert best.json() == {"step": [0, 1, 2], "value": [2.0, 1.0, "NaN"], "total": 3, "origin": "log"}
    assert many.json()["total"] == 0
