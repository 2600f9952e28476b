"""Which runner is chosen, and that nothing runs where walls are missing."""

import pytest

from app.runs.choose import choose
from app.runs.local import LocalRunner
from app.runs.refusing import RefusingRunner
from app.runs.unwalled import UnwalledRunner


def test_walls_are_the_rule_and_their_absence_must_be_asked_for() -> None:
    assert type(choose()) is LocalRunner
    assert type(choose(wall="refuse")) is RefusingRunner
    assert type(choose(unsafe=True)) is UnwalledRunner


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    runner = choose()
    assert (runner.health().state, runner.health().tier) == ("refusing", "none")
    assert "(darwin) offers no walls" in runner.health().detail
