"""What was typed, kept for every web process, in a folder or in PostgreSQL: for a while, within its bytes."""

import resource
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.store import Folder, Place, Table
from app.store import shelf as shelf_module
from app.store.ledger import Ledger

from ..postgres import Postgres

Make = Callable[..., Place]


@pytest.fixture(params=["folder", "table"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "folder":
        return lambda keep_s=600.0, most_bytes=1000: Folder(tmp_path / "shelf", keep_s=keep_s, most_bytes=most_bytes)
    server: Postgres = request.getfixturevalue("server")
    url = server.database()
    Ledger(url).close()
    return lambda keep_s=600.0, most_bytes=1000: Table(url, keep_s=keep_s, most_bytes=most_bytes)


def test_what_one_process_keeps_another_finds_until_it_is_forgotten(make: Make) -> None:
    one, two = make(), make()
    one.put("a", b"kept\n\0whole")
    assert (two.get("a"), two.get("b")) == (b"kept\n\0whole", None)
    two.forget("a")
    two.forget("b")
    assert one.get("a") is None
    one.close()
    two.close()


def test_what_is_too_old_is_gone(make: Make) -> None:
    place = make(keep_s=0.0)
    place.put("a", b"kept")
    assert place.get("a") is None
    place.close()


def test_of_more_than_its_bytes_the_oldest_go(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "SWEEP_S", 0.0)
    place = make(most_bytes=25)
    for name in "abc":
        place.put(name, b"x" * 10)
    assert [place.get(name) is not None for name in "abc"] == [False, True, True]
    place.close()


@pytest.mark.parametrize("name", ["../runs.sqlite", "a/b", "", ".a.1", "a\0", "é"])
def test_what_is_no_id_is_not_looked_for(make: Make, name: str) -> None:
    place = make()
    assert place.get(name) is None
    place.close()


def test_what_found_no_room_leaves_nothing_and_what_is_too_old_makes_room(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    Folder(tmp_path / "shelf", keep_s=600.0, most_bytes=1000).put("a", b"kept")
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            Folder(tmp_path / "shelf", keep_s=0.0, most_bytes=1000).put("b", b"x" * 11)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "shelf").iterdir()) == []


def test_only_this_user_may_read_what_was_typed(tmp_path: Path) -> None:
    place = Folder(tmp_path / "shelf", keep_s=600.0, most_bytes=1000)
    place.put("a", b"kept")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "shelf", tmp_path / "shelf" / "a")]
    assert modes == [0o700, 0o600]
