"""Graphs drawn in groups: whatever is open, nothing is lost, nothing is drawn twice, and no more than 120 boxes."""

import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw.drawing import draw_svg
from app.draw.flat import flatten
from app.draw.forest import Forest, grow
from app.draw.grouped import choose, flat_picture, nested
from app.draw.layout import Engine, find_engine
from app.draw.levels import level_out
from app.draw.options import Options
from app.draw.picture import Box
from app.draw.seen import BUDGET, seen
from app.events import Graph, Group

from .graphs import block, graph, leaf, node, parse, transformer, unrolled

NAMES = ("MulBackward0", "TBackward0", "ViewBackward0", "AccumulateGrad")
KINDS = ("module", "function", "line", "repeat")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph with any groups: cycles, groups of unknown parents, nodes of unknown groups, ids that repeat."""
    size, groups = draw(st.integers(1, 90)), draw(st.integers(0, 25))
    number, group = st.integers(0, size - 1), st.integers(0, groups + 1).map(lambda place: f"g{place}")
    nodes = []
    for each in range(size):
        name, inside = draw(st.sampled_from(NAMES)), draw(st.none() | group)
        made = leaf(each, f"v{each}") if name == "AccumulateGrad" else node(each, name)
        nodes.append(replace(made, group=inside, id=each if draw(st.integers(0, 30)) else 0))
    told = [
        Group(
            id=f"g{place}",
            parent=draw(st.none() | st.integers(0, place + 1).map(lambda parent: f"g{parent}")),
            kind=draw(st.sampled_from(KINDS)),
            label=draw(st.sampled_from(["encoder.layer.3 · BertLayer", '"<b>&', "line 14"])),
            nodes=draw(st.integers(1, 2_000)),
            repeats=draw(st.integers(1, 12)),
        )
        for place in range(groups)
    ]
    edges = draw(st.lists(st.tuples(number, number), max_size=3 * size))
    whole = graph(nodes, edges, roots=(draw(number),))
    return replace(whole, groups=tuple(told), opened=tuple(draw(st.lists(group, max_size=8))))


ASKED = st.lists(st.integers(0, 27).map(lambda place: f"g{place}") | st.integers(0, 90).map(str), max_size=9).map(tuple)


def grown(drawn: Graph) -> Forest:
    return grow(flatten(drawn), {each.id: each for each in reversed(drawn.nodes)})


def ids(boxes: list[Box]) -> list[int]:
    return [number for box in boxes for number in box.nodes]


@settings(deadline=None, max_examples=120)
@given(graphs(), ASKED, ASKED, st.booleans())
def test_whatever_is_open_each_node_is_in_one_place_and_each_edge_in_a_link_or_a_box(
    drawn: Graph, expand: tuple[str, ...], close: tuple[str, ...], whole: bool
) -> None:
    forest = grown(drawn)
    carried = [each.id for each in drawn.nodes]
    chosen = choose(forest, seen(forest, expand, frozenset(close), whole=whole), carried)
    boxes = list(chosen.boxes.values())
    assert whole or len(boxes) <= BUDGET
    own = [box.nodes[0] for box in boxes if box.kind not in ("group", "more")]
    held = ids([box for box in boxes if box.kind in ("group", "more")])
    chips = {number for box in boxes for chip in box.chips for number in chip.nodes}
    assert len(own) == len(set(own)) == chosen.shown
    assert not set(own) & set(held)
    assert {*own, *held, *chips} >= set(carried)
    assert len(chips - set(held) - set(own)) == chosen.folded
    _, pairs = level_out(chosen.spots)
    joined = {(span.tail, span.head) for span in pairs}
    assert {end for pair in joined for end in pair} <= chosen.boxes.keys()
    spots = chosen.spots
    for tail, head in zip(forest.tails, forest.heads, strict=True):
        assert spots.of[tail] == spots.of[head] or (spots.key(spots.of[tail]), spots.key(spots.of[head])) in joined


@settings(deadline=None, max_examples=80)
@given(graphs(), ASKED, ASKED, st.sampled_from(["TB", "LR"]))
def test_whatever_is_open_is_laid_out_with_every_box_in_its_frame(
    drawn: Graph, expand: tuple[str, ...], close: tuple[str, ...], direction: Any
) -> None:
    options = Options(expand=expand, close=frozenset(close), direction=direction)
    picture, geometry = nested(0, grown(drawn), options, [each.id for each in drawn.nodes], None)
    areas = geometry.areas
    assert areas.keys() == {frame.group.id for frame in picture.frames or ()}
    for box in picture.boxes:
        if box.parent is not None:
            area, place = areas[box.parent], geometry.places[box.id]
            assert area.x <= place.x - box.width / 2 + 0.1 <= place.x + box.width / 2 <= area.x + area.width + 0.1
            assert area.y <= place.y - box.height / 2 + 0.1 <= place.y + box.height / 2 <= area.y + area.height + 0.1
    assert len(geometry.routes) == len(picture.links)


@settings(deadline=None, max_examples=15)
@given(graphs(), ASKED)
def test_any_graph_is_drawn_by_the_engine_as_well_formed_xml(drawn: Graph, expand: tuple[str, ...]) -> None:
    forest = grown(drawn)
    picture = flat_picture(0, forest, Options(expand=expand), [])
    assert parse(draw_svg(drawn, Options(expand=expand), True)).get("data-graph") == "0"
    assert picture.shown + picture.folded + picture.hidden == picture.total


def test_a_level_that_is_not_laid_out_in_time_is_drawn_closed_and_at_last_by_ourselves(tmp_path: Path) -> None:
    script = tmp_path / "engine"
    script.write_text(f"#!{sys.executable}\nraise SystemExit(1)\n", "utf-8")
    script.chmod(stat.S_IRWXU)
    picture, geometry = nested(0, grown(block()), Options(expand=("g0",)), range(7), Engine(str(script)))
    assert ([box.id for box in picture.boxes], picture.frames, geometry.engine) == (["n0", "g0", "n6"], (), "line")


def order(drawn: Graph, *expand: str) -> dict[str, tuple[float, float]]:
    picture, geometry = nested(0, grown(drawn), Options(expand=expand), [], find_engine())
    middles = {name: (area.x + area.width / 2, area.y) for name, area in geometry.areas.items()}
    return middles | {box.id: (geometry.places[box.id].x, geometry.places[box.id].y) for box in picture.boxes}


@pytest.mark.parametrize("group", ["g0", "g2", "g3", "g4"])
def test_opening_a_group_leaves_the_others_in_their_order(group: str) -> None:
    drawn = transformer(3)
    before, after = order(drawn, "g2"), order(drawn, "g2", group)
    same = sorted((before.keys() & after.keys()) - {group}, key=lambda key: before[key][1])
    assert sorted(same, key=lambda key: after[key][1]) == same


def test_two_thousand_steps_of_a_cell_are_two_boxes() -> None:
    drawn = unrolled(2000)
    picture = flat_picture(0, grown(drawn), Options(), [])
    counts = (picture.total, picture.shown, picture.folded, [box.id for box in picture.boxes])
    assert counts == (12_004, 1, 2, ["n0", "g0"])
