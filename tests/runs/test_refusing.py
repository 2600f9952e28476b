"""A runner that runs nothing says why, and what to do."""

import pytest

from app.runs.refusing import RefusingRunner
from app.runs.runner import Refusing

from .play import new_id, play

pytestmark = pytest.mark.anyio


async def test_a_refusing_runner_says_why_and_what_to_do() -> None:
    runner = RefusingRunner("This system offers no walls.")
    await runner.start()
    with pytest.raises(Refusing) as caught:
        await play(runner, "print(1)")
    assert str(caught.value) == runner.health().detail
    assert str(caught.value) == (
        "Programs are not run here. This system offers no walls. Run the server on Linux 5.13 or newer, for example in "
        "Docker or WSL2. If nobody but you can reach it and you trust every program you paste, python3 run.py "
        "--unsafe-no-sandbox runs programs without walls."
    )
    await runner.stop(new_id())
    await runner.close()
