"""Calls through a Unix socket; `test_remote` makes the ones that matter."""

from pathlib import Path

import pytest

from app.agent.calling import FAILURES, Caller

pytestmark = pytest.mark.anyio


async def test_a_call_to_nobody_fails_as_a_call_does(tmp_path: Path) -> None:
    caller = Caller(tmp_path / "nobody.sock")
    with pytest.raises(FAILURES):
        await caller.ask("GET", "/")
    await caller.close()
