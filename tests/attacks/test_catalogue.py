"""Every attack of the catalogue ends exactly as it must, leaves nothing behind, and the next run is served."""

import os
import platform
from pathlib import Path

import pytest

from app.child.confine import FIRST_UID
from app.runs.local import LocalRunner
from tests.runs.play import Told, gone, open_descriptors, play, spares

from . import (
    doors,
    exhaustion,
    files,
    gigantic,
    injection,
    kernel,
    network,
    processes,
    reporters,
    sharing,
    traces,
    wire,
)
from .attack import Attack

pytestmark = pytest.mark.anyio

FAMILIES = {
    "files": files.ATTACKS,
    "processes": processes.ATTACKS,
    "network": network.ATTACKS,
    "kernel": kernel.ATTACKS,
    "sharing": sharing.ATTACKS,
    "wire": wire.ATTACKS,
    "reporters": reporters.ATTACKS,
    "traces": traces.ATTACKS,
    "doors": doors.ATTACKS,
    "exhaustion": exhaustion.ATTACKS,
    "gigantic": gigantic.ATTACKS,
    "injection": injection.ATTACKS,
} | ({"entries": kernel.ENTRIES} if platform.machine() == "x86_64" else {})
CATALOGUE = {f"{family}: {name}": attack for family, attacks in FAMILIES.items() for name, attack in attacks.items()}
CALL_AGAIN = "print(torch.ones(2).sum().item())"
STRANGERS = range(FIRST_UID, FIRST_UID + 100)
"""The users that children are, where the server is root."""
LEFT_IN = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue")


def test_the_catalogue_is_as_large_as_promised() -> None:
    assert len(CATALOGUE) >= 160
    assert len(CATALOGUE) == sum(map(len, FAMILIES.values()))


@pytest.mark.parametrize("name", CATALOGUE)
async def test_an_attack_ends_as_it_must_and_leaves_nothing(runner: LocalRunner, name: str) -> None:
    attack = CATALOGUE[name]
    if attack.before is not None:
        await play(runner, attack.before)
    descriptors = open_descriptors()
    told = await play(runner, attack.source, **attack.limits)
    assert told.outcome == attack.outcome, (told.finished, told.raised, told.complained)
    assert attack.says in said(attack, told), said(attack, told)
    assert attack.printed in (None, told.printed)
    assert (await play(runner, CALL_AGAIN)).printed == "2.0\n"
    assert descriptors == open_descriptors()
    assert left_behind(runner) == []


def said(attack: Attack, told: Told) -> str:
    """What the exception says, where one was expected; else the outcome's sentence."""
    if attack.outcome == "exception" and told.raised is not None:
        return told.raised[: len(attack.says)]
    return told.finished.detail


def left_behind(runner: LocalRunner) -> list[str]:
    """Processes of the zygote's but the next child, files, shared memory, semaphores and queues of a program's making."""
    assert runner.zygote_pid is not None
    left = [f"process {pid}" for pid in spares(runner.zygote_pid)[1:] if not gone([pid])]
    for folder in LEFT_IN:
        entries = Path(folder).iterdir() if Path(folder).is_dir() else ()
        left += [str(entry) for entry in entries if files.HERE in entry.name or owner(entry) in STRANGERS]
    for kind in ("shm", "sem", "msg"):
        rows = [line.split() for line in Path("/proc/sysvipc", kind).read_text().splitlines()]
        left += [f"{kind} {row[0]}" for row in rows[1:] if int(row[0]) == kernel.KEY]
    return left


def owner(entry: Path) -> int | None:
    """Who owns it; the self-test's own file, planted for its child, may be gone by now."""
    try:
        return None if entry.name.startswith("gradwalk-selftest-") else os.lstat(entry).st_uid
    except FileNotFoundError:
        return None
