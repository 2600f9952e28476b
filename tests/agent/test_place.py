"""Where the agent of a data folder is met."""

import os
import socket
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.agent.place import LONGEST, Lock, PlaceError, listen, ready_folder, socket_path, version
from app.settings import Settings


def test_the_folder_is_made_and_closed_to_others(tmp_path: Path) -> None:
    made = ready_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceError, match=r"Runs can't be kept in .*file.*GRADWALK_DATA_DIR\.$"):
        ready_folder(tmp_path / "file" / "folder")


def test_only_this_user_may_open_the_socket_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "d")
    for _ in range(2):
        with listen(path):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(path))


def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(PlaceError, match="others may write to it"):
        listen(tmp_path / "agent.sock")


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["folder"] * 20)
    assert len(os.fsencode(socket_path(folder))) <= LONGEST
    assert socket_path(folder) != socket_path(folder / "other")
    assert socket_path(Path("/srv/gradwalk")) == Path("/srv/gradwalk/agent.sock")


def test_one_process_has_the_lock(tmp_path: Path) -> None:
    first, second = Lock(tmp_path), Lock(tmp_path)
    assert (first.take(), second.take()) == (True, False)
    first.release()
    assert second.take()
    second.release()


def test_agents_of_other_settings_are_of_another_version(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert version(settings) == version(replace(settings, port=9000))
    assert version(settings) != version(replace(settings, keep_days=1))
