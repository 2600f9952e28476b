"""One row of a graph's columns -> the node or the group it tells."""

from ..events import Columns, Group, Node
from ..events.columns import GROUP_KINDS, KINDS, NONE


def _text(columns: Columns, place: int) -> str | None:
    return None if place == NONE else columns.texts[place]


def _number(value: int) -> int | None:
    return None if value == NONE else value


def node_of(columns: Columns, place: int) -> Node:
    """The node at a place of the columns."""
    kind = KINDS[columns.kind[place]]
    shape = columns.shape[place]
    group = columns.group[place]
    return Node(
        id=columns.ids[place],
        name=columns.texts[columns.name[place]],
        kind=kind,  # type: ignore[arg-type]  # one of KINDS
        variable=_text(columns, columns.variable[place]),
        shape=None if shape == NONE else columns.shapes[shape],
        dtype=_text(columns, columns.dtype[place]),
        line=_number(columns.line[place]),
        column=_number(columns.column[place]),
        end_line=_number(columns.end_line[place]),
        end_column=_number(columns.end_column[place]),
        function=_text(columns, columns.function[place]),
        module=_text(columns, columns.module[place]),
        sequence_nr=_number(columns.sequence_nr[place]),
        group=None if group == NONE else f"g{group}",
    )


def group_of(columns: Columns, place: int) -> Group:
    """The group at a place of the columns."""

    def shapes(listed: int) -> tuple[tuple[int, ...], ...]:
        return tuple(columns.shapes[shape] for shape in columns.shape_lists[listed])

    parent = columns.parent[place]
    return Group(
        id=f"g{place}",
        parent=None if parent == NONE else f"g{parent}",
        kind=GROUP_KINDS[columns.group_kind[place]],  # type: ignore[arg-type]  # one of GROUP_KINDS
        label=columns.texts[columns.label[place]],
        nodes=columns.nodes[place],
        repeats=columns.repeats[place],
        inputs=columns.inputs[place],
        outputs=columns.outputs[place],
        input_shapes=shapes(columns.input_shapes[place]),
        output_shapes=shapes(columns.output_shapes[place]),
        parameters=columns.parameters[place],
        elements=columns.elements[place],
        first_line=_number(columns.first_line[place]),
        last_line=_number(columns.last_line[place]),
    )
