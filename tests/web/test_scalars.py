"""Curves: thinned out without losing an end, a spike or a NaN."""

from typing import Any

import pytest

from app.events import Outcome, Scalars, encode
from app.runs.replay import ReplayRunner
from app.runs.runner import Line, finished_line
from app.web.scalars import thin

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


async def test_a_series_is_read_by_tag_and_origin() -> None:
    async with reach(build(runner=ReplayRunner({"": LOSSES}))) as client:
        run = await ended(client)
        logged = await client.get(f"/api/runs/{run}/scalars", params={"origin": "log"})
        every = await client.get(f"/api/runs/{run}/scalars")
        none = await client.get(f"/api/runs/{run}/scalars", params={"tag": "accuracy"})
        record = (await client.get(f"/api/runs/{run}")).json()
    assert logged.json() == {"step": [0, 1, 2], "value": [2.0, 1.0, "NaN"], "total": 3}
    assert every.json() == {"step": [0, 1, 2, 0], "value": [2.0, 1.0, "NaN", 9.0], "total": 4}
    assert none.json() == {"step": [], "value": [], "total": 0}
    assert record["scalars"] == {"loss": {"step": 0, "value": 9.0}, "lr": {"step": 0, "value": 0.1}}


def test_few_points_stay_as_they_are() -> None:
    points = [(step, float(step)) for step in range(10)]
    assert thin(points, 10) == points
    assert thin([], 4) == []


def test_many_points_keep_their_ends_their_spikes_and_what_is_not_a_number() -> None:
    points: list[tuple[int, Any]] = [(step, 0.5) for step in range(100_000)]
    points[33_333], points[50_000], points[77_777] = (33_333, 1e9), (50_000, "NaN"), (77_777, -1e9)
    kept = thin(points, 200)
    assert len(kept) <= 200
    assert {0, 33_333, 50_000, 77_777, 99_999} <= {step for step, _ in kept}
    assert kept == sorted(kept, key=lambda point: point[0])


def test_a_series_of_nothing_but_nan_is_thinned_too() -> None:
    assert len(thin([(step, "NaN") for step in range(1000)], 10)) <= 10
