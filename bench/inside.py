"""What runs in the fresh processes: one figure each, printed as JSON. CPU seconds unless a name says otherwise.

Each walk is of a graph that nobody looked at before, by code that has walked another one: as in a forked run, whose
zygote has rehearsed.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from app.autograd import walk
from tests.data import workloads

SMALL = ("expr", "mlp")
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

    from app.child.observe import Observer
    from app.child.outbox import Outbox
    from app.child.program import compile_program
    from app.child.provenance import Provenance

    top: dict[str, Any] = {"torch": torch}
    if observed == "plain":
        exec(compile(TRAINING, "<user>", "exec"), top)  # noqa: S102  # the text above
        return float(sorted(top["taken"])[ROUNDS // 2])
    program = compile_program(TRAINING)
    provenance = Provenance(program.sites)
    sink = os.open(os.devnull, os.O_WRONLY)
    observer = Observer(provenance, top, Outbox(partial(_write, sink)))
    with provenance.noting(), observer.watching():
        exec(program.code, top)  # noqa: S102
    if observer.failure is not None:
        raise observer.failure
    return float(sorted(top["taken"])[ROUNDS // 2])


def _write(descriptor: int, line: bytes) -> None:
    os.write(descriptor, line)


MEASURES = {each.__name__: each for each in (walk_floor, walk_ours, walk_torchviz, training)}

if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(MEASURES[sys.argv[1]](*sys.argv[2:])), flush=True)
    os._exit(0)  # freeing a deep graph that was walked overflows an ordinary stack
