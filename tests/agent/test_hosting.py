"""An agent that is hosted: it ends when nobody needs it, and a record that can't be opened leaves nothing running."""

import asyncio
from pathlib import Path

import pytest

from app.agent.hosting import host
from app.runs.refusing import RefusingRunner
from app.settings import Settings
from app.store import StoreError

from .test___main__ import agent

pytestmark = pytest.mark.anyio


class Watched(RefusingRunner):
    """A runner that remembers that it was closed."""

    closed = False

    async def close(self) -> None:
        self.closed = True


def test_an_agent_that_nobody_needs_ends_by_itself(tmp_path: Path) -> None:
    process = agent(tmp_path, "--idle-s", "0.1")
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0
    assert (tmp_path / "runs.sqlite").exists()


async def test_a_record_that_cannot_be_opened_closes_the_runner(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_text("no database at all " * 500)
    runner = Watched("There are no walls here.")
    with pytest.raises(StoreError):
        await asyncio.wait_for(host(runner, Settings(data_dir=tmp_path), tmp_path, 0.1), 30)
    assert runner.closed
