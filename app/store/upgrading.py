"""The schema of a database, brought to the newest: one at a time, in one transaction, whoever starts at once."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from .database import StoreError
from .schema import REVISION
from .seat import PATIENCE_MS, WRITERS_LOCK

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the schema up, in one transaction. Raises: StoreError where it is newer than this version knows."""
    from alembic.command import upgrade as alembic_upgrade
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        _alone(connection)
        present = revision_of(connection)
        config.attributes["connection"] = connection
        try:
            alembic_upgrade(config, revision)
        except CommandError as error:
            raise StoreError(newer(present)) from error


def _alone(connection: Connection) -> None:
    """Keeps others from migrating meanwhile, and waits out a server older than seats, which held this lock for good.

    Raises: StoreError.
    """
    if connection.dialect.name != "postgresql":
        return
    try:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITERS_LOCK})
    except OperationalError as error:
        raise StoreError(
            "The record of runs in the database is being written by a server of an older version, or brought to a "
            "newer one. Stop that server, or wait a moment, and start this one again."
        ) from error


def revision_of(connection: Connection) -> str | None:
    """The schema's revision, None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newer(present: str | None) -> str:
    """The sentence for a schema that this version doesn't know."""
    return (
        f"The record of runs has schema {present}, and this version knows those up to {REVISION}: a newer version "
        "wrote it. Start that version, or this one with another GRADWALK_DATA_DIR or GRADWALK_DATABASE."
    )
