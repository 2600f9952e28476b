"""An agent that is hosted: it ends when nobody needs it, and a record that can't be opened leaves nothing running."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from app.agent.hosting import host
from app.runs.refusing import RefusingRunner
from app.settings import Settings
from app.store import StoreError
from app.store.database import connect_arguments

from ..postgres import Postgres
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


async def test_a_database_that_is_away_is_waited_for(
    database_server: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database_server.database()
    allow(database_server, url, is_there=False)
    hosting = asyncio.create_task(host(Watched("None."), Settings(data_dir=tmp_path, record=url), tmp_path, 0.1))
    async with asyncio.timeout(30):
        while not (said := capsys.readouterr().err):
            await asyncio.sleep(0.01)
        allow(database_server, url, is_there=True)
        await hosting
    assert said.startswith("The record of runs in PostgreSQL can't be used (connection failed: ")
    assert said.endswith(
        "can be reached as GRADWALK_DATABASE says and lets that user write; it is tried again by itself.\n"
    )
    assert said.count("\n") == 1


def allow(server: Postgres, url: str, *, is_there: bool) -> None:
    """Has a database take connections, or not."""
    name = connect_arguments(url)["dbname"]
    with psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {is_there}")
