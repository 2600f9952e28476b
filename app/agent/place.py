"""Where the agent of a data folder is met: its socket, the lock of its one writer, and the version it must have.

Knows nothing of what is said there.
"""

import fcntl
import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

from ..runs.edition import APP, of_folder
from ..settings import Settings

UNUSABLE = 3
"""An agent's exit status that says: starting it again would not help."""
LONGEST = 100
"""Bytes that a socket's path may have on every system."""


class PlaceError(OSError):
    """The data folder can't be used; the message says why and what to do."""


def ready_folder(data_dir: Path) -> Path:
    """The data folder, made where it is missing, closed to other users. Raises: PlaceError."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(data_dir, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise PlaceError(
            f"Runs can't be kept in {data_dir}: {error.strerror}. Give this user the right to write there, or name "
            "another folder in GRADWALK_DATA_DIR."
        ) from error
    return data_dir


def socket_path(data_dir: Path) -> Path:
    """The agent's socket; in the system's folder for such things where the data folder's path is too long."""
    path = data_dir.absolute() / "agent.sock"
    if len(os.fsencode(path)) <= LONGEST:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"gradwalk-{os.getuid()}-{name}", "agent.sock")


def listen(path: Path) -> socket.socket:
    """A listening socket that this user alone may open; what was there before is replaced. Raises: PlaceError."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    found = path.parent.stat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise PlaceError(
            f"The folder {path.parent} belongs to somebody else or others may write to it. Remove it or correct its "
            "rights, or name another folder in GRADWALK_DATA_DIR."
        )
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


class Lock:
    """The right to write to a data folder; one process has it, until it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._file = open(data_dir / "agent.lock", "w")  # noqa: SIM115  # held open as long as the lock

    def take(self) -> bool:
        """Whether it is ours now."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Lets another process have it."""
        self._file.close()


def version(settings: Settings) -> str:
    """What an agent must agree on with a web process: the code, and every setting that the agent follows."""
    kept = (settings.keep_days, settings.keep_runs, settings.keep_bytes)
    clients = (settings.bounds.client_slots, settings.bounds.client_queue)
    bounds = (settings.slots, settings.queue, *clients)
    logs = (settings.log_level, settings.log_format)
    followed = (bounds, logs, settings.unsafe_no_sandbox, settings.wall, settings.runner, settings.database, kept)
    return hashlib.sha256(repr((followed, of_folder(APP))).encode()).hexdigest()[:16]
