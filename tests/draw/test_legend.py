"""The legend of a picture that stands alone."""

from app.draw.drawing import seen_picture
from app.draw.fold import fold
from app.draw.legend import caption, legend
from app.draw.options import Options

from .graphs import chain, graph, leaf, node, perceptron, transformer


def words(text: list[str]) -> list[str]:
    return [
        part.split("</text>")[0] for part in "".join(text).split('class="word"') for part in [part.split(">", 1)[1]]
    ]


def test_only_the_kinds_that_are_drawn_are_explained() -> None:
    rows, _, _ = legend(fold(chain(3), Options()), 1000)
    assert words(rows)[1:] == ["root: backward() starts here", "function (grad_fn)", "leaf (AccumulateGrad)"]


def test_chips_are_explained_as_leaves_and_crowds_as_not_drawn() -> None:
    rows, _, _ = legend(fold(perceptron(200), Options()), 1000)
    assert {"leaf (AccumulateGrad)", "not drawn"} <= set(words(rows))


def test_it_wraps_where_the_picture_is_narrow() -> None:
    picture = fold(chain(3), Options())
    (_, wide, low), (_, narrow, high) = legend(picture, 1000), legend(picture, 200)
    assert narrow < 210 < wide
    assert high > low


def test_the_caption_counts_what_is_drawn_folded_and_left_out() -> None:
    assert caption(fold(graph([leaf(0, "x")], []), Options())) == "1 node, 0 edges"
    assert caption(fold(graph([node(0, "A"), leaf(1, "x")], [(0, 1)]), Options())) == "2 nodes, 1 edge"
    assert caption(fold(chain(2000), Options())) == "2,000 nodes: 270 drawn, 0 folded into their users, 1,730 not drawn"


def test_closed_groups_and_open_ones_are_explained_and_counted() -> None:
    picture = seen_picture(transformer(3), Options())
    rows, _, _ = legend(picture, 1000)
    assert {"module, closed", "repeated block, closed", "open group"} <= set(words(rows))
    assert caption(picture) == "85 nodes: 3 drawn, 1 folded into their users, 81 in 3 closed groups"
