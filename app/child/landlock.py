"""A Landlock ruleset: which files a confined child may read. It may write none, execute none, reach no network.

Landlock leaves chmod, stat, UDP, UNIX sockets and (before ABI 6) signals alone: seccomp.py refuses those.
Source: Linux Documentation/userspace-api/landlock.rst, include/uapi/linux/landlock.h.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""The same numbers on every architecture."""
READ_FILE, READ_DIR = 1 << 2, 1 << 3
ASK_VERSION = 1
PATH_BENEATH = 1
LOG_SAME_EXEC_OFF = 1
"""Since ABI 7: denials made by a learner's code stay out of the machine's audit log."""

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    return max(0, _call(CREATE_RULESET, None, 0, ASK_VERSION))


def ruleset(readable: Iterable[str], version: int) -> int:
    """A descriptor of rules under which only the folders and files in `readable` may be read.

    Paths that do not exist are skipped. Raises: OSError where the kernel refuses.
    """
    rules = _checked(_call(CREATE_RULESET, _attributes(version), len(_attributes(version)), 0), "create_ruleset")
    for path in readable:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
        _checked(_call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, place), 0), f"add_rule {path}")
        os.close(place)
    return rules


def restrict_self(rules: int, version: int) -> None:
    """Puts the calling process under the rules, for good. Needs no_new_privs. Raises: OSError."""
    _checked(_call(RESTRICT_SELF, rules, LOG_SAME_EXEC_OFF if version >= 7 else 0), "restrict_self")


def _attributes(version: int) -> bytes:
    """struct landlock_ruleset_attr: everything this version can refuse is refused unless a rule grants it."""
    files = (1 << 13) - 1
    files |= (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0) | (1 << 15 if version >= 5 else 0)
    attributes = struct.pack("=Q", files)
    if version >= 4:
        attributes += struct.pack("=Q", 0b11)
    if version >= 6:
        attributes += struct.pack("=Q", 0b11)
    return attributes


def _call(number: int, *arguments: int | bytes | None) -> int:
    """The call's answer, or the negated errno."""
    wide = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    answer = int(_libc.syscall(ctypes.c_long(number), *wide))
    return answer if answer >= 0 else -ctypes.get_errno()


def _checked(answer: int, what: str) -> int:
    if answer < 0:
        raise OSError(-answer, f"Landlock's {what} failed: {os.strerror(-answer)}")
    return answer
