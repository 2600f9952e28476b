"""A layout of our own in time linear in boxes and edges: what is drawn when the engine is absent or takes too long.

Plainer than Graphviz's: rows by rank, boxes ordered by their neighbours' middle, every edge one curve, so a long edge
may pass behind a box. Never fails.
"""

from collections import defaultdict

from .geometry import Geometry, Place, Route
from .options import Direction
from .picture import Box, Link, Picture
from .ranks import ranks

ROW_GAP = 36.0
BOX_GAP = 22.0
SWEEPS = 4
ARROW = 8.0

Point = tuple[float, float]


def linear(picture: Picture, direction: Direction) -> Geometry:
    """The picture laid out in rows (`TB`) or columns (`LR`)."""
    notes = {link.head: link.tail for link in picture.links if link.kind == "note"}
    standing = [box for box in picture.boxes if box.id not in notes]
    edges = [(link.tail, link.head) for link in picture.links if link.kind != "note"]
    rank = ranks([box.id for box in standing], edges)
    for note, node in notes.items():
        rank[note] = rank[node]
    rows: dict[int, list[Box]] = defaultdict(list)
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


def _size(box: Box, direction: Direction) -> tuple[float, float]:
    """A box's extent along its row, and across it."""
    return (box.width, box.height) if direction == "TB" else (box.height, box.width)


def _across(rows: list[list[Box]], edges: list[tuple[str, str]], direction: Direction) -> dict[str, float]:
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


def _pack(row: list[Box], want: dict[str, float], centre: dict[str, float], direction: Direction) -> None:
    """Sets the row's centres near what they want, without overlap, the row as a whole in the middle of its wishes."""
    edge = None
    for box in row:
        half = _size(box, direction)[0] / 2
        centre[box.id] = want[box.id] if edge is None else max(want[box.id], edge + half)
        edge = centre[box.id] + half + BOX_GAP
    drift = sum(centre[box.id] - want[box.id] for box in row) / len(row)
    for box in row:
        centre[box.id] -= drift


def _route(link: Link, boxes: dict[str, Box], places: dict[str, Place], direction: Direction) -> Route:
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
