"""Graphs for the tests of drawing, and the structure of an SVG as a person would read it off the picture."""

from typing import Any, NamedTuple
from xml.etree import ElementTree

from app.events import Edge, Graph, Node, TensorValue

SVG = "{http://www.w3.org/2000/svg}"


class Seen(NamedTuple):
    """What one box shows."""

    classes: str
    words: tuple[str, ...]


def value(data: Any, shape: tuple[int, ...] = ()) -> TensorValue:
    return TensorValue(shape=shape, dtype="float32", data=data)


def node(number: int, name: str, kind: Any = "function", **more: Any) -> Node:
    return Node(id=number, name=name, kind=kind, **more)


def leaf(number: int, variable: str | None, **more: Any) -> Node:
    return node(number, "AccumulateGrad", "accumulate_grad", variable=variable, **more)


def graph(
    nodes: list[Node], edges: list[tuple[int, int]], roots: tuple[int, ...] = (0,), total: int | None = None
) -> Graph:
    return Graph(
        index=0,
        reason="backward",
        line=1,
        roots=roots,
        nodes=tuple(nodes),
        edges=tuple(Edge(tail=tail, head=head, output_nr=0) for tail, head in edges),
        total_nodes=total or len(nodes),
        truncated=total is not None,
    )


def chain(length: int) -> Graph:
    """z = ((x * ...) * ...): one leaf at the end of a line of products."""
    nodes = [node(number, "MulBackward0") for number in range(length - 1)]
    return graph([*nodes, leaf(length - 1, "x")], [(number, number + 1) for number in range(length - 1)])


def recurrence(steps: int) -> Graph:
    """An unrolled RNN as torch records it, its first 2,000 nodes: two weights and two biases used at each step."""
    nodes = [node(0, "MeanBackward0", variable="loss")]
    edges: list[tuple[int, int]] = []
    shared: dict[str, int] = {}

    def add(made: Node, tail: int) -> int:
        nodes.append(made)
        edges.append((tail, made.id))
        return made.id

    def use(tail: int, name: str) -> None:
        if name in shared:
            edges.append((tail, shared[name]))
        else:
            shared[name] = add(leaf(len(nodes), name), tail)

    last = 0
    for _ in range(steps):
        step = add(node(len(nodes), "TanhBackward0", variable="h"), last)
        both = add(node(len(nodes), "AddBackward0"), step)
        for side in ("ih", "hh"):
            last = add(node(len(nodes), "AddmmBackward0"), both)
            use(add(node(len(nodes), "TBackward0"), last), f"weight_{side}")
            use(last, f"bias_{side}")
    add(leaf(len(nodes), "h0"), last)
    kept = nodes[:2000]
    inside = [edge for edge in edges if max(edge) < len(kept)]
    return graph(kept, inside, total=len(nodes) if len(nodes) > len(kept) else None)


def perceptron(layers: int) -> Graph:
    """A plain network of `layers` linear layers with ReLU between: 5 nodes a layer, the last without ReLU."""
    nodes = [node(0, "MseLossBackward0", variable="loss")]
    edges: list[tuple[int, int]] = []
    last = 0
    for layer in range(layers):
        start = len(nodes)
        nodes += [
            node(start, "AddmmBackward0"),
            leaf(start + 1, f"net.{layer}.bias"),
            node(start + 2, "TBackward0"),
            leaf(start + 3, f"net.{layer}.weight"),
        ]
        edges += [(last, start), (start, start + 1), (start, start + 2), (start + 2, start + 3)]
        last = start
        if layer < layers - 1:
            nodes.append(node(start + 4, "ReluBackward0"))
            edges.append((start, start + 4))
            last = start + 4
    return graph(nodes, edges)


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def boxes(svg: str) -> dict[str, Seen]:
    """What each box shows, by its first node's id and kind, as in the attributes."""
    found: dict[str, Seen] = {}
    for group in _drawing(svg).iter(f"{SVG}g"):
        if group.get("role") == "graphics-symbol":
            words = tuple(text.text or "" for text in group.iter(f"{SVG}text"))
            classes = group.get("class", "")
            key = f"{group.get('data-node')} saved" if "saved" in classes else str(group.get("data-node"))
            found[key] = Seen(classes, words)
    return found


def edges(svg: str) -> list[tuple[str, str]]:
    """The edges as pairs of node ids, in drawing order, notes left out."""
    paths = [path for path in _drawing(svg).iter(f"{SVG}path") if path.get("class", "").startswith("edge")]
    return [
        (path.get("data-tail", ""), path.get("data-head", "")) for path in paths if "note" not in path.get("class", "")
    ]


def _drawing(svg: str) -> ElementTree.Element:
    return next(group for group in parse(svg).iter(f"{SVG}g") if group.get("class") == "drawing")
