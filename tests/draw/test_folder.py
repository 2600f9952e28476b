"""The words of a group."""

from app.draw.folder import frame, group_box, title
from app.draw.picture import Line
from app.events import Group

LAYER = Group(
    id="g3",
    parent="g1",
    kind="module",
    label="encoder.layer.3 · BertLayer",
    nodes=62,
    inputs=1,
    outputs=1,
    input_shapes=((1, 16, 768),),
    output_shapes=((1, 16, 768),),
    parameters=16,
    elements=7_087_872,
    first_line=4,
    last_line=4,
)
LOOP = Group(id="g0", parent=None, kind="repeat", label="line 14", nodes=12_000, repeats=2_000)


def test_a_closed_module_says_what_it_is_what_goes_through_and_what_it_holds() -> None:
    box = group_box(LAYER, nodes=(3, 4), chains=[])
    assert box.lines == (
        Line("encoder.layer.3 · BertLayer", "title"),
        Line("62 nodes · (1, 16, 768) → (1, 16, 768)", "detail"),
        Line("16 parameters, 7.1 M numbers", "detail"),
    )
    assert box.label == (
        "encoder.layer.3 · BertLayer, 62 nodes, group, closed, 1 input, 1 output, 16 parameters with 7.1 M numbers"
    )


def test_a_repeat_says_how_often_and_a_range_of_it_does_not() -> None:
    assert title(LOOP, part=False) == "line 14 × 2,000"
    assert title(LOOP, part=True) == "line 14"
    assert "line 14, 2,000 times, 12,000 nodes" in group_box(LOOP, nodes=(), chains=[]).label


def test_an_open_group_has_its_name_and_size_in_its_bar() -> None:
    opened = frame(LAYER)
    assert (opened.title, opened.detail) == ("encoder.layer.3 · BertLayer", "62 nodes")
    assert opened.label == "encoder.layer.3 · BertLayer, 62 nodes, group, open"
    assert opened.least > 200
