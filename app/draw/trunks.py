"""Many long wires to one place, as of a tensor that each step of a loop uses: led there along one trunk.

Each wire joins the trunk below its tail. Without it every one of them would be a line of its own beside all the boxes
that it passes, and the engine's work would grow with the square of their number.
"""

from collections import defaultdict
from typing import NamedTuple

from .geometry import Route
from .plans import End, Plan
from .ranks import ranks

LONG = 3
"""Rows that a wire may pass on its own."""
MANY = 5
"""Long wires to one place from which on they share a trunk."""


class Trunk(NamedTuple):
    """Where it leads, and the wires that join it at each of its knots, from the tail's side on."""

    head: End
    knots: tuple[tuple[int, ...], ...]


def trunks(plan: Plan) -> list[Trunk]:
    """The trunks of a plan."""
    inner = [(wire.tail.box, wire.head.box) for wire in plan.wires if wire.tail.box >= 0 and wire.head.box >= 0]
    row = ranks(range(len(plan.slots)), inner)
    last = max(row.values(), default=0) + 1
    coming: dict[End, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, (tail, head, _) in enumerate(plan.wires):
        if tail.box >= 0 and (row[head.box] if head.box >= 0 else last) - row[tail.box] > LONG:
            coming[head][row[tail.box]].append(number)
    return [
        Trunk(head, tuple(tuple(rows[each]) for each in sorted(rows)))
        for head, rows in coming.items()
        if sum(map(len, rows.values())) >= MANY
    ]


def along(route: Route, trunk: list[Route]) -> Route:
    """A wire's whole route: to its knot, and from there along the pieces of its trunk."""
    points = route.points + tuple(point for piece in trunk for point in piece.points[1:])
    return Route(points, trunk[-1].tip, route.label)
