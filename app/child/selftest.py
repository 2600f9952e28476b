"""Eight attacks, tried in a real confined child before any user code is served. Each must be refused.

Knows nothing of how the walls are built: it only tries to get through them.
"""

import contextlib
import json
import os
import resource
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator

from .confine import FIRST_UID, Allowance, ConfineError, Walls, confine

PATIENCE_S = 20.0
UNCONFINED = "unconfined"
LIBRARIES_READ = "libraries_read"
"""Not an attack: whether the child may read Python's own files, as the walls intend on tier A."""


def attacks(parent: int, planted: str) -> dict[str, Callable[[], object]]:
    """Each attack by name; one that returns instead of raising got through."""
    target = f"/tmp/gradwalk-selftest-{os.getpid()}"  # a name no other process waits for
    return {
        "read_file": lambda: open(planted, "rb").read(1),
        "open_socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "fork": _forks,
        "write_file": lambda: os.close(os.open(target, os.O_CREAT | os.O_WRONLY)),
        "signal_parent": lambda: os.kill(parent, 0),
        "memfd": lambda: os.memfd_create("selftest"),
        "read_environ": lambda: open("/proc/self/environ", "rb").read(1),
        "limit_parent": lambda: resource.prlimit(parent, resource.RLIMIT_CORE, (0, 0)),
    }


def prove(walls: Walls) -> dict[str, bool]:
    """Whether each attack was refused, tried in a child behind `walls`; `libraries_read` beside them.

    An attack the child could not answer for counts as one that got through.
    Raises: ConfineError where the walls could not be put up at all.
    """
    parent = os.getpid()
    with _planted() as planted:
        names = [*attacks(parent, planted), LIBRARIES_READ]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _try_all(walls, writing, parent, planted)
        os.close(writing)
        answer = _answer(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if UNCONFINED in answer:
        hint = "If the server runs as root, run it as an ordinary user."
        raise ConfineError(f"The walls could not be put up ({answer[UNCONFINED]}). {hint}")
    return {name: answer.get(name) is True for name in names}


def _try_all(walls: Walls, writing: int, parent: int, planted: str) -> None:
    """In the child: confines it, tries every attack and writes which held. Never returns."""
    try:
        os.setsid()
        confine(walls, Allowance(cpu_s=10, memory_bytes=1 << 28, slot=0), parent)
        held = {name: _held(attack) for name, attack in attacks(parent, planted).items()}
        held[LIBRARIES_READ] = not _held(_reads_library)
        os.write(writing, json.dumps(held).encode())
    except BaseException as error:
        os.write(writing, json.dumps({UNCONFINED: f"{type(error).__name__}: {error}"}).encode())
    finally:
        os._exit(0)


def _held(attack: Callable[[], object]) -> bool:
    try:
        attack()
    except Exception:
        return True
    return False


def _reads_library() -> None:
    with open(contextlib.__file__, "rb") as file:
        file.read(1)


def _forks() -> None:
    if os.fork() == 0:
        os._exit(0)


def _answer(reading: int) -> dict[str, object]:
    """What the child wrote before it ended, or nothing where it took too long."""
    data = b""
    end = time.monotonic() + PATIENCE_S
    poller = select.poll()
    poller.register(reading, select.POLLIN)
    while poller.poll(max(0.0, end - time.monotonic()) * 1000):
        piece = os.read(reading, 65536)
        if not piece:
            break
        data += piece
    os.close(reading)
    try:
        return dict(json.loads(data))
    except ValueError:
        return {}


@contextlib.contextmanager
def _planted() -> Iterator[str]:
    """A file the child's own user could read if only its file mode guarded it."""
    try:
        descriptor, path = tempfile.mkstemp(prefix="gradwalk-selftest-")
    except OSError:
        yield "/etc/passwd"
        return
    try:
        os.write(descriptor, b"secret")
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, FIRST_UID, FIRST_UID)
        yield path
    finally:
        os.close(descriptor)
        os.unlink(path)
