"""`make soak`: what typing does to a server in eight hours, as quickly as it answers: 100,000 expressions.

Prints memory, processes and descriptors as it goes, writes the last figures beside this file, and exits 1 where memory
grew, or a process or a descriptor was left. The web process keeps what was typed for ten minutes, up to 128 MiB: until
that is full its memory grows as it should, so growth is judged over the second half.
"""

import argparse
import asyncio
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from . import serving
from .crowd import typed

AT_ONCE = 4
LOOKS = 40
MIB = 2**20
GROWTH = 1.05
"""Memory in the last quarter may be this much of that in the third."""
ODD = (
    "while True: pass",
    "import os; os._exit(3)",
    "x = torch.ones(2**30)",
    "print('x' * 3_000_000)",
    "import ctypes; ctypes.string_at(0)",
    "raise ValueError('Ä' * 1000)",
)
"""Programs that end badly, now and then among the others; the first runs into its limit."""
KEPT = Path(__file__).with_name("SOAK.md")


@dataclass(frozen=True)
class Look:
    """A server at one moment: resident bytes and descriptors of each of its processes, and how many children it has."""

    done: int
    seconds: float
    resident: dict[str, int]
    descriptors: dict[str, int]
    children: int


def look(done: int, begun: float, parts: dict[str, int]) -> Look:
    """The server now."""
    return Look(
        done,
        time.monotonic() - begun,
        {name: serving.resident_bytes(pid) for name, pid in parts.items()},
        {name: len(os.listdir(f"/proc/{pid}/fd")) for name, pid in parts.items()},
        len(serving.children(parts["zygote"])),
    )


async def soak(base: str, parts: dict[str, int], count: int) -> list[Look]:
    """Looks at the server while it answers so many expressions."""
    dice, sources = random.Random(1), typed()
    begun = time.monotonic()
    left = iter(range(count))
    done = 0
    looks = [look(0, begun, parts)]

    async def type_on(client: httpx.AsyncClient) -> None:
        nonlocal done
        for number in left:
            source = ODD[number // 500 % len(ODD)] if number % 500 == 499 else dice.choice(sources)
            answer = await client.post("/api/expressions", json={"source": source})
            assert answer.status_code == 200, answer.text
            done += 1
            if done % max(1, count // LOOKS) == 0:
                looks.append(look(done, begun, parts))
                print(line(looks[-1]), flush=True)

    async with httpx.AsyncClient(base_url=base, timeout=None) as client:
        await asyncio.gather(*[type_on(client) for _ in range(AT_ONCE)])
    return looks


def line(one: Look) -> str:
    """A look in one row of a table."""
    memory = " | ".join(f"{size / MIB:.1f}" for size in one.resident.values())
    descriptors = " | ".join(str(number) for number in one.descriptors.values())
    return f"| {one.done:,} | {one.seconds:.0f} | {memory} | {descriptors} | {one.children} |"


def faults(looks: Sequence[Look]) -> list[str]:
    """What grew that should not have."""
    quarter = len(looks) // 4
    third, last = looks[2 * quarter : 3 * quarter], looks[3 * quarter :]
    found = []
    for name in looks[0].resident:
        before, after = (statistics.median(each.resident[name] for each in part) for part in (third, last))
        if after > GROWTH * before:
            found.append(f"the memory of {name} grew from {before / MIB:.1f} to {after / MIB:.1f} MiB")
        early, late = looks[1].descriptors[name], looks[-1].descriptors[name]
        if late > early + AT_ONCE:
            found.append(f"{name} has {late} descriptors instead of {early}")
    if looks[-1].children > AT_ONCE:
        found.append(f"{looks[-1].children} children are left")
    return found


def report(looks: Sequence[Look], count: int, found: Sequence[str]) -> str:
    """The figures as a page of this project."""
    rate = count / looks[-1].seconds
    names = list(looks[0].resident)
    heads = ["done", "s", *[f"{name}, MiB" for name in names], *[f"{name}, descriptors" for name in names], "children"]
    shown = [looks[0], *looks[4::4]]
    return "\n".join(
        [
            "# The last soak",
            "",
            f"`python -m bench.soak --expressions {count}` on {datetime.now(UTC):%Y-%m-%d}: {count:,} expressions in "
            f"{looks[-1].seconds / 60:.1f} minutes, {rate:.1f} a second, {AT_ONCE} at a time, one in 500 of them a "
            "program that ends badly.",
            f"Machine: {os.cpu_count()} cores, {platform.system()} {platform.release()}, {platform.machine()}, Python "
            f"{platform.python_version()}; load average at the end {os.getloadavg()[0]:.2f}.",
            "",
            "| " + " | ".join(heads) + " |",
            "|" + "---|" * len(heads),
            *[line(each) for each in shown],
            "",
            "Nothing grew and nothing was left." if not found else "Found: " + "; ".join(found) + ".",
            "",
        ]
    )


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where memory stayed flat and nothing was left."""
    asked = argparse.ArgumentParser(prog="python -m bench.soak")
    asked.add_argument("--expressions", type=int, default=100_000)
    asked.add_argument("--keep", type=Path, default=KEPT, help="where to write the figures")
    chosen = asked.parse_args(arguments)
    with serving.server() as (client, web, agent):
        parts = {"web": web, "agent": agent, "zygote": serving.children(agent)[0]}
        looks = asyncio.run(soak(str(client.base_url), parts, chosen.expressions))
    found = faults(looks)
    chosen.keep.write_text(report(looks, chosen.expressions, found), encoding="utf-8")
    print(*found or ["nothing grew and nothing was left"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
