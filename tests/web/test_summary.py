"""What a list shows of a run: how far it is, its newest points, the curve that speaks for it."""

from dataclasses import replace

from app.events import Outcome, Preset
from app.store import Record, Series
from app.web.forms import SeriesRecord
from app.web.summary import best, ranked, summary

RUN = Record(id="a", preset=Preset.TRAINING, source="", created_at="2026-11-23T12:00:00.000Z", state="running")
LOSS = Series(
    tag="loss",
    origin="backward",
    count=101,
    total=201,
    first_step=0,
    last_step=100,
    last_value=float("nan"),
    min_value=0.5,
    min_step=7,
    first_wall_ms=1000.0,
    last_wall_ms=3000.0,
    sparkline=(1.0, float("inf")),
)
LR, LOGGED = replace(LOSS, tag="lr", origin="optimizer"), replace(LOSS, origin="log", last_value=2.0)


def test_a_run_that_goes_on_tells_its_pace_and_when_it_will_be_done() -> None:
    told = summary(RUN, [LOSS], None)
    assert told.series == [
        SeriesRecord(
            tag="loss",
            origin="backward",
            count=101,
            total=201,
            last_step=100,
            last_value="NaN",
            min_value=0.5,
            min_step=7,
            steps_per_s=50.0,
            eta_s=2.0,
        )
    ]
    assert told.sparkline == [1.0, "Infinity"]


def test_a_run_that_is_over_and_one_of_unknown_length_have_no_time_left_to_tell() -> None:
    over = summary(replace(RUN, state="finished", outcome=Outcome.OK), [LOSS], None)
    endless = summary(RUN, [replace(LOSS, total=None)], None)
    single = summary(RUN, [replace(LOSS, count=1, last_wall_ms=1000.0)], None)
    assert [told.series[0].eta_s for told in (over, endless, single)] == [None, None, None]


def test_the_best_origin_comes_first_and_a_loss_before_all() -> None:
    assert ranked([LR, LOSS, LOGGED]) == [LOGGED, LOSS, LR]
    assert (best([LR, LOSS]), best([LR]), best([])) == (LOSS, LR, None)
    told = summary(RUN, [LR, LOSS, LOGGED], None)
    assert told.scalars["loss"].value == 2.0


def test_only_a_run_that_waits_has_a_place_in_the_queue() -> None:
    assert summary(replace(RUN, state="queued"), [], 3).queue_position == 3
    assert summary(RUN, [], 3).queue_position is None
