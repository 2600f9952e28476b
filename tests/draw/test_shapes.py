"""Closed groups differ in shape, not in colour alone."""

from app.draw.shapes import group_outline


def test_each_kind_of_group_has_an_outline_of_its_own() -> None:
    outlines = {kind: group_outline(kind, 0, 0, 90, 40) for kind in ("module", "function", "line", "repeat", "block")}
    shapes = {kind: (body.count("<rect"), body.count("M"), body.count("h")) for kind, body in outlines.items()}
    assert len(set(outlines.values())) == 5
    assert {kind: rects for kind, (rects, *_) in shapes.items()} == {
        "module": 1, "function": 1, "line": 1, "repeat": 3, "block": 1,
    }  # fmt: skip
