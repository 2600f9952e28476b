"""Graphs drawn by hand as columns, and trees of groups as text that can be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from app.grouping.groups import Tree, Wires, grouped
from app.grouping.origins import ModulePlace, Origins


class Line(NamedTuple):
    """One expression of a program, on a line of its own."""

    line: int
    function: str | None = None
    column: int = 0
    target: str | None = None

    @property
    def end_line(self) -> int:
        return self.line

    @property
    def end_column(self) -> int:
        return self.column


@dataclass
class Drawn:
    """Nodes in the order they are made, each with the nodes it is made of; leaves come before all others."""

    names: list[str] = field(default_factory=list)
    heads: list[tuple[int, ...]] = field(default_factory=list)
    lines: list[Line | None] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    around: list[int] = field(default_factory=list)
    called: list[int] = field(default_factory=list)
    modules: list[ModulePlace] = field(default_factory=list)
    callers: dict[str, set[str | None]] = field(default_factory=dict)
    _open: int = -1

    def leaf(self) -> int:
        return self._add("AccumulateGrad", (), None, -1)

    def node(self, name: str, *heads: int, line: int = 1, function: str | None = None) -> int:
        return self._add(f"{name}Backward0", heads, Line(line, function), self._open)

    def call(self, path: str, kind: str, forward: str | None = None) -> None:
        self.around.append(self._open)
        self._open = len(self.called)
        module = ModulePlace(path, kind, forward)
        if module not in self.modules:
            self.modules.append(module)
        self.called.append(self.modules.index(module))

    def leave(self) -> None:
        self._open = self.around[self._open]

    def _add(self, name: str, heads: tuple[int, ...], line: Line | None, call: int) -> int:
        self.names.append(name)
        self.heads.append(heads)
        self.lines.append(line)
        self.calls.append(call)
        return len(self.names) - 1

    def columns(self) -> tuple[Wires, Origins]:
        """As a walk from the last node gives them, but for the order of the nodes: the newest first."""
        size = len(self.names)
        words = list(dict.fromkeys(self.names))
        edges = [
            (size - 1 - tail, size - 1 - head, place)
            for tail in reversed(range(size))
            for place, head in enumerate(self.heads[tail])
        ]
        tails, heads, places = (np.array(column, np.int64) for column in zip(*edges, strict=True)) if edges else _none()
        numbers = [-1 if name == "AccumulateGrad" else place for place, name in enumerate(self.names)]
        wires = Wires(
            words=words,
            names=_reversed(words.index(name) for name in self.names),
            numbers=_reversed(numbers),
            tails=tails,
            heads=heads,
            output_nrs=np.zeros_like(tails),
            input_nrs=places,
            roots=1,
        )
        sites = list(dict.fromkeys(line for line in self.lines if line))
        site = _reversed(-1 if line is None else sites.index(line) for line in self.lines)
        origins = Origins(
            site, site < -1, _reversed(self.calls), sites, self.around, self.called, self.modules, self.callers
        )
        return wires, origins

    def tree(self, elements_of: Callable[[int], int] = lambda node: 10) -> Tree:
        return grouped(*self.columns(), elements_of)


def _reversed(numbers: Any) -> np.ndarray[Any, Any]:
    return np.array(list(numbers)[::-1], np.int64)


def _none() -> tuple[np.ndarray[Any, Any], ...]:
    return tuple(np.zeros(0, np.int64) for _ in range(3))


def outline(tree: Tree) -> str:
    """A line for each group, indented as deep as it lies: its kind, its label, how many nodes and repeats."""
    depth: list[int] = []
    lines: list[str] = []
    for group, above in enumerate(tree.parent):
        depth.append(depth[above] + 1 if above >= 0 else 0)
        times = f" × {tree.repeats[group]}" if tree.repeats[group] > 1 else ""
        lines.append(f"{'  ' * depth[group]}{tree.kind[group]} {tree.label[group]}{times}: {tree.nodes[group]}")
    return "\n".join(lines)


def widths(tree: Tree) -> list[int]:
    """How many things each group shows when it is open, and last the top."""
    shown: Sequence[int] = tree.of_node[tree.shown].tolist()
    counts = dict.fromkeys([*range(len(tree.parent)), -1], 0)
    for group in [*shown, *tree.parent]:
        counts[group] += 1
    return list(counts.values())


def is_inside(parent: list[int], group: int, outer: int) -> bool:
    """Whether a group stands inside another, at any depth."""
    while group >= 0:
        group = parent[group]
        if group == outer:
            return True
    return False


def looped(times: int, *names: str, line: int = 3) -> Drawn:
    """A loop whose body makes these nodes, each of the one before."""
    drawn = Drawn()
    last = drawn.leaf()
    for _ in range(times):
        for place, name in enumerate(names):
            last = drawn.node(name, last, line=line + place)
    return drawn


def layered(layers: int) -> Drawn:
    """An encoder whose layers are alike, and a head."""
    drawn = Drawn()
    last = drawn.leaf()
    drawn.call("model", "Model")
    drawn.call("model.encoder", "Encoder")
    for layer in range(layers):
        drawn.call(f"model.encoder.layer.{layer}", "Layer")
        for name in ("query", "key"):
            drawn.call(f"model.encoder.layer.{layer}.{name}", "Linear")
            last = drawn.node("View", drawn.node("Addmm", last, drawn.leaf()))
            drawn.leave()
        last = drawn.node("Softmax", last)
        drawn.leave()
    drawn.leave()
    drawn.node("Sum", last)
    drawn.leave()
    return drawn


@st.composite
def programs(draw: st.DrawFn) -> Drawn:
    """Any program: calls in calls, lines in any order, each node made of any before it."""
    drawn = Drawn()
    leaves = [drawn.leaf() for _ in range(draw(st.integers(1, 3)))]
    depth = 0
    for block in draw(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 60)), max_size=8)):
        kind, times = block
        for turn in range(times):
            if kind == 0 and depth < 6:
                drawn.call(f"net.{turn}" if times % 2 else "net.part", "Block", "Net.forward" if times % 3 else None)
                depth += 1
            elif kind == 1 and depth:
                drawn.leave()
                depth -= 1
            far = draw(st.integers(1, 4)) if times < 9 else 1
            heads = {max(0, len(drawn.names) - far), leaves[turn % len(leaves)]}
            name, function = ("T", "Mul", "Exp")[(turn * kind) % 3], (None, "helper", "Net.forward")[times % 3]
            drawn.node(name, *sorted(heads), line=1 + turn % (kind + 1), function=function)
    return drawn
