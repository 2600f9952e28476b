"""Graphs for the tests of drawing, and the structure of an SVG as a person would read it off the picture."""

from array import array
from dataclasses import fields, replace
from typing import Any, NamedTuple
from xml.etree import ElementTree

from app.draw.flat import flatten
from app.events import Columns, Edge, Graph, Group, Node, TensorValue
from app.events.columns import column

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


class Builder:
    """Writes down a graph with groups, as a person would: what is made later leads to what was made before."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[tuple[int, int]] = []
        self.groups: list[Group] = []
        self.inside: list[str] = []

    def open(self, label: str, kind: Any = "module", repeats: int = 1) -> str:
        name = f"g{len(self.groups)}"
        parent = self.inside[-1] if self.inside else None
        self.groups.append(Group(id=name, parent=parent, kind=kind, label=label, nodes=0, repeats=repeats))
        self.inside.append(name)
        return name

    def close(self) -> None:
        self.inside.pop()

    def make(self, name: str, *heads: int, kind: Any = "function", **more: Any) -> int:
        number = len(self.nodes)
        group = self.inside[-1] if self.inside else None
        self.nodes.append(node(number, name, kind, group=group, **more))
        self.edges += [(number, head) for head in heads]
        return number

    def leaf(self, variable: str, shape: tuple[int, ...] = (8, 8)) -> int:
        return self.make("AccumulateGrad", kind="accumulate_grad", variable=variable, shape=shape)

    def linear(self, name: str, above: int) -> int:
        self.open(f"{name} · Linear")
        transposed = self.make("TBackward0", self.leaf(f"{name}.weight"))
        made = self.make("AddmmBackward0", self.leaf(f"{name}.bias", (8,)), above, transposed)
        self.close()
        return made

    def graph(self, opened: tuple[str, ...] = ()) -> Graph:
        """The graph, its ids in visit order from the last node made, which is the root."""
        order = [len(self.nodes) - 1]
        heads: dict[int, list[int]] = {number: [] for number in range(len(self.nodes))}
        for tail, head in self.edges:
            heads[tail].append(head)
        met = set(order)
        for number in order:
            fresh = [head for head in dict.fromkeys(heads[number]) if head not in met]
            order += fresh
            met.update(fresh)
        place = {number: where for where, number in enumerate(order)}
        edges = [
            Edge(tail=place[tail], head=place[head], output_nr=0, input_nr=heads[tail].index(head))
            for tail, head in self.edges
            if tail in place
        ]
        nodes = [replace(self.nodes[number], id=where) for where, number in enumerate(order)]
        return Graph(
            index=0,
            reason="backward",
            line=1,
            roots=(0,),
            nodes=tuple(nodes),
            edges=tuple(sorted(edges, key=lambda edge: (edge.tail, edge.input_nr))),
            groups=tuple(self._counted(nodes)),
            opened=opened,
            total_nodes=len(nodes),
            truncated=False,
            recorded=len(nodes),
        )

    def _counted(self, nodes: list[Node]) -> list[Group]:
        counts = dict.fromkeys((group.id for group in self.groups), 0)
        for each in nodes:
            if each.group is not None:
                counts[each.group] += 1
        for group in reversed(self.groups):
            if group.parent is not None:
                counts[group.parent] += counts[group.id]
        return [replace(group, nodes=counts[group.id]) for group in self.groups if counts[group.id]]


def transformer(layers: int) -> Graph:
    """A BERT-like encoder: embeddings, `layers` equal layers, a pooler and a loss. g1 is the encoder, g2 its repeat."""
    made = Builder()
    made.open("embeddings · BertEmbeddings")
    words = made.make("EmbeddingBackward0", made.leaf("embeddings.word.weight", (100, 8)))
    places = made.make("EmbeddingBackward0", made.leaf("embeddings.position.weight", (16, 8)))
    last = made.make("AddBackward0", words, places, shape=(1, 16, 8))
    made.close()
    mask = made.make("MulBackward0", made.leaf("mask", (16,)))
    made.open("encoder · BertEncoder")
    made.open(f"layer.0 … layer.{layers - 1} · BertLayer", "repeat", layers)
    for number in range(layers):
        last = _layer(made, f"encoder.layer.{number}", last, mask)
    made.close()
    made.close()
    last = made.make("TanhBackward0", made.linear("pooler.dense", last))
    made.make("MeanBackward0", last, variable="loss")
    return made.graph(("g1",))


def _layer(made: Builder, name: str, last: int, mask: int) -> int:
    made.open(f"{name} · BertLayer")
    made.open("attention.self · BertSelfAttention")
    query, key, value = (made.linear(f"{name}.{each}", last) for each in ("query", "key", "value"))
    scores = made.make("AddBackward0", made.make("BmmBackward0", query, key), mask)
    mixed = made.make("BmmBackward0", made.make("SoftmaxBackward0", scores), value)
    made.close()
    last = made.make("AddBackward0", made.linear(f"{name}.output", mixed), last)
    norm = [made.leaf(f"{name}.norm.weight", (8,)), made.leaf(f"{name}.norm.bias", (8,))]
    last = made.make("NativeLayerNormBackward0", last, *norm)
    made.close()
    return last


def unrolled(steps: int, width: int = 40) -> Graph:
    """An RNN cell called `steps` times: one repeat, its calls in ranges where they are too many."""
    made = Builder()
    weights = [made.leaf(f"cell.weight_{side}", (8, 8)) for side in ("ih", "hh")]
    made.open("cell · RNNCell", "repeat", steps)
    last = made.leaf("h0", (1, 8))
    for step in range(steps):
        if step % width == 0:
            size = min(width, steps - step)
            made.open(f"calls {step + 1}–{step + size}", "repeat", size)
        made.open(f"call {step + 1} of {steps:,}", "repeat")
        inputs = made.make("AddmmBackward0", made.make("TBackward0", weights[0]))
        hidden = made.make("AddmmBackward0", last, made.make("TBackward0", weights[1]))
        last = made.make("TanhBackward0", made.make("AddBackward0", inputs, hidden), variable="h")
        made.close()
        if (step + 1) % width == 0 or step + 1 == steps:
            made.close()
    made.close()
    made.make("MeanBackward0", last, variable="loss")
    return made.graph()


def block() -> Graph:
    """A mean over a module g0 with a line of it g1 in it: ids 0 Mean; in g0 1 Add with leaf 2 `b`; in g1 3 Mul and the
    view 4 of leaf 5 `w`; outside 6 Exp."""
    inside = {1: "g0", 2: "g0", 3: "g1", 4: "g1", 5: "g1"}
    made = [
        node(0, "MeanBackward0", variable="loss", line=9),
        node(1, "AddBackward0", shape=(2, 3), line=4),
        leaf(2, "block.b", shape=(3,)),
        node(3, "MulBackward0", shape=(2, 3), line=3),
        node(4, "TBackward0"),
        leaf(5, "block.w", shape=(3, 2)),
        node(6, "ExpBackward0", variable="x", line=1),
    ]
    whole = graph(
        [replace(each, group=inside.get(each.id)) for each in made],
        [(0, 1), (1, 3), (1, 2), (3, 6), (3, 4), (4, 5), (1, 6)],
    )
    outer = Group(id="g0", parent=None, kind="module", label="block · Block", nodes=5, inputs=1, outputs=1)
    inner = Group(
        id="g1", parent="g0", kind="line", label="line 3", nodes=3, inputs=1, outputs=1, parameters=1, elements=6
    )
    return replace(whole, groups=(outer, inner), recorded=7)


def recordable(drawn: Graph) -> Columns:
    """A whole graph's columns as a child packs them."""
    flat = flatten(drawn)
    numbers: dict[str, Any] = {
        item.name: column(item.name, getattr(flat, item.name))
        for item in fields(flat)
        if isinstance(getattr(flat, item.name), array)
    }
    return replace(flat, **numbers)
