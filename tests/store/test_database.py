"""Opening a database: its settings, its one writer, and what a person is told where it can't be used."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.store import StoreError, Writer
from app.store.database import Lock, file_of, log_is_long, open_reader, open_writer, shorten_log, tidy

from .told import ON_SQLITE, Written


def opening(url: str) -> None:
    Writer(url, committed=print, failed=print, recovered=print).open()


def test_a_path_is_an_sqlite_database() -> None:
    assert file_of("/data/runs.sqlite") == file_of("sqlite:////data/runs.sqlite") == Path("/data/runs.sqlite")
    assert file_of("postgresql://host/name") is None


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(StoreError, match="is not the URL of a database"):
        file_of("://")


@ON_SQLITE
def test_the_file_is_set_up_for_one_writer_and_many_readers(written: Written) -> None:
    path = file_of(written.url)
    assert path is not None
    with sqlite3.connect(path) as connection:
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "page_size")]
    connection.close()
    assert settings == ["wal", 16384]


@ON_SQLITE
def test_a_second_writer_of_a_file_is_refused(written: Written) -> None:
    with pytest.raises(StoreError, match=r"being written by another server\. Stop that one"):
        opening(written.url)


def test_what_the_database_refuses_is_not_repeated_with_what_was_to_be_written(
    written: Written, tmp_path: Path
) -> None:
    for opened in (open_writer(f"{tmp_path}/other.sqlite"), open_reader(written.url)):
        with pytest.raises(DatabaseError) as raised, opened.connect() as connection:
            connection.execute(text("select nothing from nowhere where a = :source"), {"source": "a learner's program"})
        opened.dispose()
        assert "nowhere" in str(raised.value)
        assert "a learner's program" not in str(raised.value)


def test_the_lock_goes_to_the_next(tmp_path: Path) -> None:
    Lock(f"{tmp_path}/a.sqlite").release()
    Lock(f"{tmp_path}/a.sqlite").release()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"can't be used .*Make sure that this user may write there"):
        opening(f"{tmp_path}/file/runs.sqlite")


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_text("a diary, not a database " * 100)
    for _ in range(2):  # the first attempt lets go of the lock
        with pytest.raises(StoreError, match="file is not a database"):
            opening(str(path))
    assert path.read_text() == "a diary, not a database " * 100


def test_a_reader_cannot_write(written: Written) -> None:
    engine = open_reader(written.url)
    with pytest.raises(DatabaseError, match=r"read-?only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM runs"))
    engine.dispose()


def test_freed_pages_go_back_to_the_disk_a_few_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    engine = open_writer(str(path))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
        connection.execute(text("INSERT INTO t VALUES (zeroblob(20000000))"))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE t"))
    left = [tidy(engine, str(path)) for _ in range(8)]
    shorten_log(engine)
    engine.dispose()
    assert left[0] is True
    assert left[-1] is False
    assert path.stat().st_size < 8_000_000


def test_a_log_that_readers_kept_long_is_emptied(tmp_path: Path) -> None:
    url = f"{tmp_path}/runs.sqlite"
    writer = open_writer(url)
    with writer.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    reader = sqlite3.connect(f"{tmp_path}/runs.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM t").fetchall()
    with writer.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (zeroblob(70000000))"))
    assert log_is_long(url)
    reader.close()
    shorten_log(writer)
    assert not log_is_long(url)
    writer.dispose()


def test_only_this_user_may_read_the_record_though_others_may_enter_its_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    written = Written(f"sqlite:///{tmp_path}/runs.sqlite")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    written.writer.close()
    assert modes == dict.fromkeys(("runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm", "runs.sqlite.lock"), 0o600)
