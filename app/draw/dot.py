"""Picture -> DOT text, through the `graphviz` package: what the engine lays out and what a reader downloads.

Every word of a graph is a stranger's: labels are escaped for DOT's quotes, its backslash sequences, its HTML-like
strings and its HTML entities. Source: the DOT language, graphviz.org/doc/info/lang.html, and attribute type escString.
"""

import graphviz  # type: ignore[import-untyped]  # it ships no types

from .options import Options
from .picture import Box, Link, Picture
from .ranks import spine
from .theme import PALETTE

POINTS_PER_INCH = 72
SPINE_WEIGHT = "8"
CENTRED = 24
PERIPHERY = 8.0
"""What a second border adds to a box's width and height outside the size DOT is told."""
SHAPES = {
    "function": "box",
    "leaf": "box",
    "custom": "box",
    "undefined": "box",
    "saved": "note",
    "more": "box3d",
    "group": "box",
}
GROUP_SHAPES = {"module": "folder", "function": "component", "line": "tab", "repeat": "box3d"}
STYLES = {"leaf": "rounded,filled", "saved": "dashed,filled", "undefined": "dotted,filled"}


def write_dot(picture: Picture, options: Options) -> str:
    """The picture as a DOT digraph, in the light or the dark colours; `auto` is light."""
    dark = options.theme == "dark"
    colours = {name: getattr(colour, "dark" if dark else "light") for name, colour in PALETTE.items()}
    words = {"fontname": "Helvetica", "fontcolor": colours["--text"]}
    graph = graphviz.Digraph(
        "autograd",
        graph_attr={
            "rankdir": options.direction,
            "bgcolor": colours["--graph-background"],
            "nodesep": "0.3",
            "ranksep": "0.42",
        },
        node_attr={**words, "fontsize": "11", "fixedsize": "true", "margin": "0"},
        edge_attr={**words, "fontsize": "10", "color": colours["--edge"], "arrowsize": "0.7"},
    )
    _boxes(graph, picture, colours)
    straight = _straight(picture)
    for number, link in enumerate(picture.links):
        weight = SPINE_WEIGHT if number in straight else "1"
        graph.edge(link.tail, link.head, id=f"e{number}", weight=weight, **_edge(link))
    _rows(graph, picture)
    return str(graph.source)


def _boxes(graph: graphviz.Digraph, picture: Picture, colours: dict[str, str]) -> None:
    """The boxes; those of an open group in a cluster, which stands in its parent's."""
    clusters: dict[str | None, graphviz.Digraph] = {None: graph}
    for frame in picture.frames or ():
        group = frame.group
        cluster = graphviz.Digraph(f"cluster_{group.id}")
        look = {"style": "rounded,filled", "fillcolor": colours["--frame"], "color": colours["--frame-line"]}
        words = {
            "label": graphviz.nohtml(literal(frame.title)),
            "fontname": "Helvetica",
            "fontcolor": colours["--text"],
        }
        cluster.attr(**look, **words, labeljust="l")
        clusters[group.id] = cluster
    for box in picture.boxes:
        clusters.get(box.parent, graph).node(box.id, **_node(box, colours))
    for frame in reversed(picture.frames or ()):
        clusters.get(frame.group.parent, graph).subgraph(clusters[frame.group.id])


def literal(text: str) -> str:
    """`text` as a DOT label that shows exactly these characters."""
    return str(graphviz.escape(text.replace("&", "&amp;")))


def _node(box: Box, colours: dict[str, str]) -> dict[str, str]:
    fill = "root" if box.root else "repeat" if box.group and box.group.kind == "repeat" else box.kind
    line = "--node-line" if fill == "function" else f"--node-{fill}-line"
    border = PERIPHERY if box.kind == "custom" and not box.portal else 0
    return {
        "label": graphviz.nohtml("\\n".join(literal(words) for words in _words(box))),
        "shape": GROUP_SHAPES[box.group.kind] if box.group else SHAPES[box.kind],
        "style": "dotted,filled" if box.portal else STYLES.get(box.kind, "filled"),
        "fillcolor": colours[f"--node-{fill}"],
        "color": colours[line],
        "penwidth": "3" if box.root else "1.3",
        "peripheries": "2" if border else "1",
        "width": f"{(box.width - border) / POINTS_PER_INCH:.4f}",
        "height": f"{(box.height - border) / POINTS_PER_INCH:.4f}",
    }


def _words(box: Box) -> list[str]:
    return [line.text for line in box.lines] + [chip.text for chip in box.chips]


def _edge(link: Link) -> dict[str, str]:
    attributes = {"label": graphviz.nohtml(literal(link.label))} if link.label else {}
    if link.kind == "note":
        attributes |= {"style": "dashed", "arrowhead": "none"}
    if link.kind == "stub":
        attributes |= {"style": "dotted"}
    return attributes


def _straight(picture: Picture) -> set[int]:
    """The links kept straight: a tall drawing would drift sideways without, a small one stands better centred."""
    if len(picture.boxes) <= CENTRED:
        return set()
    real = [number for number, link in enumerate(picture.links) if link.kind == "edge"]
    ends = [(picture.links[number].tail, picture.links[number].head) for number in real]
    return {real[place] for place in spine([box.id for box in picture.boxes], ends)}


def _rows(graph: graphviz.Digraph, picture: Picture) -> None:
    """Notes stand in their node's own row; a crowd that hangs from nothing stands below all."""
    for link in picture.links:
        if link.kind == "note":
            with graph.subgraph() as row:
                row.attr(rank="same")
                row.node(link.tail)
                row.node(link.head)
    tied = {end for link in picture.links for end in (link.tail, link.head)}
    for box in picture.boxes:
        if box.kind == "more" and box.id not in tied:
            with graph.subgraph() as row:
                row.attr(rank="sink")
                row.node(box.id)
