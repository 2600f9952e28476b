"""The simulator against what queueing theory knows exactly: Erlang's M/M/c, and that nobody waits where nobody is."""

import random
import statistics
from math import factorial

import pytest

from bench.simulator import Crowd, Mix, Site, simulate, sized

SERVED_MS = 50.0


def test_waits_are_those_of_erlangs_formula() -> None:
    servers, busy = 4, 0.75
    dice = random.Random(1)
    mix = Mix(tuple(dice.expovariate(1 / SERVED_MS) for _ in range(20_000)), (1.0,), front_ms=0.0)
    served_ms = statistics.fmean(mix.expression_ms)
    rate = busy * servers / (served_ms / 1000)
    told = simulate(mix, Site(2, servers // 2, 1), Crowd(60, expressions=rate, trainings=0.0), arrivals=100_000)
    expected = served_ms + _erlang_c(servers, busy) * served_ms / (servers * (1 - busy))
    assert statistics.fmean(told.answer_ms) == pytest.approx(expected, rel=0.05)


def _erlang_c(servers: int, busy: float) -> float:
    """The chance to wait at all. Source: Erlang, 1917."""
    load = servers * busy
    waiting = load**servers / factorial(servers) / (1 - busy)
    return waiting / (sum(load**k / factorial(k) for k in range(servers)) + waiting)


def test_one_learner_waits_for_nobody() -> None:
    told = simulate(Mix((40.0,), (1.0,), front_ms=5.0, away_ms=3.0), Site(1, 2, 1), Crowd(1), arrivals=500)
    assert told.answered(50) == pytest.approx(48.0)
    assert told.waited_s == 0.0


def test_more_trainings_than_cores_slow_what_is_typed_and_wait_for_each_other() -> None:
    mix, crowd = Mix((10.0,), (20.0,), front_ms=1.0), Crowd(10, expressions=60.0, trainings=60.0)
    told = simulate(mix, Site(1, 2, 1), crowd, arrivals=2_000)
    assert told.answered(50) > 15.0
    assert told.waited_s > 60.0


def test_a_site_is_sized_so_that_its_cores_are_busy_as_wanted() -> None:
    mix = Mix((30.0,), (3.0,), front_ms=6.0)
    assert sized(mix, Crowd(6_000, expressions=10.0, trainings=1.0), cores=10) == Site(55, 10, 10)  # 30 + 300, 6 busy
