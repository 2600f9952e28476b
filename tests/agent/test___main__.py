"""The agent process by itself."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.agent.__main__ import FAILED, exit_status
from app.agent.place import UNUSABLE, PlaceError, socket_path
from app.store import StoreError


def agent(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    environ = {**os.environ, "GRADWALK_DATA_DIR": str(folder), "GRADWALK_WALL": "refuse"}
    command = [sys.executable, "-m", "app.agent", *arguments]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_second_agent_waits_for_the_first_to_end(tmp_path: Path) -> None:
    first, second = agent(tmp_path, "--idle-s", "1"), agent(tmp_path, "--idle-s", "1")
    ended = [process.communicate(timeout=60)[1] for process in (first, second)]
    assert ended == ["", ""]
    assert [process.returncode for process in (first, second)] == [0, 0]


@pytest.mark.parametrize("what", ["no database at all " * 500])
def test_a_record_that_cannot_be_read_is_a_sentence(tmp_path: Path, what: str) -> None:
    (tmp_path / "runs.sqlite").write_text(what)
    process = agent(tmp_path)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "runs.sqlite" in errors
    assert "Traceback" not in errors
    assert not socket_path(tmp_path).exists()


def test_a_full_disk_is_worth_another_try_and_a_folder_that_cannot_be_used_is_not() -> None:
    full = [StoreError("The record can't be used (database or disk is full)."), OSError(errno.ENOSPC, "No space")]
    assert [exit_status(error) for error in full] == [FAILED, FAILED]
    assert [exit_status(error) for error in (PlaceError("Not ours."), StoreError("Newer."))] == [UNUSABLE, UNUSABLE]
