"""A process that writes runs as fast as it can and says what was acknowledged, until it is killed."""

import asyncio
import os
import sys

from app.store import Writer
from tests.store.told import record, scalars, started


def main(url: str) -> None:
    def committed(news: dict[str, int]) -> None:
        os.write(1, "".join(f"{run_id} {seq}\n" for run_id, seq in news.items()).encode())

    writer = Writer(url, committed=committed, failed=print, recovered=print)
    writer.open()
    runs = [f"run{number}-{os.getpid()}" for number in range(3)]
    for run_id in runs:
        writer.create(record(run_id))
        writer.append(run_id, 1, "started", started(run_id))
    seq = 1
    while True:
        seq += 1
        for run_id in runs:
            writer.append(run_id, seq, "scalars", scalars([seq], [1.0 / seq]))
        if seq % 20 == 0:
            asyncio.run(writer.settled())


if __name__ == "__main__":
    main(sys.argv[1])
