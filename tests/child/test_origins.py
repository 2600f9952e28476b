"""Who bears the tag `loss`."""

from app.child.foresight import ANY, BACKWARD, LOG
from app.child.frames import Series
from app.child.origins import WAIT_POINTS, WAIT_S, Bearer

BY_NAME = (2, 0, 0)


def test_the_best_that_is_expected_bears_the_tag_at_once() -> None:
    bearer, series = Bearer(BACKWARD), Series("backward")
    bearer.enter(series, BACKWARD, "backward/loss", 0.0)
    assert series.tag == "loss"


def test_a_lesser_one_waits_and_then_carries_its_prefix() -> None:
    bearer, lesser, best = Bearer(LOG), Series("backward"), Series("log")
    bearer.enter(lesser, BACKWARD, "backward/loss", 0.0)
    early = lesser.tag
    bearer.enter(best, LOG, "loss", 0.1)
    assert (early, lesser.tag, best.tag) == (None, "backward/loss", "loss")


def test_the_best_of_those_that_wait_bears_it_when_they_waited_long_enough() -> None:
    bearer, one, other = Bearer(LOG), Series("assigned"), Series("backward")
    bearer.enter(one, BY_NAME, "assigned/loss", 0.0)
    bearer.enter(other, BACKWARD, "backward/loss", 1.0)
    bearer.check(WAIT_S - 0.1)
    early = one.tag, other.tag
    bearer.check(WAIT_S)
    assert (early, one.tag, other.tag) == ((None, None), "assigned/loss", "loss")


def test_it_is_not_waited_beyond_so_many_points() -> None:
    bearer, series = Bearer(LOG), Series("backward")
    bearer.enter(series, BACKWARD, "backward/loss", 0.0)
    series.points.extend([0, 1.0, 0.0] * WAIT_POINTS)
    bearer.check(0.1)
    assert series.tag == "loss"


def test_a_follower_is_called_after_its_leader_whenever_that_has_its_tag() -> None:
    bearer, leader, early, late = Bearer(LOG), Series("backward"), Series("backward"), Series("backward")
    bearer.enter(leader, BACKWARD, "backward/loss", 0.0)
    bearer.follow(early, leader, "/g_loss")
    bearer.enter(Series("log"), LOG, "loss", 0.1)
    bearer.follow(late, leader, "/evaluations")
    assert (early.tag, late.tag) == ("backward/loss/g_loss", "backward/loss/evaluations")


def test_who_comes_after_the_choice_carries_a_prefix() -> None:
    bearer, late = Bearer(ANY), Series("stdout")
    bearer.enter(Series("stdout"), (3, 0, 1), "stdout/Loss", 0.0)
    bearer.enter(late, (3, 0, 2), "stdout/loss", 0.0)
    assert late.tag == "stdout/loss"
