"""A level as the engine takes it: sizes, ports and wires, and not a word of a stranger's."""

from app.draw.layout import answer, find_engine
from app.draw.plans import End, Plan, Slot, Wire
from app.draw.wiring import plan_dot

FRAMED = Plan(
    slots=(Slot(40, 20), Slot(200, 100, ins=(30, 150), outs=(100,))),
    ins=1,
    outs=1,
    wires=(Wire(End(-1, 0), End(0)), Wire(End(0), End(1, 0)), Wire(End(0), End(1, 1)), Wire(End(1, 0), End(-1, 0))),
    direction="TB",
)


def test_a_small_level_reads_as_a_person_would_write_it() -> None:
    plan = Plan((Slot(72, 36), Slot(36, 36)), 0, 0, (Wire(End(0), End(1), "× 2"),), "LR")
    assert plan_dot(plan) == (
        "digraph level { graph [rankdir=LR nodesep=0.3 ranksep=0.42]\n"
        'node [shape=box fixedsize=true label="" margin=0] edge [arrowsize=0.7 fontname=Helvetica fontsize=10]\n'
        "b0 [width=1.0000 height=0.5000]\n"
        "b1 [width=0.5000 height=0.5000]\n"
        'b0 -> b1 [id=e0 label="× 2"]\n'
        "}\n"
    )


def test_ports_stand_at_the_border_and_wires_lead_to_them() -> None:
    text = plan_dot(FRAMED)
    assert "{ rank=source i0 [shape=point width=0.01 height=0.01] }" in text
    assert "b0 -> b1:i1:n [id=e2]" in text
    assert "b1:o0:s -> o0 [id=e3 arrowhead=none]" in text


def test_the_engine_understands_both_directions() -> None:
    engine = find_engine()
    assert engine is not None
    for direction in ("TB", "LR"):
        plan = Plan(FRAMED.slots, 1, 1, FRAMED.wires, "LR" if direction == "LR" else "TB")
        assert b'"pos"' in answer(engine, plan_dot(plan))
