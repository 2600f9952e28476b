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


def test_a_late_program_does_not_hurry_afterwards() -> None:
    now = [100.0]
    pace = Pace(4.0, lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    pace.pay()
    now[0] += 10.0
    pace.pay()
    pace.pay()
    assert now[0] == 100.25 + 10.0 + 0.25
