"""A level that is one line of boxes."""

from app.draw.lay import lay
from app.draw.layout import find_engine
from app.draw.line import in_line
from app.draw.plans import End, Plan, Slot, Wire


def plan(*wires: Wire, ins: int = 0, outs: int = 0, direction: str = "TB") -> Plan:
    slots = (Slot(40, 20), Slot(100, 60, ins=(20,), outs=(70,)), Slot(40, 20))
    return Plan(slots, ins, outs, wires, "LR" if direction == "LR" else "TB")


LINE = (Wire(End(-1, 0), End(0)), Wire(End(0), End(1, 0)), Wire(End(1, 0), End(2), "× 2"), Wire(End(2), End(-1, 0)))


def test_every_wire_is_straight_from_port_to_port() -> None:
    laid = in_line(plan(*LINE, ins=1, outs=1))
    assert laid is not None
    assert [{round(x) for x, _ in [*route.points, route.tip]} for route in laid.routes] == [{20}, {20}, {70}, {70}]
    assert (laid.width, laid.ins, laid.outs) == (100, (20.0,), (70.0,))
    assert list(laid.centres) == [(20.0, 44.0), (50.0, 118.0), (70.0, 192.0)]
    assert (laid.routes[0].points[0][1], laid.routes[3].tip[1]) == (0, laid.height)


def test_from_left_to_right_it_is_the_same_line_turned() -> None:
    laid = in_line(plan(*LINE, ins=1, outs=1, direction="LR"))
    assert laid is not None
    assert [{round(y) for _, y in route.points} for route in laid.routes] == [{10 + 10}] * 2 + [{70}] * 2
    assert laid.width > laid.height


def test_what_is_no_line_is_left_to_the_engine() -> None:
    assert in_line(plan(Wire(End(0), End(1)), Wire(End(0), End(2)))) is None
    assert in_line(plan(Wire(End(0), End(1)))) is None
    assert in_line(plan(Wire(End(0), End(1)), Wire(End(1), End(2)), Wire(End(2), End(0)))) is None
    assert in_line(plan(*LINE[:3], Wire(End(1), End(-1, 0)), ins=1, outs=1)) is None


def test_its_boxes_stand_in_the_rows_that_the_engine_gives_them() -> None:
    boxes = Plan((Slot(40, 20), Slot(90, 40)), 0, 0, (Wire(End(0), End(1)),), "TB")
    branched = Plan((*boxes.slots, Slot(40, 20)), 0, 0, (*boxes.wires, Wire(End(0), End(2))), "TB")
    ours, (theirs,) = in_line(boxes), lay([branched], find_engine())
    assert ours is not None
    assert theirs is not None
    assert abs((ours.centres[1][1] - ours.centres[0][1]) - (theirs.centres[1][1] - theirs.centres[0][1])) < 8


def test_nothing_at_all_is_a_line_too() -> None:
    laid = in_line(Plan((), 0, 0, (), "TB"))
    assert laid is not None
    assert (laid.width, laid.height) == (0, 0)
