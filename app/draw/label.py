"""A node -> the words on its box, in PyTorch's terms, and the sentence a screen reader says of it."""

from ..events import Node, Saved, TensorValue
from .picture import Box, Chip, Kind, Line
from .text import clean, plural, shape, short

KINDS: dict[str, Kind] = {
    "function": "function",
    "accumulate_grad": "leaf",
    "custom": "custom",
    "undefined": "undefined",
}
SAVED_LINES = 5


def node_box(
    node: Node, *, box_id: str, root: bool = False, chips: tuple[Chip, ...] = (), parent: str | None = None
) -> Box:
    """The box of one node."""
    folded = tuple(number for chip in chips for number in chip.nodes)
    return Box(
        id=box_id,
        kind=KINDS[node.kind],
        nodes=(node.id, *folded),
        lines=_lines(node),
        label=", ".join([node_label(node), *(["root"] if root else []), *(chip.label for chip in chips)]),
        chips=chips,
        variable=node.variable,
        line=node.line,
        column=node.column,
        root=root,
        parent=parent,
    )


def node_label(node: Node) -> str:
    """A node in one line: `MulBackward0, y, shape (3,), line 4`; a leaf says that it is one."""
    words = [clean(node.name, 80)]
    if node.kind == "accumulate_grad":
        words.append("leaf")
    if node.variable is not None:
        words.append(clean(node.variable, 80))
    if node.shape is not None:
        words.append(f"shape {shape(node.shape)}")
    value = short(node.value)
    if value is not None:
        words.append(f"value {value}")
    if node.line is not None:
        words.append(f"line {node.line}")
    return ", ".join(words)


def chip(chain: tuple[Node, ...]) -> Chip:
    """The chip of a leaf, the last of `chain`, with the views between it and its user."""
    leaf = chain[-1]
    name = leaf.variable if leaf.variable is not None else leaf.name
    size = "" if leaf.shape is None else " " + clean(shape(leaf.shape), 24)
    through = "".join(f" through {clean(node.name)}" for node in chain[:-1])
    return Chip(
        text=_end_of(name, 24) + size,
        label=f"uses leaf {clean(name, 80)}{size}{through}",
        nodes=tuple(node.id for node in chain),
        variable=leaf.variable,
        line=leaf.line,
    )


def chips_of(used: list[tuple[Node, ...]], most: int) -> tuple[Chip, ...]:
    """A chip for each chain once; beyond `most` the rest are one."""
    once = list(dict.fromkeys(used))
    if len(once) <= most:
        return tuple(map(chip, once))
    return (*map(chip, once[: most - 1]), crowd(once[most - 1 :]))


def _end_of(name: str, most: int) -> str:
    """A name in at most that many characters; of a dotted one the last parts, which tell it from its neighbours."""
    parts = name.split(".")
    while len(name) > most and len(parts) > 1:
        parts = parts[1:]
        name = "…" + ".".join(parts)
    return clean(name, most)


def crowd(chains: list[tuple[Node, ...]]) -> Chip:
    """One chip for many leaves."""
    words = f"{len(chains)} more leaves"
    return Chip(text=words, label=f"uses {words}", nodes=tuple(node.id for chain in chains for node in chain))


def keeps_tensors(node: Node) -> bool:
    """Whether the node saved a tensor. Numbers alone (alpha, dim) are the call's own words, which the line shows."""
    return any(saved.freed or saved.value is None or isinstance(saved.value, TensorValue) for saved in node.saved)


def saved_box(node: Node, *, box_id: str) -> Box:
    """The note that lists what a node keeps for backward."""
    lines = [Line(_saved(saved), "value") for saved in node.saved[:SAVED_LINES]]
    if len(node.saved) > SAVED_LINES:
        lines.append(Line(f"{len(node.saved) - SAVED_LINES} more", "detail"))
    return Box(
        id=box_id,
        kind="saved",
        nodes=(node.id,),
        lines=(Line("saved", "detail"), *lines),
        label=f"saved by {clean(node.name, 80)}: " + ", ".join(_saved(saved) for saved in node.saved),
        line=node.line,
    )


def more_box(nodes: tuple[int, ...], *, box_id: str, detail: str = "not drawn") -> Box:
    """The box that stands for nodes left out."""
    words = f"{len(nodes):,} more {'node' if len(nodes) == 1 else 'nodes'}"
    return Box(
        id=box_id,
        kind="more",
        nodes=nodes,
        lines=(Line(words, "title"), Line(detail, "detail")),
        label=f"{words}, {detail}",
    )


def crowd_box(
    count: int, inside: int, nodes: tuple[int, ...], *, chips: tuple[Chip, ...], box_id: str, parent: str | None
) -> Box:
    """The box that stands for `count` boxes in a row for which there is no room, with `inside` nodes in them."""
    words, detail = f"{count:,} more", plural(inside, "node")
    return Box(
        id=box_id,
        kind="more",
        nodes=nodes,
        lines=(Line(words, "title"), Line(detail, "detail")),
        label=", ".join([words, detail, "not drawn", *(chip.label for chip in chips)]),
        chips=chips,
        parent=parent,
    )


def unsent_box(count: int, *, box_id: str, parent: str | None = None) -> Box:
    """The box for nodes the graph event does not carry."""
    words = f"{count:,} more {'node' if count == 1 else 'nodes'}"
    detail = "beyond those recorded"
    return Box(
        id=box_id,
        kind="more",
        nodes=(),
        lines=(Line(words, "title"), Line(detail, "detail")),
        label=f"{words}, {detail}",
        parent=parent,
    )


def portal_box(node: Node, *, box_id: str, arrow: str, others: int = 0) -> Box:
    """A stub at one end of an edge too long to draw, naming the node at its other end."""
    name = clean(node.variable, 20) + " · " if node.variable is not None else ""
    more = f" and {others} more" if others else ""
    return Box(
        id=box_id,
        kind=KINDS[node.kind],
        nodes=(node.id,),
        lines=(Line(f"{arrow} {name}{clean(node.name, 24)}{more}", "detail"),),
        label=f"{'continues at' if arrow == '↓' else 'comes from'} {node_label(node)}{more}",
        variable=node.variable,
        line=node.line,
        column=node.column,
        portal=True,
    )


def _lines(node: Node) -> tuple[Line, ...]:
    size = None if node.shape is None else clean(shape(node.shape), 30)
    value = short(node.value)
    if node.kind == "accumulate_grad" and node.variable is not None:
        title, words = clean(node.variable), [clean(node.name), size]
    else:
        title, words = clean(node.name), [None if node.variable is None else clean(node.variable), size]
    detail = " · ".join(word for word in words if word)
    lines = [Line(title, "title"), Line(detail, "detail"), Line(f"= {value}" if value is not None else "", "value")]
    return tuple(line for line in lines if line.text)


def _saved(saved: Saved) -> str:
    name = clean(saved.name, 20)
    if saved.freed:
        return f"{name}: freed"
    value = short(saved.value)
    if value is not None:
        return f"{name} = {clean(value, 30)}"
    if isinstance(saved.value, TensorValue):
        return f"{name}: {clean(shape(saved.value.shape), 24)}"
    return name
