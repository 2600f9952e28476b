"""Levels -> one geometry: each level is laid out alone, the innermost first, and stands as a frame in the next.

A wire that crosses a frame's border does so at a port, which both layouts know: the inner one chooses where it is, the
outer one leads to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from .forest import TOP
from .geometry import Area, Geometry, Place, Route
from .lay import lay
from .layout import Engine
from .levels import Level, Span
from .linear import linear_plan
from .options import Direction
from .picture import Box, Frame
from .plans import End, Laid, Plan, Slot, Wire

BAR = 24.0
"""The height of a frame's title bar."""
SIDE = 14.0
"""The room between a frame and what stands in it, where no wire crosses its border."""

Point = tuple[float, float]


class Unlaid(Exception):
    """Levels that the engine could not lay out: these groups had better be closed."""

    def __init__(self, groups: set[int]) -> None:
        super().__init__(f"no layout for {sorted(groups)}")
        self.groups = groups


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A level laid out: which port each link has at its borders; as a frame its size and where its inside is."""

    laid: Laid
    ins: dict[tuple[str, str], int]
    outs: dict[tuple[str, str], int]
    width: float
    height: float
    inside: Point

    def port(self, side: str, ends: tuple[str, str], direction: Direction) -> float:
        """Where along the frame's upper (`in`) or lower (`out`) side a link crosses it."""
        offset = self.inside[0] if direction == "TB" else self.inside[1]
        return offset + (self.laid.ins[self.ins[ends]] if side == "in" else self.laid.outs[self.outs[ends]])


def nest(
    levels: Mapping[int, Level],
    depths: Mapping[int, int],
    boxes: Mapping[str, Box],
    frames: Mapping[str, Frame],
    direction: Direction,
    engine: Engine | None,
) -> tuple[Geometry, list[Span]]:
    """Where everything is, and the pieces of links in the order of the routes.

    What is left when the engine's time is over is laid out by us. Raises: Unlaid.
    """
    sheets: dict[int, _Sheet] = {}
    for depth in sorted(set(depths.values()), reverse=True):
        groups = [group for group in levels if depths[group] == depth]
        plans = [_plan(levels[group], boxes, sheets, direction) for group in groups]
        late = engine is None or engine.left_s <= 0
        laid = lay([plan for plan, *_ in plans], None if late else engine)
        failed = {group for group, each in zip(groups, laid, strict=True) if each is None}
        if failed - {TOP}:
            raise Unlaid(failed - {TOP})
        for group, (plan, ins, outs), each in zip(groups, plans, laid, strict=True):
            sheets[group] = _sheet(each or linear_plan(plan), ins, outs, frames.get(f"g{group}"), direction)
    return _Spread(levels, sheets, direction).geometry()


def _plan(
    level: Level, boxes: Mapping[str, Box], sheets: Mapping[int, _Sheet], direction: Direction
) -> tuple[Plan, dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """A level's plan, and its ports by the ends of the links that cross there."""
    number = {key: place for place, key in enumerate(level.keys)}
    ins: dict[tuple[str, str], int] = {}
    outs: dict[tuple[str, str], int] = {}
    wires = []
    for span in level.spans.values():
        ends = (span.start, span.end)
        tail = (
            End(-1, ins.setdefault(ends, len(ins))) if not span.tail else _end(span.tail, ends, number, sheets, "out")
        )
        head = (
            End(-1, outs.setdefault(ends, len(outs))) if not span.head else _end(span.head, ends, number, sheets, "in")
        )
        wires.append(Wire(tail, head, span.words if span.tail and span.head else ""))
    slots = tuple(_slot(key, boxes, sheets, direction) for key in level.keys)
    return Plan(slots, len(ins), len(outs), tuple(wires), direction), ins, outs


def _end(key: str, ends: tuple[str, str], number: Mapping[str, int], sheets: Mapping[int, _Sheet], side: str) -> End:
    sheet = _frame(key, sheets)
    return End(number[key], -1 if sheet is None else (sheet.ins if side == "in" else sheet.outs)[ends])


def _frame(key: str, sheets: Mapping[int, _Sheet]) -> _Sheet | None:
    """The sheet of an open group, None of a box."""
    return sheets.get(int(key[1:])) if key.startswith("g") else None


def _slot(key: str, boxes: Mapping[str, Box], sheets: Mapping[int, _Sheet], direction: Direction) -> Slot:
    sheet = _frame(key, sheets)
    if sheet is None:
        return Slot(boxes[key].width, boxes[key].height)
    ins = tuple(sheet.port("in", ends, direction) for ends in sheet.ins)
    outs = tuple(sheet.port("out", ends, direction) for ends in sheet.outs)
    return Slot(sheet.width, sheet.height, ins, outs)


def _sheet(
    laid: Laid,
    ins: dict[tuple[str, str], int],
    outs: dict[tuple[str, str], int],
    frame: Frame | None,
    direction: Direction,
) -> _Sheet:
    if frame is None:
        return _Sheet(laid, ins, outs, laid.width, laid.height, (0.0, 0.0))
    before, after = (0.0 if ins else SIDE), (0.0 if outs else SIDE)
    if direction == "LR":
        width = float(ceil(max(before + laid.width + after, frame.least)))
        return _Sheet(laid, ins, outs, width, float(ceil(BAR + laid.height + 2 * SIDE)), (before, BAR + SIDE))
    width = float(ceil(max(laid.width + 2 * SIDE, frame.least)))
    height = float(ceil(BAR + before + laid.height + after))
    return _Sheet(laid, ins, outs, width, height, ((width - laid.width) / 2, BAR + before))


@dataclass(frozen=True, slots=True)
class _Spread:
    """Puts the sheets into each other."""

    levels: Mapping[int, Level]
    sheets: Mapping[int, _Sheet]
    direction: Direction

    def geometry(self) -> tuple[Geometry, list[Span]]:
        """Everything in the outermost sheet's coordinates."""
        places: dict[str, Place] = {}
        areas: dict[str, Area] = {}
        routes: list[Route] = []
        spans: list[Span] = []
        waiting: list[tuple[int, Point]] = [(TOP, (0.0, 0.0))]
        while waiting:
            group, origin = waiting.pop(0)
            level, sheet = self.levels[group], self.sheets[group]
            inside = origin[0] + sheet.inside[0], origin[1] + sheet.inside[1]
            for key, (x, y) in zip(level.keys, sheet.laid.centres, strict=True):
                inner = _frame(key, self.sheets)
                if inner is None:
                    places[key] = Place(inside[0] + x, inside[1] + y)
                    continue
                corner = inside[0] + x - inner.width / 2, inside[1] + y - inner.height / 2
                areas[key] = Area(*corner, inner.width, inner.height)
                waiting.append((int(key[1:]), corner))
            border = areas.get(f"g{group}")
            for span, route in zip(level.spans.values(), sheet.laid.routes, strict=True):
                spans.append(span)
                routes.append(self._tied(span, _moved(route, inside), areas, border))
        top = self.sheets[TOP]
        names = {sheet.laid.engine for sheet in self.sheets.values()}
        engine = next(iter(sorted(names - {"line"}, key=lambda name: name != "linear")), "line")
        return Geometry(top.width, top.height, places, tuple(routes), engine, areas), spans

    def _tied(self, span: Span, route: Route, areas: Mapping[str, Area], border: Area | None) -> Route:
        """The route with its ends exactly at the ports."""
        ends = (span.start, span.end)
        if border is not None and not span.tail:
            below = border.y + BAR if self.direction == "TB" else border.x
            route = _from(route, self._across(route.points[0], below))
        elif span.tail in areas:
            route = _from(route, self._port(span.tail, "out", ends, areas[span.tail]))
        if border is not None and not span.head:
            edge = border.y + border.height if self.direction == "TB" else border.x + border.width
            route = _to(route, self._across(route.tip, edge))
        elif span.head in areas:
            route = _to(route, self._port(span.head, "in", ends, areas[span.head]))
        return route

    def _across(self, point: Point, at: float) -> Point:
        """The point moved to the border."""
        return (point[0], at) if self.direction == "TB" else (at, point[1])

    def _port(self, key: str, side: str, ends: tuple[str, str], area: Area) -> Point:
        along = self.sheets[int(key[1:])].port(side, ends, self.direction)
        if self.direction == "TB":
            return area.x + along, area.y if side == "in" else area.y + area.height
        return area.x if side == "in" else area.x + area.width, area.y + along


def _moved(route: Route, by: Point) -> Route:
    return Route(
        points=tuple((x + by[0], y + by[1]) for x, y in route.points),
        tip=(route.tip[0] + by[0], route.tip[1] + by[1]),
        label=route.label and (route.label[0] + by[0], route.label[1] + by[1]),
    )


def _from(route: Route, start: Point) -> Route:
    """The route from another start; its first bend moves along."""
    (x, y), (bend_x, bend_y) = route.points[:2]
    by = start[0] - x, start[1] - y
    return Route((start, (bend_x + by[0], bend_y + by[1]), *route.points[2:]), route.tip, route.label)


def _to(route: Route, tip: Point) -> Route:
    """The route to another tip; its last bend moves along."""
    by = tip[0] - route.tip[0], tip[1] - route.tip[1]
    moved = tuple((x + by[0], y + by[1]) for x, y in route.points[-2:])
    return Route((*route.points[:-2], *moved), tip, route.label)
