"""Slow motion by a clock that only its own sleep moves."""

from app.child.pace import Pace


def test_steps_come_at_the_rate_that_was_asked_for() -> None:
    now = [100.0]
    pace = Pace(4.0, lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    at = []
    for _ in range(4):
        now[0] += 0.05
        pace.pay()
        at.append(now[0])
    assert [round(moment - at[0], 6) for moment in at] == [0.0, 0.25, 0.5, 0.75]


def slept(*work_s: float) -> list[float]:
    """What a program at 10 steps a second sleeps after steps that took so long."""
    now = [100.0]
    sleeps = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        sleeps[-1] = seconds

    pace = Pace(10.0, lambda: now[0], sleep)
    for seconds in work_s:
        now[0] += seconds
        pace.pay()
        sleeps.append(0.0)
    return [round(each, 6) for each in sleeps[:-1]]


def test_what_a_short_delay_cost_is_made_up_for() -> None:
    assert slept(0.0, 0.15, 0.0) == [0.1, 0.0, 0.05]


def test_a_long_delay_is_not_made_up_for_by_hurrying() -> None:
    assert slept(0.0, 60.0, 0.0, 0.0, 0.0, 0.0) == [0.1, 0.0, 0.0, 0.0, 0.05, 0.1]
