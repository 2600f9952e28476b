"""The filter, run by an interpreter of its instructions: both machines' tables, without either kernel."""

import errno
import os
import struct

import pytest

from app.child.seccomp import ALLOW, KILL, REFUSE, build
from app.child.syscalls import ALLOWED, AUDIT_ARCH, NEWEST, NUMBERS

PID = 4711
REFUSED = REFUSE | errno.EPERM
NO_OPEN = REFUSE | errno.EACCES
UNKNOWN = REFUSE | errno.ENOSYS


def decide(code: bytes, number: int, arguments: tuple[int, ...] = (), arch: int = 0) -> int:
    """What the kernel would do: classic BPF over struct seccomp_data."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("=IIQ6Q", number, arch, 0, *padded)
    accumulator = at = 0
    while True:
        operation, if_true, if_false, value = struct.unpack_from("=HBBI", code, 8 * at)
        at += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif operation == 0x06:
            return int(value)
        else:
            holds = {0x15: accumulator == value, 0x25: accumulator > value, 0x45: bool(accumulator & value)}[operation]
            at += if_true if holds else if_false


@pytest.fixture(params=sorted(NUMBERS))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def asked(machine: str, name: str, *arguments: int, opens: bool = True) -> int:
    return decide(build(PID, opens=opens, machine=machine), NUMBERS[machine][name], arguments, AUDIT_ARCH[machine])


def test_every_call_of_the_table_is_allowed(machine: str) -> None:
    present = [name for name in ALLOWED if name in NUMBERS[machine]]
    assert {name: asked(machine, name) for name in present} == dict.fromkeys(present, ALLOW)


def test_files_open_for_reading_and_for_nothing_else(machine: str) -> None:
    flags = [0, os.O_CLOEXEC, os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, 0o20000000]
    answers = [asked(machine, "openat", 0, 0, flag) for flag in flags]
    assert answers == [ALLOW, ALLOW, *[NO_OPEN] * 6]


def test_flags_hidden_in_the_half_the_kernel_ignores_change_nothing(machine: str) -> None:
    assert asked(machine, "openat", 0, 0, (1 << 32) | os.O_RDONLY) == ALLOW
    assert asked(machine, "openat", 0, 0, (1 << 32) | os.O_WRONLY) == NO_OPEN


def test_without_landlock_no_file_opens_at_all(machine: str) -> None:
    assert asked(machine, "openat", 0, 0, os.O_RDONLY, opens=False) == NO_OPEN


def test_a_process_signals_itself_and_nobody_else(machine: str) -> None:
    answers = [asked(machine, name, pid, 9) for name in ("kill", "tgkill") for pid in (PID, 1, 0, 2**32 - 1)]
    assert answers == [ALLOW, REFUSED, REFUSED, REFUSED] * 2


def test_limits_are_read_for_oneself_and_never_set(machine: str) -> None:
    calls = [(0, 7, 0, 1), (1, 7, 0, 1), (0, 7, 4096, 0), (0, 7, 1 << 32, 0)]
    assert [asked(machine, "prlimit64", *call) for call in calls] == [ALLOW, REFUSED, REFUSED, REFUSED]


def test_a_foreign_calling_convention_kills(machine: str) -> None:
    code = build(PID, opens=True, machine=machine)
    assert decide(code, NUMBERS[machine]["read"], arch=0x40000003) == KILL
    assert decide(code, 0x40000000 | NUMBERS[machine]["read"], arch=AUDIT_ARCH[machine]) == KILL


def test_calls_newer_than_the_table_are_unknown_and_the_rest_is_refused(machine: str) -> None:
    code, arch = build(PID, opens=True, machine=machine), AUDIT_ARCH[machine]
    named = set(NUMBERS[machine].values())
    assert {decide(code, number, arch=arch) for number in range(NEWEST + 1, NEWEST + 60)} == {UNKNOWN}
    assert {decide(code, number, arch=arch) for number in range(NEWEST + 1) if number not in named} == {REFUSED}
    assert [asked(machine, name) for name in ("clone3", "openat2")] == [UNKNOWN, UNKNOWN]


def test_dangerous_controls_of_a_descriptor_or_a_process_are_refused(machine: str) -> None:
    f_setown, f_setsig, f_setpipe, tiocsti, pr_set_seccomp = 8, 10, 1031, 0x5412, 22
    calls = [("fcntl", 3, f_setown), ("fcntl", 3, f_setsig), ("fcntl", 3, f_setpipe), ("ioctl", 0, tiocsti)]
    assert [asked(machine, name, *rest) for name, *rest in calls] == [REFUSED] * 4
    assert asked(machine, "prctl", pr_set_seccomp) == REFUSED


def test_a_machine_without_a_table_has_no_filter() -> None:
    with pytest.raises(KeyError):
        build(PID, opens=True, machine="riscv64")
