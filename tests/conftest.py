"""What several rooms' tests share: one event loop, and one warm zygote, for the whole session."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

# Before anything imports torch: a fork of a process whose OpenMP has run two threads hangs in its own first.
os.environ["OMP_NUM_THREADS"] = "1"

from app.runs.local import LocalRunner

from .postgres import Postgres, postgres


@pytest.fixture(scope="session")
def database_server() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def runner(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalRunner]:
    """A real runner behind real walls; runs posted before it is ready wait."""
    runner = LocalRunner(data_dir=tmp_path_factory.mktemp("data"))
    await runner.start()
    yield runner
    await runner.close()
