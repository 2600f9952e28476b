"""`gradwalk draw script.py -o graph.svg`: the script runs up to a backward, whose graph is drawn into a file.

No server, no page. Knows nothing of how a picture is made.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from ..draw import FORMATS, Direction, Options, Theme, draw_picture
from ..events import Backward, Columns, Graph, Outcome, Record, Recording, RunRequest, decode, unpack
from ..runs.runner import Line
from .script import ScriptError, ScriptRunner, request

NO_BACKWARDS = Recording(backwards=0, nodes=0, numbers=0)
NOTHING = (
    "Nothing was drawn, for the script computed nothing from a tensor that requires grad. Set requires_grad=True on a "
    "leaf, or use parameters of a module, and compute with it."
)


BROKEN = "Nothing was drawn, for the script ended ({}) before it had a graph. Make it run without Gradwalk first."


FEWER = "Nothing was drawn, for {} ended after {} backwards and number {} was asked for. Give a smaller --backward."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be drawn, and into which file."""

    output: Path
    backward: int = 1
    expand: tuple[str, ...] = ()
    whole: bool = False
    direction: Direction = "TB"
    theme: Theme = "auto"


class _Graphs:
    """The graphs a script told of: `chosen` is that of the backward asked for, else the newest."""

    def __init__(self, backward: int) -> None:
        self.chosen: Graph | None = None
        self.last = 0
        """The number of the last backward there was."""
        self.found = False
        self.columns: dict[int, Columns] = {}
        self._known: dict[int, Graph] = {}
        self._backward = backward

    def take(self, line: Line) -> bool:
        """Takes a line of the run; whether the graph asked for is there."""
        kind, text = line
        if kind == Record.type:
            record = decode(text, Record)
            self.columns[record.graph] = unpack(record.data)
        elif kind == Graph.type:
            self.chosen = decode(text, Graph)
            self._known[self.chosen.index] = self.chosen
        elif kind == Backward.type:
            backward = decode(text, Backward)
            self.last = max(self.last, backward.number)
            if backward.number == self._backward:
                self.found = True
                self.chosen = self._known.get(backward.graph if backward.graph is not None else -1, self.chosen)
                return True
        return False


def draw(path: Path, arguments: Sequence[str], asked: Asked) -> int:
    """Writes the picture; gives the exit status. Raises: ScriptError, ExportError, OSError."""
    suffix = asked.output.suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        raise ScriptError(f"{asked.output} has no ending of a picture. End it in .{', .'.join(FORMATS)}.")
    runner = ScriptRunner(path, arguments)
    graphs = asyncio.run(_find(runner, request(path, NO_BACKWARDS), asked.backward))
    graph = graphs.chosen
    if graph is not None and graphs.last and not graphs.found:
        raise ScriptError(FEWER.format(path.name, graphs.last, asked.backward))
    if graph is None:
        print(NOTHING if runner.outcome in (None, Outcome.OK) else BROKEN.format(runner.outcome), file=sys.stderr)
        return 1
    options = Options(theme=asked.theme, direction=asked.direction, expand=asked.expand, whole=asked.whole)
    asked.output.write_bytes(draw_picture(graph, options, suffix, graphs.columns.get(graph.index)))
    where = f"line {graph.line}" if graph.line else "the end"
    print(f"{asked.output}: {graph.total_nodes:,} nodes, the graph at {where} of {path.name}.", file=sys.stderr)
    return 0


async def _find(runner: ScriptRunner, asked: RunRequest, backward: int) -> _Graphs:
    """The graphs up to that backward; the script is ended there."""
    graphs = _Graphs(backward)
    await runner.start()
    async with aclosing(runner.run("draw", asked)) as lines:
        async for line in lines:
            if graphs.take(line):
                break
    await runner.close()
    return graphs
