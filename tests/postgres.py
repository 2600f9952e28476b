"""A PostgreSQL server of the tests' own: its data in a folder that goes with them, a database for each test."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

_numbers = count()
SETTINGS = ("listen_addresses=''", "fsync=on", "max_connections=200", "shared_buffers=32MB")


def unavailable(why: str) -> None:
    """Skips, or fails where GRADWALK_REQUIRE_POSTGRES says that there must be one."""
    if os.environ.get("GRADWALK_REQUIRE_POSTGRES") == "1":
        pytest.fail(why)
    pytest.skip(why)


def programs() -> Path | None:
    """Where PostgreSQL's own programs lie."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    on_path = shutil.which("initdb")
    return next((path for path in found if (path / "initdb").exists()), Path(on_path).parent if on_path else None)


class Postgres:
    """A running server."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._bin = bin

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of its programs as somebody who is not root, which it insists on."""
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        command = [str(self._bin / program), *arguments]
        subprocess.run(command, user=user, group=None, check=True, cwd="/", stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Starts, and returns once it answers."""
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories='{self.folder}'"))
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stops; `immediate` as a power cut would."""
        self.run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{next(_numbers)}"
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server, ended at the end whatever happens."""
    bin = programs()
    if bin is None:
        unavailable("there is no PostgreSQL here: install postgresql")
        raise AssertionError
    with tempfile.TemporaryDirectory(prefix="gradwalk-postgres-") as made:
        folder = Path(made)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = Postgres(folder, bin)
        server.run("initdb", "-D", str(server.data), "-U", "postgres", "-A", "trust", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
