"""A database of its own for each test, of either kind, with its writer and a reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import Reader

from ..postgres import Postgres
from .told import Written


@pytest.fixture
def server(database_server: Postgres) -> Postgres:
    return database_server


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/runs.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite"))
    return str(request.getfixturevalue("server").database())


@pytest.fixture
def written(url: str) -> Iterator[Written]:
    written = Written(url)
    yield written
    written.writer.close()


@pytest.fixture
def reader(url: str) -> Iterator[Reader]:
    reader = Reader(url)
    yield reader
    reader.close()
