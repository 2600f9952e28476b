"""Many long wires to one place."""

from app.draw.lay import lay
from app.draw.layout import find_engine
from app.draw.plans import End, Plan, Slot, Wire
from app.draw.trunks import Trunk, trunks


def loop(steps: int, direction: str = "TB") -> Plan:
    """A line of boxes each of which leads to the one at the end too."""
    line = tuple(Wire(End(step), End(step + 1)) for step in range(steps))
    uses = tuple(Wire(End(step), End(steps)) for step in range(steps - 1))
    return Plan((Slot(60, 30),) * (steps + 1), 0, 0, (*line, *uses), "LR" if direction == "LR" else "TB")


def test_a_few_long_wires_stay_alone_and_more_share_a_trunk() -> None:
    assert trunks(loop(7)) == []
    assert trunks(loop(8)) == [Trunk(End(8), ((8,), (9,), (10,), (11,), (12,)))]


def test_every_wire_still_leads_from_its_tail_to_its_head_past_all_boxes() -> None:
    for direction in ("TB", "LR"):
        plan = loop(20, direction)
        (laid,) = lay([plan], find_engine())
        assert laid is not None
        for wire, route in zip(plan.wires, laid.routes, strict=True):
            assert len(route.points) % 3 == 1
            for end, (x, y) in ((wire.tail, route.points[0]), (wire.head, route.tip)):
                middle = laid.centres[end.box]
                assert abs(x - middle[0]) <= 31
                assert abs(y - middle[1]) <= 16
        across = laid.width if direction == "TB" else laid.height
        assert across < 400
