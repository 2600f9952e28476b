"""A group -> the words on its box while it is closed and on its frame while it is open."""

from ..events import Group, Node
from .label import chips_of
from .picture import Box, Frame, Line
from .text import clean, compact, plural, shape

MOST_LABEL = 56
CHIPS = 4


def group_box(
    group: Group,
    *,
    nodes: tuple[int, ...],
    chains: list[tuple[Node, ...]],
    part: bool = False,
    root: bool = False,
) -> Box:
    """The box of a closed group.

    `nodes` are ids of those inside, `chains` leaves from outside that it uses; `part` says that it is one of the blocks
    of a repeat, whose count stands on that.
    """
    lines = [
        Line(title(group, part=part), "title"),
        Line(_detail(group), "detail"),
        Line(_leaves(group), "detail"),
    ]
    chips = chips_of(chains, CHIPS)
    spoken = [_spoken(group, part=part), "group, closed", *_sides(group), *(["root"] if root else [])]
    return Box(
        id=group.id,
        kind="group",
        nodes=nodes,
        lines=tuple(line for line in lines if line.text),
        label=", ".join([*spoken, *(chip.label for chip in chips)]),
        chips=chips,
        line=group.first_line,
        root=root,
        group=group,
        parent=group.parent,
    )


def frame(group: Group, *, part: bool = False) -> Frame:
    """The frame of an open group."""
    return Frame(
        group=group,
        title=title(group, part=part),
        detail=plural(group.nodes, "node"),
        label=f"{_spoken(group, part=part)}, group, open",
    )


def title(group: Group, *, part: bool) -> str:
    """What a group is, in a line: `encoder.layer.3 · BertLayer`, `line 14 × 2,000`."""
    times = f" × {group.repeats:,}" if group.kind == "repeat" and group.repeats > 1 and not part else ""
    return clean(group.label, MOST_LABEL) + times


def _detail(group: Group) -> str:
    sizes = [
        clean(shape(shapes[0]), 24) + (", …" if count > 1 else "")
        for shapes, count in ((group.input_shapes, group.inputs), (group.output_shapes, group.outputs))
        if shapes
    ]
    return " · ".join([plural(group.nodes, "node"), *([" → ".join(sizes)] if len(sizes) == 2 else [])])


def _leaves(group: Group) -> str:
    return f"{plural(group.parameters, 'parameter')}, {_numbers(group)}" if group.parameters else ""


def _numbers(group: Group) -> str:
    return "1 number" if group.elements == 1 else f"{compact(group.elements)} numbers"


def _spoken(group: Group, *, part: bool) -> str:
    times = f", {group.repeats:,} times" if group.kind == "repeat" and group.repeats > 1 and not part else ""
    return f"{clean(group.label, 200)}{times}, {plural(group.nodes, 'node')}"


def _sides(group: Group) -> list[str]:
    leaves = f"{plural(group.parameters, 'parameter')} with {_numbers(group)}"
    return [plural(group.inputs, "input"), plural(group.outputs, "output"), *([leaves] if group.parameters else [])]
