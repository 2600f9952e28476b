"""What runs in the fresh processes for `bench.graphs`: one figure each, printed as JSON.

Ours is all that lies between a graph and its first picture, as `show` draws one: the walk, names and places, groups,
the event and what stays of a large graph, and the drawing. A run's event travels between two processes besides, which
is measured apart. CPU seconds, those of processes started for it included.
"""

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tests.data import workloads

SOURCE = Path(workloads.__file__)


def spent_s(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, the cyclic collector off, and what it gave."""
    gc.disable()
    before = _cpu_s()
    given = work()
    return _cpu_s() - before, given


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def picture_ours(workload: str) -> float:
    """CPU seconds of our first picture of a workload that was run as a program, nothing of it looked at before."""
    _warm()
    _picture(_Run("expr"))
    _picture(_Run("mlp"))
    run = _Run(workload)
    return spent_s(lambda: _picture(run))[0]


def wire_ours(workload: str) -> float:
    """CPU seconds of telling a graph and of taking it in, in the child and in the server together."""
    from app.events import Graph, Record, decode, encode, pack, unpack

    _warm()

    def travelled(graph: Any, columns: Any) -> None:
        decode(encode(graph), Graph)
        if columns is not None:
            unpack(decode(encode(Record(graph=0, data=pack(columns))), Record).data)

    travelled(*_described(_Run("mlp")))
    described = _described(_Run(workload))
    return spent_s(lambda: travelled(*described))[0]


def groups_ours(workload: str) -> float:
    """CPU seconds of our walk of a workload and of its groups alone."""
    from app.autograd import read, scan, walk
    from app.child.places import SourcePlaces

    _warm()

    def grouped(run: _Run) -> Any:
        return read(walk([run.root]), scan([("", run.top)]), SourcePlaces(run.provenance))

    grouped(_Run("mlp"))
    run = _Run(workload)
    return spent_s(lambda: grouped(run))[0]


def memory(workload: str) -> tuple[float, float, float]:
    """Bytes a node: of torch's graph itself, of all that we read of it at the most, and of its record."""
    from app.events import Record, decode, unpack

    _warm()
    _told(_Run("mlp"))
    before = _resident_bytes()
    run = _Run(workload)
    built = _resident_bytes()
    lines = _told(run)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    nodes = workloads.walk(run.root)[0]
    (record,) = [decode(line, Record) for line in lines if line.startswith(b'{"type":"record"')]
    return (built - before) / nodes, (most - built) / nodes, len(record.data) / len(unpack(record.data).ids)


class _Run:
    """A workload run as a program, up to its loss."""

    def __init__(self, workload: str) -> None:
        from app.child.program import compile_program
        from app.child.provenance import Provenance

        program = compile_program(f"{SOURCE.read_text('utf-8')}\nloss, named = WORKLOADS[{workload!r}]()\n")
        self.provenance = Provenance(program.sites)
        self.top: dict[str, Any] = {"torch": torch, "__name__": "__main__"}
        with self.provenance.noting():
            exec(program.code, self.top)  # noqa: S102  # the workloads, and the line above
        self.root = self.top["loss"].grad_fn


def _told(run: _Run) -> list[bytes]:
    """The lines in which its graph is told."""
    from app.autograd import scan, walk
    from app.child.outbox import Outbox
    from app.child.structures import Structures

    lines: list[bytes] = []
    structures = Structures(run.provenance, run.top, Outbox(lambda data: lines.extend(data.split(b"\n"))))
    structures.meet(walk([run.root]), "backward", [], scan([("", run.top)]))
    return lines


def _described(run: _Run) -> tuple[Any, Any]:
    """Its graph event, and the columns of what the event has no room for."""
    from app.autograd import columns_of, graph_of, keep, read, scan, walk
    from app.child.places import SourcePlaces
    from app.events import MAX_NODES

    reading = read(walk([run.root]), scan([("", run.top)]), SourcePlaces(run.provenance))
    is_large = len(reading.walked.order) > MAX_NODES
    kept = keep(reading) if is_large else None
    columns = columns_of(reading, kept, "") if kept is not None else None
    return graph_of(reading, index=0, reason="backward", line=None, kept=kept), columns


def _picture(run: _Run) -> str:
    from app.draw import Options, draw_svg

    graph, columns = _described(run)
    return draw_svg(graph, Options(), columns=columns)


def _warm() -> None:
    """As the zygote is, from which every run is forked, and the server."""
    from app.autograd import formulas
    from app.child.rehearse import rehearse

    rehearse()
    formulas()


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def picture_torchviz(workload: str) -> float:
    """CPU seconds of torchviz's make_dot and of `dot`, which it starts."""
    from torchviz import make_dot

    _usual_stack()
    small, named = workloads.mlp()
    make_dot(small, params=named).pipe("svg")
    loss, named = workloads.WORKLOADS[workload]()
    return spent_s(lambda: make_dot(loss, params=named).pipe("svg"))[0]


def picture_torchview(workload: str) -> float:
    """CPU seconds of torchview's draw_graph, which runs the model, less those of running it; and of `dot`."""
    from torchview import draw_graph

    _usual_stack()

    def drawn(model: nn.Module, inputs: Any) -> bytes:
        graph = draw_graph(model, input_data=inputs, device="cpu", mode="train", save_graph=False)
        return bytes(graph.visual_graph.pipe("svg"))

    drawn(nn.Linear(2, 2), torch.ones(1, 2))
    model, inputs = _model(workload)
    with torch.no_grad():
        ran = [spent_s(lambda: model(**inputs) if isinstance(inputs, dict) else model(inputs))[0] for _ in range(2)]
    return spent_s(lambda: drawn(model, inputs))[0] - ran[1]


def _usual_stack() -> None:
    """As large a stack as programs have: `dot` starts threads, each of which would reserve as much as we do."""
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (8 * 2**20, hard))


class _Unrolled(nn.Module):
    """The workload `rnn` as the module that torchview needs."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.RNNCell(16, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.zeros(4, 16)
        for step in x:
            h = self.cell(step, h)
        return h.pow(2).mean()


def _model(workload: str) -> tuple[nn.Module, Any]:
    if workload == "mlp":
        return nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10)), torch.randn(64, 1000)
    if workload == "resnet18":
        return workloads.ResNet18(), torch.randn(2, 3, 64, 64)
    if workload == "rnn":
        return _Unrolled(), torch.randn(2000, 4, 16)
    import transformers

    ids = torch.randint(0, 30_000, (1, 16))
    config: Any = transformers.BertConfig if workload == "bert_base" else transformers.GPT2Config
    kind: Any = transformers.BertForMaskedLM if workload == "bert_base" else transformers.GPT2LMHeadModel
    return kind(config(attn_implementation="eager")), {"input_ids": ids, "labels": ids}


FIGURES = picture_ours, wire_ours, groups_ours, memory, picture_torchviz, picture_torchview
MEASURES = {each.__name__: each for each in FIGURES}

if __name__ == "__main__":
    torch.set_num_threads(1)
    figure = MEASURES[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(figure), flush=True, file=sys.__stdout__)
    os._exit(0)  # freeing a deep graph that was walked overflows an ordinary stack
