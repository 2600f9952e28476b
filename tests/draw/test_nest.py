"""Levels in each other: frames around what stands in them, and wires that meet at ports."""

from typing import Any

import pytest

from app.draw.flat import flatten
from app.draw.forest import grow
from app.draw.grouped import nested
from app.draw.layout import find_engine
from app.draw.nest import BAR
from app.draw.options import Options

from .graphs import block, transformer


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("engine", [find_engine(), None], ids=["engine", "ours"])
def test_a_link_that_crosses_a_frame_goes_on_exactly_where_it_ended(direction: Any, engine: Any) -> None:
    options = Options(direction=direction, expand=("g0",))
    picture, geometry = nested(0, grow(flatten(block()), {}), options, [], engine)
    routes = {(link.tail, link.head): route for link, route in zip(picture.links, geometry.routes, strict=True)}
    assert routes.keys() == {("n0", "g0"), ("n0", "n1"), ("n1", "g1"), ("n1", "n6"), ("g1", "n6"), ("g0", "n6")}
    area = geometry.areas["g0"]
    into, on = routes["n0", "g0"].tip, routes["n0", "n1"].points[0]
    bar = (0, BAR) if direction == "TB" else (0, 0)
    assert (on[0] - into[0], on[1] - into[1]) == pytest.approx(bar, abs=1.2)
    assert into[1 if direction == "TB" else 0] == (area.y if direction == "TB" else area.x)
    assert routes["n1", "n6"].tip == pytest.approx(routes["g0", "n6"].points[0], abs=1.2)
    assert routes["g1", "n6"].tip == pytest.approx(routes["g0", "n6"].points[0], abs=1.2)


def test_frames_stand_in_frames_and_beside_no_box() -> None:
    drawn = transformer(2)
    picture, geometry = nested(0, grow(flatten(drawn), {}), Options(expand=("g2", "g3", "g4")), [], find_engine())
    assert [frame.group.id for frame in picture.frames or ()] == ["g1", "g2", "g3", "g4"]
    for name, outer in (("g2", "g1"), ("g3", "g2"), ("g4", "g3")):
        small, large = geometry.areas[name], geometry.areas[outer]
        assert large.x < small.x
        assert small.x + small.width < large.x + large.width
        assert large.y + BAR < small.y
        assert small.y + small.height < large.y + large.height
    for box in picture.boxes:
        place = geometry.places[box.id]
        for name, area in geometry.areas.items():
            inside = area.x < place.x < area.x + area.width and area.y < place.y < area.y + area.height
            assert inside == (name in _around(box.parent, drawn))


def _around(name: str | None, drawn: Any) -> set[str]:
    parents = {group.id: group.parent for group in drawn.groups}
    found = set()
    while name is not None:
        found.add(name)
        name = parents[name]
    return found
