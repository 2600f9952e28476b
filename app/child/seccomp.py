"""A seccomp filter as classic BPF: which system calls a confined child may make, with which arguments.

Calls that reach nothing outside the process are allowed; opening, signalling and a few others depend on their
arguments; numbers newer than this table answer ENOSYS, so that the C library falls back; the rest answer EPERM, which
Python shows as PermissionError. Only a foreign calling convention (int 0x80, x32) kills: it would slip past the table.
Knows nothing of files or limits; confine.py loads the filter last.
Source: Linux Documentation/userspace-api/seccomp_filter.rst, include/uapi/linux/{seccomp,filter,audit}.h.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .syscalls import ALLOWED, AUDIT_ARCH, NEWEST, NUMBERS

LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
KILL, ALLOW, REFUSE = 0x80000000, 0x7FFF0000, 0x00050000
OFFSET_NUMBER, OFFSET_ARCH, OFFSET_ARGUMENTS = 0, 4, 16
FOREIGN = 0x40000000
"""Numbers from here on belong to the x32 convention."""
MODE_FILTER = 2
PR_SET_SECCOMP = 22

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000
"""Every open flag that could change something; the last bit is O_TMPFILE's own."""
FCNTL = (0, 1, 2, 3, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC: no F_SETOWN or F_SETSIG, which signal other processes."""
IOCTL = (0x5401, 0x5413, 0x541B, 0x5451, 0x5450)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX, FIONCLEX."""
PRCTL = (2, 3, 15, 16, 21, 23, 39, 41, 42)
"""Reading what the process is, naming a thread; nothing that loosens a wall."""

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class _Program:
    """Instructions laid one after the other; jumps only ever skip the few that follow."""

    code: bytearray = field(default_factory=bytearray)

    def put(self, operation: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.code += struct.pack("=HBBI", operation, if_true, if_false, value)

    def answer(self, number: int, action: int) -> None:
        self.put(JUMP_EQUAL, number, 0, 1)
        self.put(RETURN, action)

    def argument(self, index: int, half: int = 0) -> None:
        """Loads an argument's low half; the kernel reads these as int, so the high half is not part of them."""
        self.put(LOAD, OFFSET_ARGUMENTS + 8 * index + 4 * half)

    def rule(self, number: int, body: Callable[["_Program"], None]) -> None:
        """`body` decides the call `number`, and must end in a return on every path."""
        inner = _Program()
        body(inner)
        self.put(JUMP_EQUAL, number, 0, len(inner.code) // 8)
        self.code += inner.code


def build(pid: int, *, opens: bool, machine: str | None = None) -> bytes:
    """The filter for the process `pid`, as an array of struct sock_filter.

    `opens` allows files to be opened for reading (something else must then say which); False refuses every open.
    Raises: KeyError on a machine without a table.
    """
    machine = machine or platform.machine()
    numbers = NUMBERS[machine]
    program = _Program()
    program.put(LOAD, OFFSET_ARCH)
    program.put(JUMP_EQUAL, AUDIT_ARCH[machine], 1, 0)
    program.put(RETURN, KILL)
    program.put(LOAD, OFFSET_NUMBER)
    program.put(JUMP_ABOVE, FOREIGN - 1, 0, 1)
    program.put(RETURN, KILL)
    for name in ALLOWED:
        if name in numbers:
            program.answer(numbers[name], ALLOW)
    for name, body in _rules(pid, opens).items():
        if name in numbers:
            program.rule(numbers[name], body)
    for name in ("clone3", "openat2"):
        program.answer(numbers[name], REFUSE | errno.ENOSYS)
    program.put(JUMP_ABOVE, NEWEST, 0, 1)
    program.put(RETURN, REFUSE | errno.ENOSYS)
    program.put(RETURN, REFUSE | errno.EPERM)
    return bytes(program.code)


def _rules(pid: int, opens: bool) -> dict[str, Callable[[_Program], None]]:
    return {
        "open": _reading(1) if opens else _closed,
        "openat": _reading(2) if opens else _closed,
        "kill": _one_of(0, [pid]),
        "tgkill": _one_of(0, [pid]),
        "fcntl": _one_of(1, FCNTL),
        "ioctl": _one_of(1, IOCTL),
        "prctl": _one_of(0, PRCTL),
        "prlimit64": _own_limits,
    }


def _one_of(index: int, values: Iterable[int]) -> Callable[[_Program], None]:
    def body(program: _Program) -> None:
        program.argument(index)
        for value in values:
            program.answer(value, ALLOW)
        program.put(RETURN, REFUSE | errno.EPERM)

    return body


def _reading(index: int) -> Callable[[_Program], None]:
    def body(program: _Program) -> None:
        program.argument(index)
        program.put(JUMP_ANY_BIT, WRITING, 0, 1)
        program.put(RETURN, REFUSE | errno.EACCES)
        program.put(RETURN, ALLOW)

    return body


def _closed(program: _Program) -> None:
    program.put(RETURN, REFUSE | errno.EACCES)


def _own_limits(program: _Program) -> None:
    """Reading the caller's own limits: pid 0 and no new limit (a pointer, so both its halves count)."""
    for index, half in ((0, 0), (2, 0), (2, 1)):
        program.argument(index, half)
        program.put(JUMP_EQUAL, 0, 1, 0)
        program.put(RETURN, REFUSE | errno.EPERM)
    program.put(RETURN, ALLOW)


class _SockFprog(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def load(code: bytes) -> None:
    """Puts the filter on the calling process, for good. Needs no_new_privs. Raises: OSError."""
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _SockFprog(len(code) // 8, ctypes.addressof(buffer))
    if _libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the seccomp filter was not accepted: {os.strerror(number)}")


def offered() -> bool:
    """Whether this kernel and machine take such a filter; asks without loading one."""
    if platform.machine() not in NUMBERS or struct.calcsize("P") != 8:
        return False
    _libc.prctl(PR_SET_SECCOMP, MODE_FILTER, None, 0, 0)
    return ctypes.get_errno() == errno.EFAULT
