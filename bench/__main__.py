"""`make bench`: measures, prints one table, and exits 1 where a promised ratio is missed.

`python -m bench graphs opening` measures these sections alone.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache

import httpx

from . import appending, crowd, graphs, live, opening, painting, panning, recovering, scrubbing, serving
from .fresh import Gone, drawer, measured
from .row import Row

MIB = 2**20
PAIRS = 5
EXPRESSIONS = 100
WATCHERS, CROWD = 1_000, 400
Served = tuple[httpx.Client, int, int]
"""A client of a server, and the ids of its web and agent process."""
FIVE = ("14_numpy_by_hand", "15_torch_by_hand", "16_torch_autograd", "17_nn_sequential", "18_nn_module_adam")
PEER_GRAPHS = {"expr": 3, "mlp": 3, "resnet18": 1, "bert_base": 1}
"""How many times each is measured: small ones vary more."""


def main(asked: Sequence[str]) -> int:
    """The exit status: 0 where every promise was kept, 2 where a section is asked for that there is not."""
    with ExitStack() as opened:
        sections = _sections(cache(lambda: opened.enter_context(serving.server())))
        unknown = sorted(set(asked) - set(sections))
        if unknown:
            print(f"There is no section {', '.join(unknown)}. There are {', '.join(sections)}.", file=sys.stderr)
            return 2
        return _measured({name: rows for name, rows in sections.items() if not asked or name in asked})


def _sections(served: Callable[[], Served]) -> dict[str, Callable[[], Iterator[Row]]]:
    """The rows by the name they can be asked for; the server is started for the first that needs it."""
    return {
        "graphs": graphs.rows,
        "opening": opening.rows,
        "peers": peers,
        "training": training,
        "replaying": replaying,
        "reporting": reporting,
        "server": lambda: server(*served()),
        "watching": lambda: watching(served()[0]),
        "crowding": lambda: crowding(*served()[:2]),
        "recovering": recovering.rows,
        "scrubbing": lambda: scrubs(_address(served)),
        "panning": lambda: panning.rows(_address(served)),
        "painting": lambda: painting.rows(_address(served)),
    }


def _measured(sections: Mapping[str, Callable[[], Iterator[Row]]]) -> int:
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    print("CPU time of fresh processes, medians; each graph is walked for the first time, by code that is warm")
    print(f"torchviz and torchview draw with {drawer()}\n")
    begun, missed = time.monotonic(), 0
    took: list[str] = []
    for name, rows in sections.items():
        began = time.monotonic()
        for row in rows():
            verdict = {True: "ok", False: "MISSED", None: ""}[row.passed]
            print(f"{row.what:<58} {row.figure:<46} {row.bar:<10} {verdict}", flush=True)
            missed += row.passed is False
        took.append(f"{name} {time.monotonic() - began:.0f} s")
    print(f"\n{', '.join(took)}")
    print(f"{missed} missed in {time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.2f}")
    return 1 if missed else 0


def _address(served: Callable[[], Served]) -> str:
    return str(served()[0].base_url)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"


def _median(name: str, workload: str, times: int) -> float | Gone:
    """The median over fresh processes; a peer that gave up once is not asked again."""
    figures: list[float] = []
    for _ in range(times):
        figure = measured(name, workload)
        if isinstance(figure, Gone):
            return figure
        figures.append(figure)
    return statistics.median(figures)


def peers() -> Iterator[Row]:
    """torchviz's make_dot against our walk, on each graph that both can do."""
    for workload, times in PEER_GRAPHS.items():
        peer = _median("walk_torchviz", workload, times)
        ours = _median("walk_ours", workload, times)
        what = f"torchviz make_dot / our walk, {workload}"
        if isinstance(peer, Gone) or isinstance(ours, Gone):
            mine = ours.why if isinstance(ours, Gone) else _ms(ours)
            theirs = peer.why if isinstance(peer, Gone) else _ms(peer)
            yield Row(what, f"torchviz: {theirs}; ours: {mine}", "", None)
            continue
        yield Row(what, f"{peer / ours:.1f}x ({_ms(peer)} / {_ms(ours)})", ">= 10x", peer / ours >= 10)


def training() -> Iterator[Row]:
    """A training step with everything on against the plain one, in pairs."""
    ratios = []
    for _ in range(PAIRS):
        plain, observed = measured("training", "plain"), measured("training", "observed")
        ratios.append(observed / plain)
    ratio = statistics.median(ratios)
    yield Row(
        "a training step observed / plain", f"{ratio:.2f}x ({_ms(observed)} / {_ms(plain)})", "<= 1.6x", ratio <= 1.6
    )


def replaying() -> Iterator[Row]:
    """What a recorded backward costs, and a whole training with everything explained."""
    node_us = statistics.median(measured("recording") for _ in range(3)) * 1e6
    yield Row("snapshot and record of a 5,000-node backward, per node", f"{node_us:.1f} µs", "<= 15 µs", node_us <= 15)
    off_s, on_s = measured("unrecorded")
    figure = f"{on_s / off_s:.2f}x ({_ms(on_s)} / {_ms(off_s)})"
    yield Row("a step not recorded / recording switched off", figure, "<= 1.05x", on_s / off_s <= 1.05)
    pairs = [measured("explained") for _ in range(3)]
    ratio = statistics.median(observed / plain for plain, observed in pairs)
    figure = f"{ratio:.2f}x ({_ms(statistics.median(plain for plain, _ in pairs))} plain)"
    yield Row("a training of 500 steps, explained / plain", figure, "<= 1.7x", ratio <= 1.7)


def server(client: httpx.Client, web: int, agent: int) -> Iterator[Row]:
    """Latency against a bare fork, and memory."""
    ours, bare = serving.latencies(client, EXPRESSIONS)
    ratio = statistics.median(ours) / statistics.median(bare)
    p95 = statistics.quantiles(ours, n=20)[-1]
    figure = f"{ratio:.2f}x ({statistics.median(ours):.1f} / {statistics.median(bare):.1f} ms, p95 {p95:.1f} ms)"
    yield Row("POST /api/expressions / bare fork and run, wall", figure, "<= 2x", ratio <= 2)
    private = serving.private_bytes_of_a_run(client, agent)
    figure = "not readable by this user" if private is None else f"{private / MIB:.1f} MiB"
    yield Row("a run adds private memory", figure, "< 30 MiB", None if private is None else private < 30 * MIB)
    resident = serving.resident_bytes(web)
    yield Row("web process, resident", f"{resident / MIB:.1f} MiB", "< 100 MiB", resident < 100 * MIB)
    torch = serving.holds_torch(web)
    yield Row("web process holds torch", "yes" if torch else "no", "no", not torch)


def scrubs(address: str) -> Iterator[Row]:
    """Whether the slider of a replay keeps 60 frames a second."""
    told = scrubbing.frames_ms(address)
    if told is None:
        yield Row("scrubbing a replay", "no browser", "60 fps", None)
        return
    drawn, frames = told
    fps = round(1000 / statistics.median(frames))
    figure = f"{fps} fps (p95 {statistics.quantiles(frames, n=20)[-1]:.0f} ms a frame)"
    yield Row(f"scrubbing a replay of {drawn} drawn nodes", figure, "60 fps", fps >= 60)


def watching(client: httpx.Client) -> Iterator[Row]:
    """How old a step is when its viewers see it, at 10,000 steps a second; and a curve of a million points."""
    for viewers, bar_ms in ((1, 100), (200, 300)):
        age_ms = live.p95(live.ages_ms(client, viewers))
        yield Row(f"step to viewer, p95, {viewers} watching", f"{age_ms:.0f} ms", f"< {bar_ms} ms", age_ms < bar_ms)
    answered_s, painted_s = live.million(client)
    figure = f"answered in {answered_s * 1000:.0f} ms"
    if painted_s:
        first_s, again_s = painted_s
        figure = f"{again_s:.2f} s ({figure}; {first_s:.2f} s while the chart's library loads)"
    passed = painted_s[1] < 1 if painted_s else None
    yield Row("a curve of 1,000,000 points, request to first paint", figure, "< 1 s", passed)


def crowding(client: httpx.Client, web: int) -> Iterator[Row]:
    """What one server answers in time while others train and watch, and what one more watcher takes."""
    base = str(client.base_url)
    served = crowd.crowd(base)
    kept = [each for each in served if each.kept]
    for each in served:
        figure = f"p95 {each.p95_ms:.0f} ms of {len(each.took_ms)}" + (f", {each.refused} refused" * bool(each.refused))
        yield Row(f"{each.rate:g} expressions a second, 2 trainings, 20 watchers", figure, "", None)
    best = f"{kept[-1].rate:g} a second" if kept else f"fewer than {crowd.RATES[0]} a second"
    yield Row("expressions answered within 300 ms (p95)", best, "", None)
    run = client.post("/api/runs", json={"source": "import time\nwhile True:\n    time.sleep(1)"}).json()
    each_bytes = crowd.idle_bytes(base, run["events"], WATCHERS, lambda: serving.resident_bytes(web))
    client.post(f"{run['url']}/stop")
    yield Row(f"one of {WATCHERS:,} idle watchers takes", f"{each_bytes / 1024:.1f} KiB", "", None)
    age_ms = live.p95(live.ages_ms(client, CROWD))
    yield Row(f"step to viewer, p95, {CROWD} watching", f"{age_ms:.0f} ms", "", None)


def reporting() -> Iterator[Row]:
    """A loop that reports every step against the same that doesn't, the article's five, and the record."""
    pairs = [measured("logging") for _ in range(PAIRS)]
    slower = statistics.median(reported / bare for bare, reported in pairs) - 1
    step = f"{statistics.median(bare for bare, _ in pairs) * 1e6:.0f} µs"
    yield Row(
        "log() at 10,000 steps a second slows a loop by", f"{slower:.1%} (a step of {step})", "<= 3%", slower <= 0.03
    )
    for slug in FIVE:
        plain, observed = measured("five", slug)
        ratio = observed / plain
        figure = f"{ratio:.2f}x ({_ms(plain)} plain)"
        yield Row(f"{slug} as a run / plain", figure, "<= 1.25x", ratio <= 1.25)
    figures = [(appending.measured("ours"), appending.measured("tensorboard")) for _ in range(3)]
    ratio = statistics.median(ours / peer for ours, peer in figures)
    ours, peer = (statistics.median(column) for column in zip(*figures, strict=True))
    figure = f"{ratio:.0f}x ({ours:,.0f} / {peer:,.0f} a second)"
    yield Row("points into the record / TensorBoard's add_scalar", figure, ">= 10x", ratio >= 10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
