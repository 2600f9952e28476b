"""Whole drawings against graphs drawn by hand from the programs, and against hostile and huge events."""

import random

import pytest

from app.draw import Options, draw_dot, draw_svg
from app.events import Edge, Graph, Node, Saved, decode

from .graphs import Seen, boxes, chain, edges, graph, leaf, node, parse, perceptron, recurrence, value

POW_ADD = graph(
    [
        node(0, "AddBackward0", variable="z", shape=(), value=value(7.0), line=3),
        node(1, "PowBackward0", variable="y", shape=(), value=value(4.0), line=2),
        leaf(2, "x", shape=(), value=value(2.0), line=1),
    ],
    [(0, 1), (1, 2)],
)


def test_x_to_the_power_of_2_plus_3_is_drawn_as_three_boxes_in_a_line() -> None:
    svg = draw_svg(POW_ADD, Options())
    assert boxes(svg) == {
        "0": Seen("node function root", ("AddBackward0", "z · ()", "= 7.0")),
        "1": Seen("node function", ("PowBackward0", "y · ()", "= 4.0")),
        "2": Seen("node leaf", ("x", "AccumulateGrad · ()", "= 2.0")),
    }
    assert edges(svg) == [("0", "1"), ("1", "2")]


def test_the_mean_of_a_product_of_one_leaf_with_itself_has_two_edges_to_one_box() -> None:
    square = graph(
        [
            node(0, "MeanBackward0", variable="z", shape=()),
            node(1, "MulBackward0", variable="y", shape=(3,), value=value((1.0, 4.0, 9.0), (3,))),
            leaf(2, "x", shape=(3,), value=value((1.0, 2.0, 3.0), (3,))),
        ],
        [(0, 1), (1, 2), (1, 2)],
    )
    svg = draw_svg(square, Options())
    assert boxes(svg) == {
        "0": Seen("node function root", ("MeanBackward0", "z · ()")),
        "1": Seen("node function", ("MulBackward0", "y · (3,)", "= [1.0, 4.0, 9.0]")),
        "2": Seen("node leaf", ("x", "AccumulateGrad · (3,)", "= [1.0, 2.0, 3.0]")),
    }
    assert edges(svg) == [("0", "1"), ("1", "2"), ("1", "2")]


def test_a_custom_function_a_second_output_and_saved_tensors_are_told_apart() -> None:
    nodes = [
        node(0, "AddBackward0"),
        node(1, "MyCubeBackward", "custom", variable="c", saved=(Saved(name="saved_tensors[0]", value=value(2.0)),)),
        node(2, "UnbindBackward0"),
        leaf(3, "w", shape=(2,)),
        node(4, "UndefinedGrad", "undefined"),
    ]
    drawn = Graph(
        index=3,
        reason="final",
        line=None,
        roots=(0,),
        nodes=tuple(nodes),
        edges=(
            Edge(tail=0, head=1, output_nr=0),
            Edge(tail=0, head=2, output_nr=1),
            Edge(tail=1, head=3, output_nr=0),
            Edge(tail=2, head=3, output_nr=0),
            Edge(tail=2, head=4, output_nr=0),
        ),
        total_nodes=5,
        truncated=False,
    )
    svg = draw_svg(drawn, Options())
    assert boxes(svg) == {
        "0": Seen("node function root", ("AddBackward0",)),
        "1": Seen("node custom", ("MyCubeBackward", "c")),
        "2": Seen("node function", ("UnbindBackward0",)),
        "3": Seen("node leaf", ("w", "AccumulateGrad · (2,)")),
        "4": Seen("node undefined", ("UndefinedGrad",)),
        "1 saved": Seen("node saved", ("saved", "saved_tensors[0] = 2.0")),
    }
    assert edges(svg) == [("0", "1"), ("0", "2"), ("1", "3"), ("2", "3"), ("2", "4")]
    assert svg.count(">output 1</text>") == 1


def test_an_mlp_of_fifteen_nodes_is_drawn_one_to_one_and_one_of_a_hundred_folds_its_weights() -> None:
    small, large = draw_svg(perceptron(3), Options()), draw_svg(perceptron(20), Options())
    assert (len(boxes(small)), len(edges(small))) == (15, 14)
    assert (len(boxes(large)), len(edges(large))) == (40, 39)
    root = parse(large)
    counts = {name: root.get(f"data-{name}") for name in ("total-nodes", "shown", "folded", "hidden")}
    assert counts == {"total-nodes": "100", "shown": "40", "folded": "60", "hidden": "0"}
    assert boxes(large)["1"] == Seen("node function", ("AddmmBackward0", "net.0.bias", "net.0.weight"))


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize(("name", "big"), [("rnn", recurrence(500)), ("chain", chain(2000))])
def test_a_long_rnn_and_a_long_chain_are_drawn_within_the_limits(name: str, big: Graph, fold: bool) -> None:
    svg = draw_svg(big, Options(fold=fold))
    most = 300 if fold else 1000
    assert 100 < len(boxes(svg)) <= most


HOSTILE = [
    'a"b',
    "<b>bold</b>",
    "</text><script>alert(1)</script>",
    "back\\slash\\N\\l",
    "new\nline",
    "emoji 😀👩‍🔬",
    "中文变量",
    "&amp; &lt;",
    "\x00\x07\x1b[31m",
    "right\u202eleft",
    "\ufffe\udcff",
    "<>",
    "",
    "x" * 900,
    "%s{0}${x}",
    "]]>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("standalone", [True, False])
def test_a_hostile_name_is_only_text(text: str, standalone: bool) -> None:
    wild = graph(
        [
            node(
                0,
                text,
                variable=text,
                saved=(Saved(name=text, value=text), Saved(name="self", freed=True)),
                function=text,
                module=text,
            ),
            node(1, text, "custom", variable=text),
            leaf(2, text, value=value((text,), (1,)), dtype=text),
        ],
        [(0, 1), (1, 2)],
    )
    svg = draw_svg(wild, Options(), standalone)
    tags = {element.tag.split("}")[1] for element in parse(svg).iter()}
    assert tags <= {"svg", "g", "path", "rect", "text", "style"}
    assert parse(svg).get("data-engine") != "linear"
    assert draw_dot(wild, Options()).count("->") == 3


def test_the_variable_reaches_the_page_exactly_as_it_was_named() -> None:
    svg = draw_svg(graph([leaf(0, 'd["a\n<é>"]')], []), Options())
    assert next(item.get("data-variable") for item in parse(svg).iter() if item.get("data-variable")) == 'd["a\n<é>"]'


def test_forged_graphs_are_drawn_without_an_error() -> None:
    forged = [
        graph([], [], roots=()),
        graph([node(0, "A"), node(0, "B")], [(0, 0), (0, 7), (9, 0)], roots=(5,)),
        graph([node(number, "A") for number in range(3)], [(0, 1), (1, 2), (2, 0)]),
        graph([node(number, "TBackward0") for number in range(100)], [(n, (n + 1) % 100) for n in range(100)]),
        graph([node(-5, "A"), leaf(10**15, "x")], [(-5, 10**15)] * 3000, roots=(-5,)),
        graph([node(0, "CatBackward0")] + [leaf(n, f"p{n}") for n in range(1, 1999)], [(0, n) for n in range(1, 1999)]),
    ]
    counts = [len(boxes(draw_svg(each, Options()))) for each in forged]
    assert counts == [0, 2, 3, 100, 2, 1]


def test_any_random_graph_is_drawn_with_every_node_accounted_for() -> None:
    chance = random.Random(7)
    for _ in range(25):
        size = chance.randrange(1, 120)
        names = ("MulBackward0", "TBackward0", "ViewBackward0")
        nodes: list[Node] = [
            leaf(n, f"v{n}") if chance.random() < 0.3 else node(n, chance.choice(names)) for n in range(size)
        ]
        pairs = [(chance.randrange(size), chance.randrange(size)) for _ in range(chance.randrange(2 * size))]
        drawn = parse(draw_svg(graph(nodes, [(min(p), max(p)) for p in pairs]), Options()))
        shown, folded, hidden = (int(drawn.get(f"data-{name}", "")) for name in ("shown", "folded", "hidden"))
        assert shown + folded + hidden == size


def test_the_recorded_runs_draw_every_node(recorded_graphs: list[Graph]) -> None:
    drawn = [draw_svg(each, Options(fold=False)) for each in recorded_graphs]
    assert [parse(svg).get("data-shown") for svg in drawn] == [str(len(each.nodes)) for each in recorded_graphs]
    assert drawn


@pytest.fixture
def recorded_graphs(request: pytest.FixtureRequest) -> list[Graph]:
    folder = request.config.rootpath / "tests" / "recordings"
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]
    return [event for event in map(decode, lines) if isinstance(event, Graph)]
