"""One row of a graph's columns."""

from app.draw.flat import flatten
from app.draw.rows import group_of, node_of
from app.events import Group, Node

from .graphs import block


def test_a_row_is_the_node_or_the_group_it_was_made_of() -> None:
    columns = flatten(block())
    assert node_of(columns, 3) == Node(
        id=3, name="MulBackward0", kind="function", shape=(2, 3), line=3, group="g1", sequence_nr=None
    )
    assert group_of(columns, 1) == Group(
        id="g1", parent="g0", kind="line", label="line 3", nodes=3, inputs=1, outputs=1, parameters=1, elements=6
    )
