"""The tables: every number stands for one call, on both machines."""

import platform

import pytest

from app.child.syscalls import ALLOWED, AUDIT_ARCH, NEWEST, NUMBERS


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_no_two_calls_share_a_number_and_none_is_newer_than_the_newest(machine: str) -> None:
    numbers = NUMBERS[machine]
    assert len(set(numbers.values())) == len(numbers)
    assert max(numbers.values()) <= NEWEST


def test_both_machines_have_the_calls_no_program_does_without() -> None:
    needed = {"read", "write", "mmap", "munmap", "brk", "futex", "exit_group", "openat", "prlimit64", "getrandom"}
    assert all(needed <= set(numbers) for numbers in NUMBERS.values())
    assert set(AUDIT_ARCH) == set(NUMBERS)


def test_nothing_that_makes_processes_files_or_connections_is_allowed() -> None:
    never = "clone fork vfork execve execveat socket connect memfd_create unlink rename mkdir chmod ptrace bpf mount"
    assert not set(ALLOWED) & set(never.split())


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these four numbers are x86_64's")
def test_numbers_are_those_of_this_kernel() -> None:
    assert [NUMBERS["x86_64"][name] for name in ("read", "getpid", "openat", "clone3")] == [0, 39, 257, 435]
