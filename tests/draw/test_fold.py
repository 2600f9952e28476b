"""What folds, what is cloned, what becomes a stub and what is left out."""

from app.draw import Options
from app.draw.fold import fold, total_span
from app.draw.picture import Picture

from .graphs import chain, graph, leaf, node, perceptron, recurrence


def counts(picture: Picture) -> dict[str, int]:
    return {
        "boxes": len(picture.boxes),
        "shown": picture.shown,
        "folded": picture.folded,
        "hidden": picture.hidden,
        "total": picture.total,
    }


def test_sixty_nodes_are_drawn_one_to_one_and_sixty_one_fold() -> None:
    assert counts(fold(chain(21), Options())) == {"boxes": 21, "shown": 21, "folded": 0, "hidden": 0, "total": 21}
    assert counts(fold(perceptron(12), Options()))["folded"] == 0
    assert counts(fold(perceptron(13), Options())) == {"boxes": 26, "shown": 26, "folded": 39, "hidden": 0, "total": 65}


def test_the_switch_shows_a_large_graph_one_to_one() -> None:
    picture = fold(perceptron(13), Options(fold=False))
    assert (counts(picture)["boxes"], len(picture.links)) == (65, 64)


def test_a_weight_used_at_each_step_stands_at_each_of_them() -> None:
    picture = fold(recurrence(10), Options())
    users = [box for box in picture.boxes if any(chip.variable == "weight_hh" for chip in box.chips)]
    assert len(users) == 10
    assert total_span(picture, 10_000) == len(picture.links) == 40


def test_a_shared_leaf_over_a_long_way_folds_even_in_a_small_graph() -> None:
    nodes = [node(0, "AddBackward0"), *(node(number, "MulBackward0") for number in range(1, 30)), leaf(30, "x")]
    edges = [(number, number + 1) for number in range(30)]
    picture = fold(graph(nodes, [*edges, (0, 30)]), Options())
    assert counts(picture) == {"boxes": 30, "shown": 30, "folded": 1, "hidden": 0, "total": 31}
    assert [box.nodes for box in picture.boxes if box.chips] == [(0, 30), (29, 30)]


def test_an_edge_over_more_than_twenty_rows_becomes_a_stub_at_each_end() -> None:
    nodes = [node(0, "AddBackward0", variable="z"), *(node(number, f"Step{number}") for number in range(1, 40))]
    edges = [(number, number + 1) for number in range(39)]
    picture = fold(graph(nodes, [*edges, (0, 39)]), Options())
    stubs = [(box.lines[0].text, box.label) for box in picture.boxes if box.portal]
    assert stubs == [("↓ Step39", "continues at Step39"), ("↑ z · AddBackward0", "comes from AddBackward0, z")]
    assert [(link.tail, link.head) for link in picture.links if link.kind == "stub"] == [
        ("n0", "to0"),
        ("from0", "n39"),
    ]
    assert [link.edges for link in picture.links if link.kind == "stub"] == [((0, 0),), ((0, 0),)]


def test_of_two_thousand_nodes_the_first_are_drawn_and_the_rest_are_one_crowd() -> None:
    picture = fold(chain(2000), Options())
    assert counts(picture) == {"boxes": 271, "shown": 270, "folded": 0, "hidden": 1730, "total": 2000}
    assert picture.boxes[-1].lines[0].text == "1,730 more nodes"
    assert picture.links[-1].head == "more0"


def test_nodes_the_event_left_out_are_counted_in_a_box_of_their_own() -> None:
    picture = fold(recurrence(500), Options())
    assert picture.total == 3006
    assert picture.boxes[-1].label == "1,006 more nodes, beyond those recorded"


def test_opening_a_box_draws_its_leaves_and_opening_a_crowd_draws_more_of_it() -> None:
    opened = fold(perceptron(13), Options(expand=("1",)))
    assert counts(opened)["folded"] == 36
    more = fold(chain(2000), Options(expand=("1000", "-1", "no", "99999999999")))
    assert counts(more)["shown"] == 970
    assert any(box.nodes == (1000,) for box in more.boxes)


def test_many_parallel_edges_are_one_with_their_count() -> None:
    picture = fold(graph([node(0, "CatBackward0"), leaf(1, "x")], [(0, 1)] * 9), Options())
    assert [link.label for link in picture.links] == ["× 9"]


def test_many_leaves_of_one_function_are_a_few_chips_and_a_count() -> None:
    nodes = [node(0, "CatBackward0"), *(leaf(number, f"p{number}") for number in range(1, 100))]
    picture = fold(graph(nodes, [(0, number) for number in range(1, 100)]), Options())
    assert [chip.text for chip in picture.boxes[0].chips] == [
        *(f"p{number}" for number in range(1, 8)),
        "92 more leaves",
    ]
