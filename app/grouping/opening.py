"""Which groups a drawing opens at first, and which travel with the graph event."""

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from ..events import Group
from .borders import Key
from .groups import Tree
from .prints import Numbers

MAX_BOXES = 60
"""Boxes that a drawing shows at first."""
Shape = tuple[int, ...] | None


def opened(tree: Tree) -> list[int]:
    """The groups to open at first: outer ones before inner ones, never a repeat, while the boxes are few enough."""
    boxes, visible = _boxes(tree)
    inside: dict[int, list[int]] = {}
    for group, above in enumerate(tree.parent):
        inside.setdefault(above, []).append(group)
    found = []
    waiting = deque(inside.get(-1, ()))
    while waiting:
        group = waiting.popleft()
        if tree.kind[group] == "repeat" or visible - 1 + boxes[group] > MAX_BOXES:
            continue
        visible += boxes[group] - 1
        found.append(group)
        waiting.extend(inside.get(group, ()))
    return sorted(found)


def _boxes(tree: Tree) -> tuple[list[int], int]:
    """How many things each group shows when it is open, and how many stand at the top."""
    groups = len(tree.parent) + 1
    nodes = np.bincount(tree.of_node[tree.shown] + 1, minlength=groups)
    boxes: list[int] = (nodes + np.bincount(np.asarray(tree.parent, np.int64) + 1, minlength=groups)).tolist()
    return boxes[1:], boxes[0]


def outermost(parent: Sequence[int], groups: Sequence[int], most: int) -> list[int]:
    """Of `groups` the outermost, at most so many, in their order."""
    if len(groups) <= most:
        return list(groups)
    depth = [0] * len(parent)
    for group, above in enumerate(parent):
        depth[group] = depth[above] + 1 if above >= 0 else 0
    return sorted(sorted(groups, key=lambda group: (depth[group], group))[:most])


def shown_first(tree: Tree, open_first: Sequence[int], most: int) -> list[int]:
    """The nodes of what is open first, then the first in visit order; at most so many, in visit order."""
    is_open = np.zeros(len(tree.parent) + 1, bool)
    is_open[-1] = True
    is_open[list(open_first)] = True
    seen = is_open[tree.of_node]
    first: Numbers = np.flatnonzero(seen)[:most]
    more = np.flatnonzero(~seen[: 2 * most])[: most - len(first)]
    return sorted([*first.tolist(), *more.tolist()])


def told_groups(tree: Tree, ids: dict[int, str], shape_of: Callable[[Key], Shape]) -> tuple[Group, ...]:
    """The groups that have ids, as they are told."""
    borders = tree.borders

    def shapes(keys: list[Key]) -> tuple[tuple[int, ...], ...]:
        return tuple(shape for shape in map(shape_of, keys) if shape is not None)

    return tuple(
        Group(
            id=name,
            parent=ids.get(tree.parent[group]),
            kind=tree.kind[group],
            label=tree.label[group],
            nodes=tree.nodes[group],
            repeats=tree.repeats[group],
            inputs=borders.inputs[group],
            outputs=borders.outputs[group],
            input_shapes=shapes(borders.coming[group]),
            output_shapes=shapes(borders.going[group]),
            parameters=borders.parameters[group],
            elements=borders.elements[group],
            first_line=None if tree.first_line[group] < 0 else tree.first_line[group],
            last_line=None if tree.last_line[group] < 0 else tree.last_line[group],
        )
        for group, name in ids.items()
    )
