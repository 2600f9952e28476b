"""Opening groups of large graphs: how long the server takes for the new picture. Each function can be called alone.

Each graph is drawn in a fresh process; there groups chosen at random are opened one after the other, as a reader does
who looks for something: what was opened before stays open. CPU seconds, the engine's processes included: nothing in it
waits, so that they are what a reader waits for on a machine of his own.
"""

import json
import os
import random
import sys
import threading
from collections.abc import Iterator

from .fresh import Gone, measured
from .row import Row

GRAPHS = ("bert_base", "gpt2_small", "rnn", "chain_1m")
OPENINGS = 60
STAY = 5
"""How many of the groups opened before stay open."""
BAR_S = 0.2


def rows() -> Iterator[Row]:
    """The first picture of each graph, and the 95th percentile of opening its groups."""
    for workload in GRAPHS:
        what = f"opening a group of {workload}, p95"
        figures = measured("opened", workload, within="bench.opening")
        if isinstance(figures, Gone):
            yield Row(what, figures.why, "< 200 ms", False)
            continue
        nodes, first, again, middle, late = figures
        told = f"{late * 1000:.0f} ms (p50 {middle * 1000:.0f} ms) of {nodes:,} nodes at hand"
        yield Row(what, told, "< 200 ms", late < BAR_S)
        yield Row(f"picture of {workload}", f"first {first * 1000:.0f} ms, then {again * 1000:.0f} ms", "", None)


def opened(workload: str) -> tuple[int, float, float, float, float]:
    """Nodes at hand; seconds of the first picture and of the same again; the median and the 95th percentile of
    opening a group."""
    from app.draw import Options, draw_svg
    from app.draw.flat import flatten

    from . import drawn

    threading.stack_size(2**20)  # the limits of these processes are for deep graphs: a thread would take a gigabyte
    drawn._warm()
    draw_svg(drawn._described(drawn._Run("resnet18"))[0], Options())
    graph, columns = drawn._described(drawn._Run(workload))

    def seconds(*expand: str) -> float:
        started = drawn._cpu_s()
        draw_svg(graph, Options(expand=expand), columns=columns)
        return drawn._cpu_s() - started

    chance = random.Random(7)
    first, again = seconds(), seconds()
    groups = len((columns or flatten(graph)).parent)
    path: list[str] = []
    taken: list[float] = []
    for _ in range(OPENINGS):
        path = [*path[-STAY:], f"g{chance.randrange(groups)}"]
        taken.append(seconds(*path))
    taken.sort()
    nodes = len(graph.nodes if columns is None else columns.ids)
    return nodes, first, again, taken[OPENINGS // 2], taken[OPENINGS * 95 // 100]


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    print(json.dumps(opened(sys.argv[2])), flush=True, file=sys.__stdout__)
    os._exit(0)  # freeing a deep graph that was walked overflows an ordinary stack
