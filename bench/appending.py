"""Points per second into the record, against TensorBoard's event file, both safe from a crash of their process."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.events import Preset, Scalars, encode
from app.store import Record, Writer

FRAMES, FRAME = 400, 500
"""Ten thousand steps a second come in frames of 500 points."""
PEER_POINTS = 20_000


def ours(folder: Path) -> float:
    """Points per second, from the first line appended until the last one is on record."""
    writer = Writer(
        f"sqlite:///{folder}/runs.sqlite", committed=lambda runs: None, failed=_raise, recovered=lambda: None
    )
    writer.open()
    writer.create(Record(id="run", preset=Preset.TRAINING, source="", created_at="2026-01-01T00:00:00.000Z"))
    lines = [_line(number * FRAME) for number in range(FRAMES)]
    started = time.perf_counter()
    for number, line in enumerate(lines, 1):
        writer.append("run", number, Scalars.type, line)
    writer.close()
    return FRAMES * FRAME / (time.perf_counter() - started)


def tensorboard(folder: Path) -> float:
    """Points per second of SummaryWriter.add_scalar, until all of them are in its file."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder))
    started = time.perf_counter()
    for step in range(PEER_POINTS):
        writer.add_scalar("loss", 1 / (step + 1), step)
    writer.flush()
    taken = time.perf_counter() - started
    writer.close()
    return PEER_POINTS / taken


def measured(which: str) -> float:
    """Points per second, in a process of its own."""
    command = [sys.executable, "-m", "bench.appending", which]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def _line(first: int) -> bytes:
    steps = tuple(range(first, first + FRAME))
    values = tuple(1 / (step + 1) for step in steps)
    return encode(
        Scalars(tag="loss", origin="log", step=steps, value=values, wall_ms=tuple(step / 10 for step in steps))
    )


def _raise(error: Exception) -> None:
    raise error


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps({"ours": ours, "tensorboard": tensorboard}[sys.argv[1]](Path(made))))
