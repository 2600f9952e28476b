"""Recordings are made by real runs."""

from pathlib import Path

import pytest

from app.runs.record import record
from app.runs.replay import load

pytestmark = pytest.mark.anyio


async def test_a_recording_holds_what_the_example_told(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("print('hello')\n")
    assert await record(tmp_path, tmp_path / "recordings") == 1
    lines = load(tmp_path / "recordings" / "one.jsonl")
    assert [kind for kind, _ in lines] == ["started", "stdout", "finished"]
