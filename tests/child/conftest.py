"""Programs run and observed, each in a forked process of its own, without walls: what is under test is what is told."""

import os
import sys
import warnings
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import matplotlib as mpl
import pytest
import torch._dynamo  # noqa: F401  # the first optimizer step imports it: before the fork it is paid once

from app.child.execute import execute
from app.child.streams import CountedText
from app.events import (
    EXPRESSION,
    Backward,
    ChildEvent,
    Ended,
    ExceptionRaised,
    Graph,
    Node,
    Preset,
    RunRequest,
    Scalars,
    Tensor,
    decode,
)

mpl.use("Agg")
import matplotlib.pyplot  # noqa: F401  # as in the zygote: warm before any program runs

E = TypeVar("E")


@dataclass(frozen=True)
class Told:
    """What one program's child told, and what it printed on both streams."""

    events: list[Any]
    stdout: str
    stderr: str

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def the(self, kind: type[E]) -> E:
        (event,) = self.all(kind)
        return event

    @property
    def graphs(self) -> list[Graph]:
        return self.all(Graph)

    @property
    def backwards(self) -> list[Backward]:
        return self.all(Backward)

    @property
    def exception(self) -> ExceptionRaised:
        return self.the(ExceptionRaised)

    @property
    def ended(self) -> Ended:
        return self.the(Ended)

    @property
    def curves(self) -> dict[str, list[tuple[int, float]]]:
        """The points of each series, by tag; a tag of two origins has both behind its name."""
        points: dict[tuple[str, str], list[tuple[int, float]]] = {}
        for frame in self.all(Scalars):
            points.setdefault((frame.tag, frame.origin), []).extend(zip(frame.step, frame.value, strict=True))
        tags = [tag for tag, _ in points]
        return {tag if tags.count(tag) == 1 else f"{tag} by {origin}": each for (tag, origin), each in points.items()}

    def values(self, tag: str) -> list[float]:
        return [value for _, value in self.curves[tag]]

    def total(self, tag: str) -> int | None:
        """How many points the series will have, as its last frame says."""
        return [frame.total for frame in self.all(Scalars) if frame.tag == tag][-1]

    def tensor(self, name: str) -> Tensor:
        """The last report of that name: a later one replaces the earlier."""
        return {tensor.name: tensor for tensor in self.all(Tensor)}[name]

    def node(self, name: str, graph: int = -1) -> Node:
        """The only node of that name."""
        (node,) = [node for node in self.graphs[graph].nodes if node.name == name]
        return node


class Observed(Protocol):
    """Runs a source in a fork and gives what was told."""

    def __call__(self, source: str, steps_per_s: float | None = None, **asked: Any) -> Told: ...


@pytest.fixture(scope="session")
def observed() -> Observed:
    """Runs a source in a fork and gives what was told."""
    return run_in_fork


def run_in_fork(source: str, steps_per_s: float | None = None, **asked: Any) -> Told:
    """`asked` are further fields of the request."""
    pipes = [os.pipe() for _ in range(3)]
    child = os.fork()
    if child == 0:
        for descriptor, (_, writing) in zip((1, 2), pipes, strict=False):
            os.dup2(writing, descriptor)
        _run(source, pipes[2][1], {"steps_per_s": steps_per_s, **asked})
    for _, writing in pipes:
        os.close(writing)
    results, stdout, stderr = (_read_all(pipes[place][0]) for place in (2, 0, 1))
    os.waitpid(child, 0)
    events = [decode(line, ChildEvent) for line in results.splitlines()]
    return Told(events, stdout.decode(), stderr.decode())


def _run(source: str, results: int, asked: dict[str, Any]) -> None:
    try:
        warnings.resetwarnings()
        warnings.simplefilter("default")
        warnings.showwarning = _show_warning  # where pytest would collect it
        sys.stdout = CountedText(1)
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        request = RunRequest(source=source, preset=Preset.EXPRESSION, limits=EXPRESSION, **asked)
        execute(request, partial(_write, results))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _show_warning(message: Any, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))


def _write(descriptor: int, line: bytes) -> None:
    os.write(descriptor, line + b"\n")


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as pipe:
        return pipe.read()
