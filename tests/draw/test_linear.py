"""Our own layout: plain, quick, never wrong."""

import time

from app.draw.fold import fold
from app.draw.linear import linear
from app.draw.options import Options
from app.events import Saved

from .graphs import chain, graph, leaf, node, perceptron, recurrence, value


def test_a_chain_stands_in_one_column_from_the_root_down() -> None:
    picture = fold(chain(5), Options())
    geometry = linear(picture, "TB")
    assert len({round(geometry.places[f"n{number}"].x) for number in range(5)}) == 1
    heights = [geometry.places[f"n{number}"].y for number in range(5)]
    assert heights == sorted(heights)


def test_everything_lies_within_the_drawing() -> None:
    for direction in ("TB", "LR"):
        picture = fold(perceptron(10), Options())
        geometry = linear(picture, "LR" if direction == "LR" else "TB")
        for box in picture.boxes:
            place = geometry.places[box.id]
            assert place.x - box.width / 2 >= -0.1
            assert place.x + box.width / 2 <= geometry.width + 0.1
            assert place.y - box.height / 2 >= -0.1
            assert place.y + box.height / 2 <= geometry.height + 0.1


def test_an_edge_begins_at_its_tail_and_ends_at_its_head() -> None:
    picture = fold(chain(2), Options())
    geometry = linear(picture, "TB")
    tail, head = picture.boxes
    (route,) = geometry.routes
    assert route.points[0] == (geometry.places["n0"].x, geometry.places["n0"].y + tail.height / 2)
    assert route.tip == (geometry.places["n1"].x, geometry.places["n1"].y - head.height / 2)


def test_a_note_stands_in_its_nodes_own_row() -> None:
    noted = graph([node(0, "MulBackward0", saved=(Saved(name="self", value=value(1.0)),)), leaf(1, "x")], [(0, 1)])
    geometry = linear(fold(noted, Options()), "TB")
    assert geometry.places["s0"].y == geometry.places["n0"].y


def test_a_graph_with_shared_leaves_and_nothing_at_all_take_no_time() -> None:
    started = time.perf_counter()
    linear(fold(recurrence(333), Options(fold=False)), "TB")
    linear(fold(graph([], [], roots=()), Options()), "TB")
    assert time.perf_counter() - started < 2
