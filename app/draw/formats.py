"""A graph in every format there is, of what is seen or of the whole."""

import json
from collections.abc import Callable
from typing import Literal

from ..events import Columns, Edge, Graph, Node, encode
from .drawing import draw_dot, draw_svg, seen_picture
from .export import Attributes, TooLarge, svg_to_pdf, svg_to_png, to_graphml
from .options import Options
from .part import everything
from .picture import Picture

Suffix = Literal["svg", "dot", "png", "pdf", "json", "graphml"]
FORMATS: dict[Suffix, str] = {
    "svg": "image/svg+xml",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "png": "image/png",
    "pdf": "application/pdf",
    "json": "application/json",
    "graphml": "application/graphml+xml",
}
"""Every format with its media type."""
MOST_WHOLE: dict[Suffix, int] = {"svg": 20_000, "dot": 20_000, "png": 3_000, "pdf": 20_000, "graphml": 100_000}
"""Nodes of a whole graph that a format holds so that its readers can open it; JSON takes all."""


def draw_picture(
    graph: Graph, options: Options, suffix: Suffix, columns: Columns | None = None, *, standalone: bool = True
) -> bytes:
    """The graph as a file of that format; `columns` are its record where it has one, `standalone` is said of an SVG.

    Raises: ExportError, FocusError.
    """
    if options.whole:
        _bounded(len(columns.ids) if columns is not None else len(graph.nodes), suffix)
    if suffix == "json":
        return encode(everything(graph, columns)) if options.whole else _json(seen_picture(graph, options, columns))
    if suffix == "graphml":
        return (
            _whole_graphml(everything(graph, columns))
            if options.whole
            else _graphml(seen_picture(graph, options, columns))
        )
    if suffix == "dot":
        return draw_dot(graph, options, columns).encode()
    svg = draw_svg(graph, options, standalone or suffix != "svg", columns)
    converters: dict[Suffix, Callable[[str], bytes]] = {"png": svg_to_png, "pdf": svg_to_pdf}
    return converters[suffix](svg) if suffix in converters else svg.encode()


def _bounded(nodes: int, suffix: Suffix) -> None:
    """Raises: TooLarge."""
    most = MOST_WHOLE.get(suffix)
    if most is not None and nodes > most:
        other = "JSON" if suffix == "graphml" else "GraphML or JSON"
        raise TooLarge(
            f"The whole graph was not written as {suffix.upper()} because it has {nodes:,} nodes, and a file of that "
            f"format holds {most:,} here: no program would open a larger one. Ask for what is seen, or for the whole "
            f"as {other}."
        )


def _json(picture: Picture) -> bytes:
    """What is seen: boxes, the groups that are open, and the links between boxes."""
    boxes = [
        {
            "id": box.id,
            "kind": box.kind if box.group is None else box.group.kind,
            "label": box.lines[0].text if box.lines else "",
            "nodes": box.nodes,
            "count": box.group.nodes if box.group is not None else len(box.nodes),
            "leaves": [chip.text for chip in box.chips],
            "group": box.parent,
        }
        for box in picture.boxes
    ]
    groups = [
        {"id": frame.group.id, "kind": frame.group.kind, "label": frame.title, "group": frame.group.parent}
        for frame in picture.frames or ()
    ]
    links = [
        {"tail": link.tail, "head": link.head, "kind": link.kind, "label": link.label, "edges": link.edges}
        for link in picture.links
    ]
    counts = {name: getattr(picture, name) for name in ("index", "total", "shown", "folded", "hidden")}
    return json.dumps({"type": "picture", **counts, "groups": groups, "boxes": boxes, "links": links}).encode()


def _graphml(picture: Picture) -> bytes:
    nodes: dict[str, Attributes] = {
        box.id: {
            "label": box.lines[0].text if box.lines else "",
            "kind": box.kind if box.group is None else box.group.kind,
            "nodes": box.group.nodes if box.group is not None else len(box.nodes),
            "line": box.line,
            "group": box.parent,
        }
        for box in picture.boxes
    }
    return to_graphml(nodes, [(link.tail, link.head, {"label": link.label}) for link in picture.links])


def _whole_graphml(graph: Graph) -> bytes:
    labels = {group.id: group.label for group in graph.groups}
    nodes = {f"n{node.id}": _told(node, labels) for node in graph.nodes}
    edges: list[tuple[str, str, Attributes]] = [
        (f"n{edge.tail}", f"n{edge.head}", {"input_nr": edge.input_nr, "output_nr": edge.output_nr})
        for edge in graph.edges
        if _known(edge, nodes)
    ]
    return to_graphml(nodes, edges)


def _known(edge: Edge, nodes: dict[str, Attributes]) -> bool:
    return f"n{edge.tail}" in nodes and f"n{edge.head}" in nodes


def _told(node: Node, labels: dict[str, str]) -> Attributes:
    return {
        "label": node.name,
        "kind": node.kind,
        "variable": node.variable,
        "shape": None if node.shape is None else str(list(node.shape)),
        "dtype": node.dtype,
        "line": node.line,
        "module": node.module,
        "function": node.function,
        "group": labels.get(node.group or ""),
    }
