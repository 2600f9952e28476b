"""A box has room for its words."""

from app.draw.label import node_box
from app.draw.picture import FONT_SIZES, Chip
from app.draw.text import width

from .graphs import leaf, node, value


def test_the_widest_line_fits_with_room_at_both_ends() -> None:
    for made in (
        node(0, "NativeBatchNormBackward0", variable="y"),
        node(0, "AddBackward0", variable="梯度变量梯度变量", shape=(3,)),
        leaf(0, "w", shape=(3,), value=value((1.0, 2.0, 3.0), (3,))),
    ):
        box = node_box(made, box_id="n0")
        widest = max(width(line.text, FONT_SIZES[line.role]) for line in box.lines)
        assert box.width >= widest + 20


def test_chips_stand_two_to_a_row_within_the_box() -> None:
    chips = tuple(Chip(f"net.{number}.weight (512, 512)", "", (number,)) for number in range(5))
    box = node_box(node(0, "A"), box_id="n0", chips=chips)
    assert [len(row) for row in box.chip_rows] == [2, 2, 1]
    assert box.width > 2 * chips[0].width
    assert box.height > node_box(node(0, "A"), box_id="n0").height + 3 * 18
