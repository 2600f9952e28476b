"""The floor of a run's latency: a process with torch warm forks, and the fork runs the text and says it is done.

`python -m bench.warm` answers each line on its input with the wall milliseconds of one such run. No walls, no marks.
"""

import os
import sys
import time

EXAMPLE = """import torch

x = torch.tensor(2., requires_grad=True)
y = x ** 2
z = y + 3
z.backward()
print(x.grad)
"""


def once() -> float:
    """Wall milliseconds from the fork to the last byte of what the run printed."""
    started = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        exec(compile(EXAMPLE, "<user>", "exec"), {"__name__": "__main__"})  # noqa: S102  # the text above
        sys.stdout.flush()
        os.close(writing)
        os.write(1, b"done")
        os._exit(0)
    os.close(writing)
    told = b""
    while not told.endswith(b"done"):
        told += os.read(reading, 65536)
    taken = (time.perf_counter() - started) * 1000
    os.close(reading)
    os.waitpid(child, 0)
    return taken


if __name__ == "__main__":
    from app.child.warm import warm, warm_fewer

    warm(wide=False)
    warm_fewer()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(once(), flush=True)
