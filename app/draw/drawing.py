"""Which way a graph is drawn: one to one, folded, or in groups."""

from dataclasses import dataclass, replace
from functools import lru_cache

from ..events import Columns, Graph
from .dot import write_dot
from .flat import flatten
from .focus import focused, focused_event
from .fold import fold, is_small
from .forest import Forest, grow, recorded
from .grouped import flat_picture, nested
from .layout import arrange, find_engine
from .options import Options
from .picture import Picture
from .svg import write_svg
from .text import clean

GRAPHS_KEPT = 4
"""Graphs whose forests stay in memory: who opens a group opens another soon."""


def draw_svg(graph: Graph, options: Options, standalone: bool = False, columns: Columns | None = None) -> str:
    """The graph as SVG; `standalone` carries its own style and legend, `columns` are its record where it has one.

    Where Graphviz is absent or late, a plainer layout replaces it. Raises: FocusError.
    """
    graph, forest = _chosen(graph, options, columns)
    if forest is None:
        picture = fold(graph, options)
        geometry = arrange(picture, options, find_engine())
    else:
        picture, geometry = nested(graph.index, forest, options, [node.id for node in graph.nodes], find_engine())
    return write_svg(replace(picture, about=_about(graph, options)), geometry, options, standalone=standalone)


def draw_dot(graph: Graph, options: Options, columns: Columns | None = None) -> str:
    """The graph in the DOT language, boxes and links as the SVG has them, open groups as clusters.

    Raises: FocusError.
    """
    return write_dot(seen_picture(graph, options, columns), options)


def seen_picture(graph: Graph, options: Options, columns: Columns | None = None) -> Picture:
    """What is drawn of the graph, with one link for each two boxes that edges join, wherever they stand.

    Raises: FocusError.
    """
    graph, forest = _chosen(graph, options, columns)
    if forest is None:
        return fold(graph, options)
    return flat_picture(graph.index, forest, options, [node.id for node in graph.nodes])


def _chosen(graph: Graph, options: Options, columns: Columns | None) -> tuple[Graph, Forest | None]:
    """What is asked for of the graph, and its forest where it is drawn in groups."""
    part = focused_event(graph, options.focus) if options.focus and columns is None else graph
    grouped = columns is not None or (bool(graph.groups) and not is_small(part))
    if not options.whole and (not options.fold or not grouped):
        return part, None
    detailed = {node.id: node for node in reversed(graph.nodes)}
    if not options.focus:
        forest = recorded(columns) if columns is not None else _told(_Same(graph))
        return graph, replace(forest, detailed=detailed)
    looked_at = frozenset([int(options.focus.partition(":")[2])]) if ":" in options.focus else frozenset()
    return graph, grow(focused(columns or flatten(graph), options.focus), detailed, looked_at, whole=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A graph as a key: the very same one, whatever an equal one says, for comparing two takes long."""

    graph: Graph

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.graph is other.graph

    def __hash__(self) -> int:
        return id(self.graph)


@lru_cache(maxsize=GRAPHS_KEPT)
def _told(same: _Same) -> Forest:
    return grow(flatten(same.graph), {})


def _about(graph: Graph, options: Options) -> str:
    """The part that alone is drawn, in words."""
    word, _, number = options.focus.partition(":")
    node = next((node for node in graph.nodes if str(node.id) == number), None)
    name = f"node {number}" if node is None else clean(node.variable or f"{node.name} ({number})", 60)
    return {
        "path": f"what leads from {name} to the root",
        "reach": f"what {name} reaches",
        "grad": "what leads to a leaf",
    }.get(word, "")
