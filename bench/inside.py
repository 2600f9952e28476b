"""What runs in the fresh processes: one figure each, printed as JSON. CPU seconds unless a name says otherwise.

Each walk is of a graph that nobody looked at before, by code that has walked another one: as in a forked run, whose
zygote has rehearsed.
"""

import gc
import io
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from app.autograd import Recorder, walk
from app.events import Recording
from app.runs.example import title_and_source
from tests.data import workloads

SMALL = ("expr", "mlp")
NOTHING = Recording(backwards=0)
MANY = 20
"""A walk of a few nodes is too short to be timed alone."""
STEPS = 300
ROUNDS = 8


def cpu_s(work: Callable[[], Any]) -> float:
    """CPU seconds of one call, the cyclic collector off."""
    gc.disable()
    started = time.process_time()
    kept = work()
    taken = time.process_time() - started
    del kept
    return taken


def each_s(workload: str, work: Callable[[Any, Any], Any]) -> float:
    """CPU seconds of `work` on a graph's root and names; of small graphs the mean over many, each met once."""
    work(*workloads.mlp())
    graphs = [workloads.WORKLOADS[workload]() for _ in range(MANY if workload in SMALL else 1)]
    return cpu_s(lambda: [work(loss, named) for loss, named in graphs]) / len(graphs)


def walk_floor(workload: str) -> float:
    """The bare traversal over next_functions of a graph that nobody looked at before."""
    return each_s(workload, lambda loss, _: workloads.walk(loss.grad_fn))


def walk_ours(workload: str) -> float:
    """Our walk of such a graph, with every node's name and every edge."""

    def whole(loss: Any, _: Any) -> Any:
        walked = walk([loss.grad_fn])
        return walked, walked.names()

    return each_s(workload, whole)


def walk_torchviz(workload: str) -> float:
    """torchviz's make_dot of such a graph: the picture's text, not yet laid out."""
    from torchviz import make_dot

    return each_s(workload, lambda loss, named: make_dot(loss, params=named))


TRAINING = f"""
import time
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(16, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(),
                            torch.nn.Linear(64, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 16), torch.randn(64, 1)
taken = []
for _ in range({ROUNDS}):
    started = time.process_time()
    for _ in range({STEPS}):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    taken.append((time.process_time() - started) / {STEPS})
"""


def training(observed: str) -> float:
    """The median CPU seconds of one training step of a small network, plain or with everything on."""
    import torch._dynamo  # the first optimizer step would import it

    top: dict[str, Any] = {"torch": torch}
    if observed == "plain":
        exec(compile(TRAINING, "<user>", "exec"), top)  # noqa: S102  # the text above
    else:
        top = _executed(TRAINING)
    return float(sorted(top["taken"])[ROUNDS // 2])


CHAIN = 5_000
TIMES = 7


def recording() -> float:
    """CPU seconds per node of a long chain's snapshot and recorded backward, beside the engine's own."""
    return max(0.0, min(_chain_s(recorded=True) for _ in range(TIMES)) - min(_chain_s() for _ in range(TIMES))) / CHAIN


def _chain_s(*, recorded: bool = False) -> float:
    value = torch.ones(8, requires_grad=True)
    for _ in range(CHAIN):
        value = value * 1.0001
    root = value.sum()
    return cpu_s(lambda: _recorded(root) if recorded else root.backward())


def _recorded(root: Any) -> Any:
    walked = walk([root.grad_fn])
    recorder = Recorder(
        walked, [(root.grad_fn, 0, torch.ones(()))], nodes=len(walked.order), numbers=8 * len(walked.order)
    )
    recorder.hook()
    try:
        root.backward()
    finally:
        recorder.unhook()
    return recorder.steps(), recorder.changes()


EACH_STEP = (
    TRAINING.partition("taken = []")[0]
    + f"""
taken = []
for _ in range({ROUNDS * STEPS}):
    started = time.process_time()
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    taken.append(time.process_time() - started)
"""
)


def unrecorded() -> tuple[float, float]:
    """The median CPU seconds of a step where nothing is recorded, and where few of so many backwards are, in turn."""
    import torch._dynamo  # noqa: F401  # the first optimizer step would import it

    figures: list[tuple[float, float]] = []
    for _ in range(5):
        pair = [sorted(_executed(EACH_STEP, each)["taken"]) for each in (NOTHING, Recording())]
        figures.append((pair[0][len(pair[0]) // 2], pair[1][len(pair[1]) // 2]))
    return sorted(figures, key=lambda each: each[1] / each[0])[len(figures) // 2]


EXPLAINED = TRAINING.replace(f"range({ROUNDS})", "range(1)").replace(f"range({STEPS})", "range(500)")


def explained() -> tuple[float, float]:
    """CPU seconds of a training of 500 steps: plain, and with all that a run is told of it, in turn.

    In a process as warm as the one that a run is forked from.
    """
    return _in_turn(EXPLAINED)


def _write(descriptor: int, line: bytes) -> None:
    os.write(descriptor, line)


LOGGING = """
import time

work = range({rounds})
unreported, reported = [], []
for _ in range({times}):
    started = time.process_time()
    for step in range({steps}):
        loss = float(sum(work))
    unreported.append((time.process_time() - started) / {steps})
    started = time.process_time()
    for step in range({steps}):
        loss = float(sum(work))
        log(step, loss=loss)
    reported.append((time.process_time() - started) / {steps})
"""
STEP_S = 1e-4
LOGGED_STEPS, LOGGED_TIMES = 2000, 15
FIVE_TIMES = 7


def logging() -> tuple[float, float]:
    """CPU seconds of a step of 100 microseconds of work, unreported and reported by `log`, in turn in one child."""
    told = _executed(LOGGING.format(rounds=_rounds(), steps=LOGGED_STEPS, times=LOGGED_TIMES))
    ratios = [slow / bare for bare, slow in zip(told["unreported"], told["reported"], strict=True)]
    bare = sorted(told["unreported"])[LOGGED_TIMES // 2]
    return bare, bare * sorted(ratios)[LOGGED_TIMES // 2]


def _rounds() -> int:
    """How much `work` takes a step's time on this machine now."""
    top: dict[str, Any] = {}
    unreported = LOGGING.format(rounds=1000, steps=500, times=9).replace("log(step, loss=loss)", "pass")
    exec(compile(unreported, "<user>", "exec"), top)  # noqa: S102  # the text above
    return int(1000 * STEP_S / sorted(top["unreported"])[4])


def five(slug: str) -> tuple[float, float]:
    """CPU seconds of one of the article's five, as it stands: plain, and as a run under `training`, in turn.

    In a process as warm as the one that a run is forked from; both draw the figure that plt.show() shows.
    """
    text = Path("static", "examples", f"{slug}.py").read_text("utf-8")
    return _in_turn(title_and_source(text, slug)[1])


def _in_turn(source: str) -> tuple[float, float]:
    """CPU seconds of a source, plain and as a run; the second is the first times the median ratio."""
    import matplotlib.pyplot as plt

    from app.child.rehearse import rehearse
    from app.child.warm import warm, warm_fewer

    warm(wide=False)
    warm_fewer()
    rehearse()
    plt.switch_backend("Agg")
    vars(plt)["show"] = _drawn
    code = compile(source, "<user>", "exec")
    plain, observed = [], []
    for _ in range(FIVE_TIMES):
        started = time.process_time()
        exec(code, {"__name__": "__main__", "torch": torch})  # noqa: S102  # the article's own text, or that above
        between = time.process_time()
        _executed(source)
        plain.append(between - started)
        observed.append(time.process_time() - between)
    bare = sorted(plain)[FIVE_TIMES // 2]
    ratios = [slow / quick for quick, slow in zip(plain, observed, strict=True)]
    return bare, bare * sorted(ratios)[FIVE_TIMES // 2]


def _drawn() -> None:
    """What a window would do: draw each figure, as the run's own plt.show() does."""
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        plt.figure(number).savefig(io.BytesIO(), format="svg")
    plt.close("all")


def _executed(source: str, recording: Recording | None = None) -> dict[str, Any]:
    """What a program leaves behind that ran as a child runs it, its events sent to a pipe that nobody looks at."""
    from app.child.execute import execute
    from app.events import DEFAULT_LIMITS, Preset, RunRequest

    sink = os.open(os.devnull, os.O_WRONLY)
    limits = DEFAULT_LIMITS[Preset.TRAINING]
    request = RunRequest(source=source, preset=Preset.TRAINING, limits=limits, recording=recording or Recording())
    execute(request, partial(_write, sink))
    return vars(sys.modules["__main__"])


MEASURES = {
    each.__name__: each
    for each in (walk_floor, walk_ours, walk_torchviz, training, logging, five, recording, unrecorded, explained)
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    figure = MEASURES[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(figure), flush=True, file=sys.__stdout__)
    os._exit(0)  # freeing a deep graph that was walked overflows an ordinary stack
