"""Values and rows: NaN, which SQLite cannot keep, comes back too."""

import math
from collections.abc import Sequence

import pytest

from app.events import WireError
from app.store import Reader, Series
from app.store.rows import figures, state
from app.store.tally import Tally

from .told import Written, finished, frame, scalars, started, stdout

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("values", [[1.5], [math.nan], [math.inf, 2.0, -math.inf], [1.0, math.nan]])
async def test_a_series_comes_back_as_it_was(values: Sequence[float], written: Written, reader: Reader) -> None:
    await written.run("a", ("scalars", scalars(range(len(values)), values)))
    (back,) = reader.series(["a"])["a"]
    tally = Tally()
    tally.add(frame(range(len(values)), values))
    expected = Series(
        tag="loss",
        origin="log",
        count=len(values),
        total=None,
        first_step=0,
        last_step=len(values) - 1,
        last_value=tally.last_value,
        min_value=tally.min_value,
        min_step=tally.min_step,
        first_wall_ms=0.0,
        last_wall_ms=len(values) - 1.0,
        sparkline=tuple(values),
    )
    assert repr(back) == repr(expected)  # as text, since NaN equals nothing


def test_nan_is_no_value_in_a_row() -> None:
    assert figures(Tally(last_value=math.nan))["last_value"] is None


def test_a_first_and_a_last_line_change_a_runs_row() -> None:
    assert state(started(), "") == {"state": "running", "started_at": "2026-01-01T00:00:01.000Z"}
    assert state(finished(wall_ms=math.inf), "now") == {
        "state": "finished",
        "outcome": "ok",
        "detail": "done",
        "wall_ms": None,
        "finished_at": "now",
    }


def test_another_line_changes_nothing() -> None:
    with pytest.raises(WireError):
        state(stdout("x"), "")
