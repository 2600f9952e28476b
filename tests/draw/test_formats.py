"""A graph in every format, of what is seen and of the whole."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from app.draw import FORMATS, Options, TooLarge, draw_picture
from app.draw.formats import Suffix
from app.events import decode

from .graphs import block, chain, parse, transformer, unrolled

LARGE = transformer(3)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_is_made_of_what_is_seen_and_of_the_whole(suffix: Suffix, whole: bool) -> None:
    assert len(draw_picture(LARGE, Options(whole=whole), suffix)) > 500


def test_the_whole_as_json_is_the_event() -> None:
    assert decode(draw_picture(LARGE, Options(whole=True), "json")) == LARGE


def test_json_of_what_is_seen_has_its_boxes_links_and_open_groups() -> None:
    told = json.loads(draw_picture(LARGE, Options(), "json"))
    assert [group["id"] for group in told["groups"]] == ["g1"]
    assert {box["id"]: box["group"] for box in told["boxes"]}["g2"] == "g1"
    assert {link["tail"] for link in told["links"]} <= {box["id"] for box in told["boxes"]}


def test_dot_draws_open_groups_as_clusters() -> None:
    dot = draw_picture(LARGE, Options(expand=("g2",)), "dot").decode()
    assert dot.index("subgraph cluster_g1 {") < dot.index("subgraph cluster_g2 {")


def test_graphml_has_every_node_and_edge_of_the_whole() -> None:
    told = ElementTree.fromstring(draw_picture(LARGE, Options(whole=True), "graphml"))
    names = {"n": "{http://graphml.graphdrawing.org/xmlns}"}
    assert len(list(told.iter(f"{names['n']}node"))) == len(LARGE.nodes)
    assert len(list(told.iter(f"{names['n']}edge"))) == len(LARGE.edges)


def test_the_whole_as_svg_has_every_group_open() -> None:
    drawn = parse(draw_picture(LARGE, Options(whole=True), "svg").decode())
    assert len(drawn.get("data-opened", "").split(",")) == len(LARGE.groups)
    shown, folded = (int(drawn.get(f"data-{name}", "")) for name in ("shown", "folded"))
    assert shown + folded == len(LARGE.nodes)


def test_a_whole_beyond_what_a_format_holds_says_so_and_what_to_ask_for() -> None:
    large: Any = unrolled(2000)
    with pytest.raises(TooLarge, match=r"has 12,004 nodes.*holds 3,000.*Ask for what is seen"):
        draw_picture(large, Options(whole=True), "png")


def test_a_small_graph_has_every_format_too() -> None:
    for drawn in (block(), chain(3)):
        assert json.loads(draw_picture(drawn, Options(), "json"))["total"] == len(drawn.nodes)
        assert b"MulBackward0" in draw_picture(drawn, Options(), "graphml")
