"""Rows on large graphs: the walk against a bare traversal, memory, and first pictures beside those of the peers.

Each peer draws in a process of its own with a minute and four gigabytes. Each function can be called alone.
"""

import os
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from .fresh import Gone, measured
from .row import Row

PAIRS = 3
DRAWN = ("mlp", "resnet18", "bert_base", "gpt2_small", "rnn", "ladder", "chain_100k", "chain_1m")
MODULES = ("mlp", "resnet18", "bert_base", "gpt2_small", "rnn")
"""What torchview can be asked for: a module, and what goes in."""
JUDGED = ("bert_base", "gpt2_small")
TIMES = 2
WITHIN = "bench.drawn"


def rows() -> Iterator[Row]:
    """All of them."""
    yield from walks()
    yield from memory()
    yield from pictures()


def walks() -> Iterator[Row]:
    """Our walk against the bare traversal, in pairs; and our groups."""
    for workload, pairs in (("chain_100k", PAIRS), ("chain_1m", 1)):
        ratios, ours = [], []
        for _ in range(pairs):
            floor, whole = measured("walk_floor", workload), measured("walk_ours", workload)
            if isinstance(floor, Gone) or isinstance(whole, Gone):
                yield Row(f"walk of {workload} / bare traversal", f"{floor}; {whole}", "<= 2x", False)
                return
            ours.append(whole)
            ratios.append(whole / floor)
        ratio = statistics.median(ratios)
        figure = f"{ratio:.2f}x ({_s(statistics.median(ours))})"
        yield Row(f"walk of {workload} / bare traversal", figure, "<= 2x", ratio <= 2)
    for workload in ("bert_base", "rnn", "chain_1m"):
        yield Row(f"walk and groups of {workload}", _told(measured("groups_ours", workload, within=WITHIN)), "", None)


def memory() -> Iterator[Row]:
    """Bytes a node in the child and in the record."""
    for workload in ("rnn", "chain_1m"):
        figures = measured("memory", workload, within=WITHIN)
        if isinstance(figures, Gone):
            yield Row(f"memory per node, {workload}", figures.why, "", None)
            continue
        graph, reading, record = figures
        figure = f"torch's {graph:,.0f} B, ours at most {reading:,.0f} B more, {record:.1f} B in the record"
        yield Row(f"memory per node, {workload}", figure, "", None)


def pictures() -> Iterator[Row]:
    """From a graph to its first picture: ours, torchviz with dot, and torchview with dot."""
    peers = _unjudged()
    for workload in DRAWN:
        times = TIMES if workload in JUDGED else 1
        ours = _median("picture_ours", workload, times)
        torchviz = peers.get(("torchviz", workload)) or _median("picture_torchviz", workload, times)
        torchview = None
        if workload in MODULES:
            torchview = peers.get(("torchview", workload)) or _median("picture_torchview", workload, 1)
        figure = f"{_told(ours)}; torchviz {_told(torchviz)}"
        figure += f", torchview {_told(torchview)}" if torchview is not None else ""
        yield _judged(workload, ours, torchviz, figure)
        if workload in JUDGED:
            wire = _told(_median("wire_ours", workload, 1))
            yield Row(f"the event of {workload}, from child to server", f"{wire} besides", "", None)


def _judged(workload: str, ours: float | Gone, torchviz: float | Gone, figure: str) -> Row:
    """The row of a first picture; what gave no figure has no ratio."""
    what, is_judged = f"first picture of {workload}", workload in JUDGED
    bar = ">= 8x" if is_judged else ""
    if isinstance(ours, Gone) or isinstance(torchviz, Gone):
        return Row(what, figure, bar, False if isinstance(ours, Gone) or is_judged else None)
    ratio = torchviz / ours
    return Row(what, f"{ratio:.1f}x ({figure})", bar, ratio >= 8 if is_judged else None)


def _unjudged() -> dict[tuple[str, str], float | Gone]:
    """The peers' figures that no bar hangs on, by peer and workload: most end at their limit, so as many at once as
    there are cores."""
    asked = [("torchviz", workload) for workload in DRAWN if workload not in JUDGED]
    asked += [("torchview", workload) for workload in MODULES]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda each: measured(f"picture_{each[0]}", each[1], within=WITHIN), asked)
        return dict(zip(asked, found, strict=True))


def _median(name: str, workload: str, times: int) -> float | Gone:
    """The median over fresh processes; what gave up once is not asked again."""
    figures: list[float] = []
    for _ in range(times):
        figure = measured(name, workload, within=WITHIN)
        if isinstance(figure, Gone):
            return figure
        figures.append(figure)
    return statistics.median(figures)


def _told(figure: float | Gone) -> str:
    return figure.why if isinstance(figure, Gone) else _s(figure)


def _s(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
