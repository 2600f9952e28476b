"""Which runner is chosen, and that nothing runs where walls are missing."""

import sys

import pytest

from app.runs.choose import choose
from app.runs.local import LocalRunner
from app.runs.refusing import RefusingRunner
from app.runs.unwalled import UnwalledRunner

pytestmark = pytest.mark.anyio


def test_walls_are_the_rule_and_their_absence_must_be_asked_for() -> None:
    assert type(choose()) is LocalRunner
    assert type(choose(wall="refuse")) is RefusingRunner
    assert type(choose(unsafe=True)) is UnwalledRunner


async def test_a_cluster_is_used_where_it_is_asked_for_and_what_it_needs_is_said_where_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "app.runs.ray", raising=False)
    monkeypatch.delitem(sys.modules, "app.runs.cluster", raising=False)
    assert 'pip install "gradwalk[ray]"' in choose(runner="ray://head:6379").health().detail
    monkeypatch.undo()
    pytest.importorskip("ray")
    joining = choose(runner="ray://head:6379").health()
    assert (joining.state, "head:6379 is being joined" in joining.detail) == ("starting", True)


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    runner = choose()
    assert (runner.health().state, runner.health().tier) == ("refusing", "none")
    assert "(darwin) offers no walls" in runner.health().detail
