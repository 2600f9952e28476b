"""A database of its own for each test, with its writer and a reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import Reader

from .told import Written


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/runs.sqlite"


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
