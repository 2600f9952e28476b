"""What assistive technology and the page's scripts read from the SVG."""

from dataclasses import replace

from app.draw import Options, draw_svg
from app.events import Edge

from .graphs import SVG, graph, leaf, node, parse, perceptron, value

SMALL = graph(
    [
        node(0, "MulBackward0", variable="y", shape=(3,), line=4, column=6),
        leaf(1, "x", shape=(3,), value=value((1.0, 2.0, 3.0), (3,)), line=1),
    ],
    [(0, 1)],
)


def symbols(svg: str) -> list[dict[str, str]]:
    return [dict(item.attrib) for item in parse(svg).iter() if item.get("role") == "graphics-symbol"]


def test_each_node_says_what_it_is_and_where_it_comes_from() -> None:
    assert symbols(draw_svg(SMALL, Options())) == [
        {
            "class": "node function root",
            "data-node": "0",
            "data-nodes": "0",
            "data-line": "4",
            "data-column": "6",
            "data-variable": "y",
            "role": "graphics-symbol",
            "tabindex": "-1",
            "aria-label": "MulBackward0, y, shape (3,), line 4, root",
        },
        {
            "class": "node leaf",
            "data-node": "1",
            "data-nodes": "1",
            "data-line": "1",
            "data-variable": "x",
            "role": "graphics-symbol",
            "tabindex": "-1",
            "aria-label": "AccumulateGrad, leaf, x, shape (3,), value [1.0, 2.0, 3.0], line 1",
        },
    ]


def test_the_document_says_what_it_shows() -> None:
    root = parse(draw_svg(SMALL, Options()))
    assert {name: root.get(name) for name in ("class", "role", "aria-roledescription", "aria-label", "data-graph")} == {
        "class": "graph",
        "role": "graphics-document",
        "aria-roledescription": "autograd graph",
        "aria-label": "Graph 0: 2 nodes, 1 edge",
        "data-graph": "0",
    }


def test_the_page_gets_no_style_and_no_legend_and_a_download_gets_both() -> None:
    page, download = draw_svg(SMALL, Options()), draw_svg(SMALL, Options(), standalone=True)
    assert ("<style" in page, 'class="legend"' in page) == (False, False)
    assert ("<style" in download, 'class="legend"' in download) == (True, True)
    words = [text.text for text in parse(download).iter(f"{SVG}text") if text.get("class") == "word"]
    assert words == ["root: backward() starts here", "leaf (AccumulateGrad)"]


def test_kinds_differ_in_shape_and_not_in_colour_alone() -> None:
    kinds = [
        node(0, "AddBackward0"),
        node(1, "MulBackward0"),
        node(2, "MyBackward", "custom"),
        leaf(3, "x"),
        node(4, "Undefined", "undefined"),
    ]
    drawn = parse(draw_svg(graph(kinds, [(0, 1), (1, 2), (2, 3), (1, 4)]), Options()))
    groups = [item for item in drawn.iter(f"{SVG}g") if item.get("role") == "graphics-symbol"]
    outlines = [
        [(shape.tag, shape.get("rx")) for shape in group if "shape" in shape.get("class", "")] for group in groups
    ]
    rect = f"{SVG}rect"
    assert outlines == [[(rect, "3")], [(rect, "3")], [(rect, "2"), (rect, "1")], [(rect, "17")], [(rect, "3")]]


def test_a_folded_leaf_is_a_chip_that_knows_its_nodes() -> None:
    drawn = parse(draw_svg(perceptron(13), Options()))
    chips = [dict(item.attrib) for item in drawn.iter(f"{SVG}g") if "chip" in item.get("class", "")]
    assert chips[:2] == [
        {"class": "chip leaf", "data-node": "2", "data-nodes": "2", "data-variable": "net.0.bias"},
        {"class": "chip leaf", "data-node": "4", "data-nodes": "3 4", "data-variable": "net.0.weight"},
    ]


def test_a_download_says_how_many_nodes_are_folded() -> None:
    assert "65 nodes: 26 drawn, 39 folded into their users, 0 not drawn" in draw_svg(perceptron(13), Options(), True)


def test_each_edge_names_the_edges_of_the_graph_that_it_stands_for() -> None:
    twice = (*SMALL.edges, Edge(tail=0, head=1, output_nr=0, input_nr=1))
    drawn = parse(draw_svg(replace(SMALL, edges=twice), Options()))
    assert [path.get("data-edges") for path in drawn.iter(f"{SVG}path") if path.get("class") == "edge"] == [
        "0:0",
        "0:1",
    ]
    joined = parse(draw_svg(graph([node(0, "CatBackward0"), leaf(1, "x")], [(0, 1)] * 5), Options()))
    assert [path.get("data-edges") for path in joined.iter(f"{SVG}path") if path.get("class") == "edge"] == [
        "0:0 0:0 0:0 0:0 0:0"
    ]
