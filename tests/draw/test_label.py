"""Words on boxes and what a screen reader says."""

from app.draw.label import chip, keeps_tensors, more_box, node_box, node_label, saved_box
from app.events import Saved

from .graphs import leaf, node, value


def test_a_function_is_named_by_torchs_class_with_its_variable_shape_and_value() -> None:
    box = node_box(node(0, "MulBackward0", variable="y", shape=(3,), value=value((1.0, 2.0, 3.0), (3,))), box_id="n0")
    assert [line.text for line in box.lines] == ["MulBackward0", "y · (3,)", "= [1.0, 2.0, 3.0]"]


def test_a_leaf_is_named_by_its_variable_and_without_one_by_its_class() -> None:
    named, nameless = (node_box(leaf(0, name, shape=(2, 2)), box_id="n0") for name in ("w", None))
    assert [line.text for line in named.lines] == ["w", "AccumulateGrad · (2, 2)"]
    assert [line.text for line in nameless.lines] == ["AccumulateGrad", "(2, 2)"]


def test_a_label_is_read_out_in_one_line() -> None:
    assert (
        node_label(node(0, "MulBackward0", variable="y", shape=(3,), line=4)) == "MulBackward0, y, shape (3,), line 4"
    )
    assert node_label(leaf(1, None)) == "AccumulateGrad, leaf"


def test_a_chip_names_the_leaf_and_says_what_lies_between() -> None:
    made = chip((node(3, "TBackward0"), leaf(4, "net.0.weight", shape=(5, 10))))
    assert (made.text, made.nodes) == ("net.0.weight (5, 10)", (3, 4))
    assert made.label == "uses leaf net.0.weight (5, 10) through TBackward0"


def test_saved_tensors_show_a_short_value_or_a_shape_or_that_they_are_freed() -> None:
    saved = (
        Saved(name="self", value=value(2.0)),
        Saved(name="weight", value=value(None, (512, 512))),
        Saved(name="other", freed=True),
        Saved(name="dim", value="(0, 1)"),
        Saved(name="unreadable"),
        Saved(name="sixth", value=1.0),
    )
    box = saved_box(node(0, "MulBackward0", saved=saved), box_id="s0")
    words = ["saved", "self = 2.0", "weight: (512, 512)", "other: freed", "dim = (0, 1)", "unreadable", "1 more"]
    assert [line.text for line in box.lines] == words


def test_a_crowd_of_one_is_one_node() -> None:
    assert [more_box(nodes, box_id="m").label for nodes in ((1,), (1, 2))] == [
        "1 more node, not drawn",
        "2 more nodes, not drawn",
    ]


def test_only_a_node_that_saved_a_tensor_has_a_note() -> None:
    number = Saved(name="alpha", value=1.0)
    freed, tensor = Saved(name="self", freed=True), Saved(name="self", value=value(2.0))
    kept = [keeps_tensors(node(0, "N", saved=saved)) for saved in ((), (number,), (number, freed), (tensor,))]
    assert kept == [False, False, True, True]
