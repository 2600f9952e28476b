"""The walls around one child, put up in an order that cannot be undone, before the first character of user code runs.

Resource limits, another user where we are root, no_new_privs, Landlock, seccomp. Any failure raises, and the caller
must then exit without running anything. Knows nothing of what runs inside, nor of the server.
Source: setrlimit(2), prctl(2), capabilities(7), landlock(7), seccomp(2).
"""

import ctypes
import os
import resource
import signal
import struct
from dataclasses import dataclass, replace

from . import landlock, seccomp
from .depth import STACK_BYTES

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS = 1, 4, 8, 38
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION = 0x20080522
FIRST_UID = 60001
"""A uid of its own for each child alive at once, when the server is root."""


_libc = ctypes.CDLL(None, use_errno=True)


class ConfineError(RuntimeError):
    """A wall could not be put up; nothing may run."""


@dataclass(frozen=True, slots=True)
class Walls:
    """What this machine offers, found once by the zygote.

    `rules` is the Landlock descriptor, None without Landlock: then every open is refused (tier B). `reads_as_root`
    keeps the one capability to read files when the libraries lie in a folder closed to others, such as /root; None
    where not even that would do. `size_bytes` and `data_bytes` are what the zygote occupies by the measures of
    RLIMIT_AS and RLIMIT_DATA, and each child with it.
    """

    rules: int | None
    landlock_abi: int
    reads_as_root: bool | None
    size_bytes: int = 0
    data_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one child may use. `slot` counts the children alive at once, from 0."""

    cpu_s: int
    memory_bytes: int
    slot: int


def confine(walls: Walls, allowance: Allowance, parent: int) -> None:
    """Puts every wall up around the calling process. `parent` must still be its parent at the end.

    Raises: ConfineError or OSError where one wall could not be put up.
    """
    os.chdir("/")
    os.umask(0o077)
    os.nice(10)
    _limit(walls, allowance)
    become_stranger(allowance.slot, bool(walls.reads_as_root) and walls.rules is not None)
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise ConfineError("the zygote is gone")
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if walls.rules is not None:
        landlock.restrict_self(walls.rules, walls.landlock_abi)
        os.close(walls.rules)
    seccomp.load(seccomp.build(os.getpid(), opens=walls.rules is not None))


def hide_memory() -> None:
    """Closes the calling process's memory, environment and descriptors to others of its user."""
    _prctl(PR_SET_DUMPABLE, 0)


def _limit(walls: Walls, allowance: Allowance) -> None:
    """Resource limits, soft = hard, never above the present hard limit."""
    limits = {
        resource.RLIMIT_AS: walls.size_bytes + allowance.memory_bytes,
        resource.RLIMIT_DATA: walls.data_bytes + allowance.memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 64,
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_STACK: STACK_BYTES,
    }
    for kind, value in limits.items():
        value = _clipped(kind, value)
        resource.setrlimit(kind, (value, value))
    soft = _clipped(resource.RLIMIT_CPU, allowance.cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, _clipped(resource.RLIMIT_CPU, soft + 1)))


def _clipped(kind: int, value: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def measured(walls: Walls) -> Walls:
    """The walls with what this process occupies now, from which every child starts."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        fields = dict(line.split(":", 1) for line in status)
    size, data = (int(fields[name].split()[0]) * 1024 for name in ("VmSize", "VmData"))
    return replace(walls, size_bytes=size, data_bytes=data)


def become_stranger(slot: int, reads: bool) -> None:
    """Gives up every capability, and root for a user of its own; `reads` keeps the capability to read files.

    Raises: ConfineError where root has not the right to become another user.
    """
    root = os.geteuid() == 0
    try:
        if root:
            _prctl(PR_SET_KEEPCAPS, int(reads))
            os.setgroups([])
            os.setresgid(*[FIRST_UID + slot] * 3)
            os.setresuid(*[FIRST_UID + slot] * 3)
        _set_capabilities(1 << CAP_DAC_READ_SEARCH if root and reads else 0)
    except OSError as error:
        raise ConfineError(f"root could not become the user {FIRST_UID + slot}: {error.strerror}") from error


def _set_capabilities(mask: int) -> None:
    """Exactly the capabilities in `mask`, effective and permitted, none inheritable."""
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    _checked(_libc.capset(header, struct.pack("=6I", mask, mask, 0, 0, 0, 0)), "capset")


def _prctl(option: int, value: int) -> None:
    _checked(_libc.prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0))), f"prctl {option}")


def _checked(answer: int, what: str) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what} failed: {os.strerror(number)}")
