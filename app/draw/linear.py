"""A layout of our own in time linear in boxes and edges: what is drawn when the engine is absent or takes too long.

Plainer than Graphviz's: rows by rank, boxes ordered by their neighbours' middle, every edge one curve, so a long edge
may pass behind a box. Never fails.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .geometry import Geometry, Place, Route
from .options import Direction
from .picture import Link
from .plans import Laid, Plan, Wire
from .ranks import ranks

ROW_GAP = 36.0
BOX_GAP = 22.0
SWEEPS = 4
ARROW = 8.0

PORT_GAP = 8.0

Point = tuple[float, float]


class Sized(Protocol):
    """A box to be placed."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def width(self) -> float:
        """Its width."""

    @property
    def height(self) -> float:
        """Its height."""


class Drawn(Protocol):
    """Boxes and the links between them."""

    @property
    def boxes(self) -> Sequence[Sized]:
        """What is to be placed."""

    @property
    def links(self) -> Sequence[Link]:
        """What ties them."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A box of a plan."""

    id: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Blocks:
    """A plan's boxes with the wires between them."""

    boxes: list[_Block]
    links: list[Link]


def linear_plan(plan: Plan) -> Laid:
    """A level laid out in rows, its ports above and below what they lead to."""
    blocks = [_Block(f"b{number}", slot.width, slot.height) for number, slot in enumerate(plan.slots)]
    inner = [wire for wire in plan.wires if wire.tail.box >= 0 and wire.head.box >= 0]
    links = [Link(tail=f"b{wire.tail.box}", head=f"b{wire.head.box}", label=wire.words) for wire in inner]
    laid = linear(_Blocks(blocks, links), plan.direction)
    turn = plan.direction == "LR"
    top = ROW_GAP if plan.ins else 0.0
    centres = [_shifted(_turned(laid.places[block.id], plan.direction), top) for block in blocks]
    depth = (laid.width if turn else laid.height) + top - (0.0 if plan.outs else ROW_GAP if blocks else 0.0)
    ins = _ports(plan.ins, [(wire.tail.port, wire.head.box) for wire in plan.wires if wire.tail.box < 0], centres)
    outs = _ports(plan.outs, [(wire.head.port, wire.tail.box) for wire in plan.wires if wire.head.box < 0], centres)
    along = max([laid.height if turn else laid.width, *(port + PORT_GAP for port in (*ins, *outs))])
    size = (depth, along) if turn else (along, depth)
    routes = iter(laid.routes)
    return Laid(
        width=size[0],
        height=size[1],
        centres=tuple(centre[::-1] if turn else centre for centre in centres),
        ins=ins,
        outs=outs,
        routes=tuple(
            _moved(next(routes), (top, 0.0) if turn else (0.0, top))
            if wire.tail.box >= 0 and wire.head.box >= 0
            else _to_border(wire, plan, centres, ins, outs, depth)
            for wire in plan.wires
        ),
        engine="linear",
    )


def _shifted(point: Point, down: float) -> Point:
    return point[0], point[1] + down


def _moved(route: Route, by: Point) -> Route:
    return Route(
        points=tuple((x + by[0], y + by[1]) for x, y in route.points),
        tip=(route.tip[0] + by[0], route.tip[1] + by[1]),
        label=route.label and (route.label[0] + by[0], route.label[1] + by[1]),
    )


def _ports(count: int, wires: list[tuple[int, int]], centres: list[Point]) -> tuple[float, ...]:
    """Where ports stand along a border: each above or below the first box it leads to, none on another."""
    want = {port: centres[box][0] for port, box in reversed(wires)}
    found = [0.0] * count
    last = 0.0
    for port in sorted(range(count), key=lambda port: want.get(port, 0.0)):
        last = found[port] = max(want.get(port, 0.0), last + PORT_GAP)
    return tuple(found)


def _to_border(
    wire: Wire, plan: Plan, centres: list[Point], ins: tuple[float, ...], outs: tuple[float, ...], depth: float
) -> Route:
    """The route between a port of the border and a box."""
    box = max(wire.tail.box, wire.head.box)
    x, y = centres[box]
    slot = plan.slots[box]
    half = (slot.width if plan.direction == "LR" else slot.height) / 2
    if wire.tail.box < 0:
        first, tip = (ins[wire.tail.port], 0.0), (x, y - half)
        last = (x, y - half - ARROW)
    else:
        first, tip = (x, y + half), (outs[wire.head.port], depth)
        last = tip
    middle = (first[1] + last[1]) / 2
    points: tuple[Point, ...] = (first, (first[0], middle), (last[0], middle), last)
    if plan.direction == "LR":
        points, tip = tuple(point[::-1] for point in points), tip[::-1]
    return Route(points=points, tip=tip)


def linear(picture: Drawn, direction: Direction) -> Geometry:
    """The picture laid out in rows (`TB`) or columns (`LR`)."""
    notes = {link.head: link.tail for link in picture.links if link.kind == "note"}
    standing = [box for box in picture.boxes if box.id not in notes]
    edges = [(link.tail, link.head) for link in picture.links if link.kind != "note"]
    rank = ranks([box.id for box in standing], edges)
    for note, node in notes.items():
        rank[note] = rank[node]
    rows: dict[int, list[Sized]] = defaultdict(list)
    for box in picture.boxes:
        rows[rank[box.id]].append(box)
    order = [rows[number] for number in sorted(rows)]
    across = _across(order, edges + [(node, note) for note, node in notes.items()], direction)
    places: dict[str, Place] = {}
    down = 0.0
    for row in order:
        depth = max(_size(box, direction)[1] for box in row)
        for box in row:
            centre = (across[box.id], down + depth / 2)
            places[box.id] = Place(*centre) if direction == "TB" else Place(*centre[::-1])
        down += depth + ROW_GAP
    size = (max((across[box.id] + _size(box, direction)[0] / 2 for box in picture.boxes), default=0.0), down)
    width, height = size if direction == "TB" else size[::-1]
    by_id = {box.id: box for box in picture.boxes}
    routes = tuple(_route(link, by_id, places, direction) for link in picture.links)
    return Geometry(width=width, height=height, places=places, routes=routes, engine="linear")


def _size(box: Sized, direction: Direction) -> tuple[float, float]:
    """A box's extent along its row, and across it."""
    return (box.width, box.height) if direction == "TB" else (box.height, box.width)


def _across(rows: list[list[Sized]], edges: list[tuple[str, str]], direction: Direction) -> dict[str, float]:
    """Each box's centre along its row: a few sweeps to its neighbours' middle, then shifted to start at 0."""
    near: dict[str, list[str]] = defaultdict(list)
    for tail, head in edges:
        near[tail].append(head)
        near[head].append(tail)
    centre: dict[str, float] = {}
    for row in rows:
        _pack(row, {box.id: 0.0 for box in row}, centre, direction)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            want = {
                box.id: sum(centre[other] for other in near[box.id]) / len(near[box.id])
                if near[box.id]
                else centre[box.id]
                for box in row
            }
            row.sort(key=lambda box: want[box.id])
            _pack(row, want, centre, direction)
    left = min((centre[box.id] - _size(box, direction)[0] / 2 for row in rows for box in row), default=0.0)
    return {box: x - left for box, x in centre.items()}


def _pack(row: list[Sized], want: dict[str, float], centre: dict[str, float], direction: Direction) -> None:
    """Sets the row's centres near what they want, without overlap, the row as a whole in the middle of its wishes."""
    edge = None
    for box in row:
        half = _size(box, direction)[0] / 2
        centre[box.id] = want[box.id] if edge is None else max(want[box.id], edge + half)
        edge = centre[box.id] + half + BOX_GAP
    drift = sum(centre[box.id] - want[box.id] for box in row) / len(row)
    for box in row:
        centre[box.id] -= drift


def _route(link: Link, boxes: dict[str, Sized], places: dict[str, Place], direction: Direction) -> Route:
    """One curve from the tail's lower side to the head's upper side; a note's runs along the row."""
    tail, head = boxes[link.tail], boxes[link.head]
    start, end = _turned(places[link.tail], direction), _turned(places[link.head], direction)
    (tail_along, tail_across), (head_along, head_across) = _size(tail, direction), _size(head, direction)
    if link.kind == "note":
        sign = 1 if end[0] >= start[0] else -1
        first, tip = (start[0] + sign * tail_along / 2, start[1]), (end[0] - sign * head_along / 2, end[1])
        last = tip
        bends = (first, tip)
    else:
        sign = 1 if end[1] >= start[1] else -1
        first, tip = (start[0], start[1] + sign * tail_across / 2), (end[0], end[1] - sign * head_across / 2)
        last = (tip[0], tip[1] - sign * ARROW)
        middle = (first[1] + last[1]) / 2
        bends = ((first[0], middle), (last[0], middle))
    label = ((first[0] + tip[0]) / 2, (first[1] + tip[1]) / 2) if link.label else None
    points: tuple[Point, ...] = (first, *bends, last)
    if direction == "LR":
        points, tip, label = tuple(point[::-1] for point in points), tip[::-1], label and label[::-1]
    return Route(points=points, tip=tip, label=label)


def _turned(place: Place, direction: Direction) -> Point:
    return (place.x, place.y) if direction == "TB" else (place.y, place.x)
