"""The schema is brought up by one at a time, and a server older than that is not written beside."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app.store import StoreError, upgrading
from app.store.database import connect_arguments, open_writer
from app.store.ledger import Ledger
from app.store.seat import WRITERS_LOCK
from app.store.upgrading import upgrade

from ..postgres import Postgres


def test_a_newer_schema_is_refused_with_a_sentence(tmp_path: Path) -> None:
    url = f"{tmp_path}/runs.sqlite"
    engine = open_writer(url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"schema 9999, and this version knows those up to .* Start that version"):
        upgrade(engine)
    engine.dispose()


def test_several_that_start_at_once_on_an_empty_database_do_not_get_in_each_others_way(server: Postgres) -> None:
    url = server.database()
    with ThreadPoolExecutor(4) as pool:
        for ledger in pool.map(Ledger, [url] * 4):
            ledger.close()


def test_beside_a_server_that_knows_of_no_others_nothing_is_written(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.database()
    monkeypatch.setattr(upgrading, "PATIENCE_MS", 20)
    with psycopg.connect(**connect_arguments(url)) as older:
        older.execute("SELECT pg_advisory_lock(%s)", (WRITERS_LOCK,))
        with pytest.raises(StoreError, match=r"by a server of an older version.* Stop that server"):
            Ledger(url)
    Ledger(url).close()
