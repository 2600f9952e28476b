"""What folds away into its user."""

from app.draw.chains import chains
from app.draw.net import net

from .graphs import graph, leaf, node


def test_a_leaf_and_the_views_above_it_fold_and_nothing_else_does() -> None:
    drawn = graph(
        [node(0, "AddmmBackward0"), node(1, "ExpandBackward0"), node(2, "TBackward0"), leaf(3, "w"), node(4, "Relu")],
        [(0, 1), (1, 2), (2, 3), (0, 4)],
    )
    folding = {number: [item.id for item in chain] for number, chain in chains(net(drawn)).items()}
    assert folding == {1: [1, 2, 3], 2: [2, 3], 3: [3]}


def test_a_root_never_folds() -> None:
    assert chains(net(graph([node(0, "TBackward0"), leaf(1, "w")], [(0, 1)]))).keys() == {1}


def test_views_in_a_circle_do_not_fold() -> None:
    assert chains(net(graph([node(0, "A"), node(1, "TBackward0"), node(2, "TBackward0")], [(1, 2), (2, 1)]))) == {}
