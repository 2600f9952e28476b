"""The tables, and the migrations that lead to them from every earlier schema, with runs in it."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, insert, select

from app.store import Reader, upgrading
from app.store.database import file_of, open_writer
from app.store.schema import REVISION, metadata, plain
from app.store.upgrading import upgrade

from .told import RECORD, Written, finished, record, started

MIGRATIONS = ScriptDirectory(str(upgrading.MIGRATIONS))
REVISIONS = [script.revision for script in reversed(list(MIGRATIONS.walk_revisions()))]


def test_the_newest_migration_is_the_one_this_version_reads() -> None:
    assert [MIGRATIONS.get_current_head()] == [REVISION] == REVISIONS[-1:]


def test_the_migrations_lead_to_these_tables(tmp_path: Path) -> None:
    engine = open_writer(f"{tmp_path}/runs.sqlite")
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_runs_of_every_earlier_schema_are_still_there(revision: str, url: str) -> None:
    if path := file_of(url):
        path.parent.mkdir()
    engine = open_writer(url)
    upgrade(engine, revision)
    tables = MetaData()
    tables.reflect(engine)
    run = {name: getattr(RECORD, name) for name in RECORD.__slots__}
    run |= {"source": b"x = 1\n", "state": "finished", "outcome": "ok", "last_seq": 2, "removed": False}
    lines = [("started", started()), ("finished", finished())]
    with engine.begin() as connection:
        there = tables.tables["runs"].c.keys()
        known = {name: value for name, value in run.items() if name in there}
        connection.execute(insert(tables.tables["runs"]).values(number=1, **known))
        for seq, (kind, line) in enumerate(lines, 1):
            connection.execute(insert(tables.tables["events"]).values(run=1, seq=seq, type=kind, line=line))
    engine.dispose()
    Written(url).writer.close()
    reader = Reader(url)
    assert reader.record("a") == record("a", state="finished", outcome="ok", last_seq=2)
    assert [(entry.type, entry.line) for entry in reader.entries("a", 0)] == lines
    assert reader.nth("a", "finished", 0) == finished()
    reader.close()


def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(tmp_path: Path) -> None:
    engine = open_writer(f"{tmp_path}/runs.sqlite")
    upgrade(engine, REVISIONS[0])
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE events_rare (x)")  # stands in the way of the next migration
    with pytest.raises(Exception, match="events_rare"):
        upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISIONS[0]
    engine.dispose()


def test_a_source_is_kept_exactly_and_a_title_as_a_database_can(tmp_path: Path) -> None:
    engine = open_writer(f"{tmp_path}/runs.sqlite")
    upgrade(engine)
    words: dict[str, object] = {
        "id": "a",
        "source": "\ud800\0'\n",
        "title": "\ud800\0",
        "preset": "training",
        "state": "queued",
    }
    words |= {"created_at": "", "last_seq": 0, "size_bytes": 0, "removed": False}
    runs = metadata.tables["runs"]
    with engine.begin() as connection:
        connection.execute(insert(runs).values(words))
        kept = connection.execute(select(runs.c.source, runs.c.title).where(runs.c.title == "\ud800\0")).one()
    engine.dispose()
    assert tuple(kept) == ("\ud800\0'\n", plain("\ud800\0"))
    assert plain("\ud800\0") == "?\ufffd"
