"""Which runner is chosen, and that nothing runs where walls are missing."""

import pytest

from app.runs.choose import choose
from app.runs.local import LocalRunner
from app.runs.refusing import RefusingRunner
from app.runs.runner import Refusing
from app.runs.unwalled import UnwalledRunner

from .play import play

pytestmark = pytest.mark.anyio


def test_walls_are_the_rule_and_their_absence_must_be_asked_for() -> None:
    assert type(choose()) is LocalRunner
    assert type(choose(wall="refuse")) is RefusingRunner
    assert type(choose(unsafe=True)) is UnwalledRunner


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    runner = choose()
    assert (runner.health().state, runner.health().tier) == ("refusing", "none")
    assert "(darwin) offers no walls" in runner.health().detail


async def test_a_refusing_runner_says_why_and_what_to_do() -> None:
    runner = choose(wall="refuse")
    await runner.start()
    with pytest.raises(Refusing) as caught:
        await play(runner, "print(1)")
    assert str(caught.value) == (
        "Programs are not run here. The required walls are taken as missing, as GRADWALK_WALL=refuse asks. Run the "
        "server on Linux 5.13 or newer, for example in Docker or WSL2. If nobody but you can reach it and you trust "
        "every program you paste, python3 run.py --unsafe-no-sandbox runs programs without walls."
    )
    await runner.close()
