"""Which way a graph is drawn, and what the page reads from a drawing in groups."""

from dataclasses import replace

import pytest

from app.draw import Options, draw_dot, draw_svg
from app.draw.flat import flatten

from .graphs import SVG, block, chain, parse, perceptron, transformer

DRAWN = transformer(3)


def test_up_to_sixty_nodes_groups_change_nothing() -> None:
    assert "data-opened" not in draw_svg(block(), Options(expand=("g0",)))
    assert draw_svg(perceptron(12), Options()) == draw_svg(perceptron(12), Options(expand=("g0",)))


def test_the_switch_turns_groups_off() -> None:
    drawn = parse(draw_svg(DRAWN, Options(fold=False)))
    assert (drawn.get("data-opened"), drawn.get("data-shown")) == (None, str(len(DRAWN.nodes)))


def test_a_closed_group_tells_the_page_all_it_needs() -> None:
    drawn = parse(draw_svg(DRAWN, Options()))
    assert drawn.get("data-opened") == "g1"
    closed = next(dict(item.attrib) for item in drawn.iter(f"{SVG}g") if item.get("data-group") == "g2")
    assert len(closed.pop("data-nodes").split()) == 72
    assert closed.pop("data-node").isdigit()
    assert closed == {
        "class": "node group repeat",
        "data-group": "g2",
        "data-parent": "g1",
        "data-key": "g2",
        "data-label": "layer.0 … layer.2 · BertLayer",
        "data-count": "72",
        "data-repeats": "3",
        "role": "graphics-symbol",
        "tabindex": "-1",
        "aria-expanded": "false",
        "aria-label": "layer.0 … layer.2 · BertLayer, 3 times, 72 nodes, group, closed, 0 inputs, 0 outputs",
    }


def test_an_open_group_is_a_frame_drawn_before_what_stands_in_it() -> None:
    drawn = parse(draw_svg(DRAWN, Options()))
    drawing = next(item for item in drawn.iter(f"{SVG}g") if item.get("class") == "drawing")
    frame = dict(drawing[0].attrib)
    assert (frame["class"], frame["aria-expanded"], frame["data-key"]) == ("frame module", "true", "g1")
    assert frame["aria-label"] == "encoder · BertEncoder, 72 nodes, group, open"


def test_every_box_and_every_piece_of_a_link_has_a_key_of_its_own() -> None:
    drawn = parse(draw_svg(DRAWN, Options(expand=("g2", "g3", "g4"))))
    boxes = [item.get("data-key") for item in drawn.iter(f"{SVG}g") if item.get("role") == "graphics-symbol"]
    edges = [item for item in drawn.iter(f"{SVG}path") if item.get("class", "").startswith("edge")]
    keys = [edge.get("data-key") for edge in edges]
    assert None not in [*boxes, *keys]
    assert len(set(boxes)) == len(boxes)
    assert len(set(keys)) == len(keys)
    assert {edge.get(end) for edge in edges for end in ("data-from", "data-to")} <= set(boxes)


def test_keys_stay_when_another_group_opens() -> None:
    def keys(*expand: str) -> set[str | None]:
        return {item.get("data-key") for item in parse(draw_svg(DRAWN, Options(expand=expand))).iter()}

    assert keys("g2") - keys("g2", "g3") == set()


def test_a_record_is_drawn_as_its_event_would_be() -> None:
    options = Options(expand=("g2",))
    assert draw_svg(DRAWN, options, columns=flatten(DRAWN)) == draw_svg(DRAWN, options)


def test_only_what_is_asked_for_is_drawn() -> None:
    leaf = next(node.id for node in DRAWN.nodes if node.variable == "embeddings.word.weight")
    svg = draw_svg(DRAWN, Options(focus=f"path:{leaf}"), True)
    assert f'data-node="{leaf}"' in svg
    assert "of which only what leads from embeddings.word.weight to the root" in svg
    assert "mask" not in svg
    assert parse(draw_svg(chain(5), Options(focus="reach:2"))).get("data-shown") == "3"
    assert draw_dot(DRAWN, Options(focus="grad")).count("->") > 0


@pytest.mark.parametrize("focus", ["", "path:9", "reach:0"])
def test_a_stranger_s_words_are_only_text(focus: str) -> None:
    wild = '</text><script>"&\x00'
    groups = tuple(replace(group, label=wild) for group in DRAWN.groups)
    odd = replace(DRAWN, groups=groups, nodes=tuple(replace(node, name=wild, variable=wild) for node in DRAWN.nodes))
    asked = Options(expand=("g3",), focus=focus)
    tags = {item.tag.split("}")[1] for item in parse(draw_svg(odd, asked, True)).iter()}
    assert tags <= {"svg", "g", "path", "rect", "text", "style"}
    assert draw_dot(odd, asked).startswith("digraph")


def test_a_file_claims_no_state_that_could_change() -> None:
    assert "aria-expanded" in draw_svg(DRAWN, Options())
    assert "aria-expanded" not in draw_svg(DRAWN, Options(), standalone=True)
