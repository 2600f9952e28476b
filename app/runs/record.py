"""`python -m app.runs.record EXAMPLES RECORDINGS`: runs the examples behind the walls, keeps what they told.

The recordings are played where no program may run. Knows nothing of HTTP.
"""

import asyncio
import sys
from pathlib import Path

from ..events import DEFAULT_LIMITS, Preset, RunRequest
from .example import title_and_source
from .local import LocalRunner


async def record(examples: Path, recordings: Path) -> int:
    """Writes one recording for each example; gives their number."""
    runner = LocalRunner()
    await runner.start()
    recordings.mkdir(exist_ok=True)
    paths = sorted(examples.glob("*.py"))
    for path in paths:
        _, source = title_and_source(path.read_text("utf-8"), path.stem)
        request = RunRequest(source=source, preset=Preset.TRAINING, limits=DEFAULT_LIMITS[Preset.TRAINING])
        lines = [line async for _, line in runner.run(path.stem, request)]
        (recordings / f"{path.stem}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    await runner.close()
    return len(paths)


if __name__ == "__main__":
    print(f"{asyncio.run(record(Path(sys.argv[1]), Path(sys.argv[2])))} runs recorded")
