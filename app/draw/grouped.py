"""A graph with groups -> what is drawn of it, and where.

Up to 120 boxes: what is open shows what stands in it, the rest is closed. A level that the engine can't lay out in time
is drawn closed; at last our own layout draws it.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .boxes import boxes_of, frames_of, spare_boxes
from .forest import Forest
from .geometry import Geometry
from .layout import Engine
from .levels import Span, level_out
from .nest import Unlaid, nest
from .options import Options
from .picture import Box, Frame, Link, Picture
from .seen import Seen, seen
from .spots import Spots, count_folded, spot_out

TRIES = 3
WALL_S = 4.0
"""How long the engine may work on one picture, whatever has to be closed meanwhile."""
DRAWN_BY_ENGINE = 300
"""Boxes up to which a whole drawing is laid out by the engine."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is drawn: spots, their boxes by key, frames, and how many nodes are shown, folded and left out."""

    spots: Spots
    boxes: dict[str, Box]
    frames: tuple[Frame, ...]
    shown: int
    folded: int


def choose(forest: Forest, what: Seen, carried: Iterable[int]) -> Choice:
    """What of the graph is drawn where that much is open."""
    spots = spot_out(forest, what)
    made = boxes_of(spots, carried)
    boxes = {box.id: box for level in spots.levels.values() for spot in level for box in [made.get(spot)] if box}
    boxes |= {box.id: box for box in spare_boxes(spots).values()}
    shown = sum(1 for spot in made if spots.is_node(spot))
    return Choice(spots, boxes, frames_of(spots), shown, count_folded(spots))


def flat_picture(index: int, forest: Forest, options: Options, carried: Iterable[int]) -> Picture:
    """The drawing with one link for each two boxes that edges join, wherever they stand."""
    chosen = choose(forest, seen(forest, options.expand, options.close, whole=options.whole), carried)
    return _picture(index, chosen, [_flat(span) for span in level_out(chosen.spots)[1]])


def nested(
    index: int, forest: Forest, options: Options, carried: Iterable[int], engine: Engine | None
) -> tuple[Picture, Geometry]:
    """The drawing, each level laid out on its own, and where everything is."""
    what = seen(forest, options.expand, options.close, whole=options.whole)
    if options.whole and sum(what.room.values()) > DRAWN_BY_ENGINE:
        engine = None
    if engine is not None:
        engine = replace(engine, until=time.monotonic() + WALL_S)
    for left in range(TRIES, -1, -1):
        chosen = choose(forest, what, carried)
        levels, _ = level_out(chosen.spots)
        for level, box in spare_boxes(chosen.spots).items():
            levels[level].keys.append(box.id)
        depths = {group: len(forest.path(group)) for group in levels}
        frames = {frame.group.id: frame for frame in chosen.frames}
        try:
            found, spans = nest(levels, depths, chosen.boxes, frames, options.direction, engine if left else None)
        except Unlaid as unlaid:
            what = _without(forest, what, unlaid.groups)
            continue
        break
    return _picture(index, chosen, [_piece(span) for span in spans]), found


def _without(forest: Forest, what: Seen, groups: set[int]) -> Seen:
    return replace(what, room={g: most for g, most in what.room.items() if not groups.intersection(forest.path(g))})


def _picture(index: int, chosen: Choice, links: list[Link]) -> Picture:
    total = chosen.spots.forest.columns.total_nodes
    return Picture(
        index=index,
        total=total,
        shown=chosen.shown,
        folded=chosen.folded,
        hidden=total - chosen.shown - chosen.folded,
        boxes=tuple(chosen.boxes.values()),
        links=tuple(links),
        frames=chosen.frames,
    )


def _flat(span: Span) -> Link:
    return Link(tail=span.tail, head=span.head, label=span.words, edges=tuple(span.edges))


def _piece(span: Span) -> Link:
    """A piece of a link; where it begins or ends at a border it names what is beyond."""
    return Link(
        tail=span.tail or span.start,
        head=span.head or span.end,
        label=span.words,
        kind="edge" if span.head else "exit",
        edges=tuple(span.edges),
    )
