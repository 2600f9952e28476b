"""What stays of a large graph -> columns, for its record."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import numpy as np

from ..events import Columns, column, fits
from ..events.columns import GROUP_KINDS, KINDS
from ..grouping.opening import opened, told_groups
from ..grouping.origins import NOWHERE
from ..grouping.prints import Numbers
from .graph import kind_of
from .keeping import Kept
from .names import Found
from .reading import ACCUMULATES, Reading
from .values import dtype_name

MOST_TEXTS, MOST_SHAPES = 90_000, 15_000
MAX_TEXT = 200
MAX_ROOTS = 1_000
Made = dict[str, Iterable[int]]


class _Table(dict[Any, int]):
    """Things and their places, in the order they are met; past `most` others have none."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __missing__(self, key: Any) -> int:
        if len(self) >= self._most:
            return NOWHERE
        place = self[key] = len(self)
        return place

    def text(self, words: str | None) -> int:
        """The place of a text, cut where it is too long."""
        return NOWHERE if words is None else self[fits(words, MAX_TEXT)]


def columns_of(reading: Reading, kept: Kept, missing: str) -> Columns:
    """What stays of a graph as columns."""
    texts, shapes, lists = _Table(MOST_TEXTS), _Table(MOST_SHAPES), _Table(MOST_SHAPES)
    lists[()] = 0
    found = _of_groups(reading, kept, texts, shapes, lists)
    found |= _of_nodes(reading, kept, texts, shapes) | _of_edges(reading, kept)
    open_first = [kept.number[group] for group in opened(reading.tree) if group in kept.number]
    return Columns(
        total_nodes=len(reading.walked.order),
        roots=tuple(range(min(reading.walked.roots, MAX_ROOTS))),
        missing=missing,
        opened=tuple(open_first[:MAX_ROOTS]),
        texts=tuple(texts),
        shapes=tuple(shapes),
        shape_lists=tuple(lists),
        **{name: column(name, numbers) for name, numbers in found.items()},
    )


def _of_nodes(reading: Reading, kept: Kept, texts: _Table, shapes: _Table) -> Made:
    wires, origins, nodes = reading.wires, reading.origins, kept.nodes
    kinds = {int(name): kind_of(reading.walked.order[first]) for first, name in _firsts(wires.names)}
    kind_at = np.array([KINDS.index(kinds[name]) for name in range(len(wires.words))])
    words = np.array([texts.text(word) for word in wires.words])
    sites, calls = np.asarray(origins.site)[nodes], np.asarray(origins.call)[nodes]
    places = np.array([_site(site, texts) for site in origins.sites] + [(NOWHERE,) * 6])[sites]
    modules = np.array([texts.text(module.path) for module in origins.modules] + [NOWHERE])
    of_call = np.array([*origins.module_of_call, len(origins.modules)])
    groups = np.full(len(reading.tree.parent) + 1, NOWHERE)
    groups[kept.groups] = np.arange(len(kept.groups))
    told = [_one(reading, node, texts, shapes) for node in nodes.tolist()]
    assigned = np.where(np.asarray(origins.assigned)[nodes], places[:, 5], NOWHERE)
    variable, line = np.array(list(map(itemgetter(0), told))), np.array(list(map(itemgetter(3), told)))
    return {
        "ids": nodes.tolist(),
        "name": words[wires.names[nodes]].tolist(),
        "kind": kind_at[wires.names[nodes]].tolist(),
        "variable": np.where(variable >= 0, variable, assigned).tolist(),
        "shape": map(itemgetter(1), told),
        "dtype": map(itemgetter(2), told),
        "line": np.where(line >= 0, line, places[:, 0]).tolist(),
        "column": places[:, 1].tolist(),
        "end_line": places[:, 2].tolist(),
        "end_column": places[:, 3].tolist(),
        "function": places[:, 4].tolist(),
        "module": modules[of_call[calls]].tolist(),
        "sequence_nr": wires.numbers[nodes].tolist(),
        "group": groups[reading.tree.of_node[nodes]].tolist(),
    }


def _firsts(names: Numbers) -> list[tuple[int, int]]:
    """The first node of each name."""
    found, firsts = np.unique(names, return_index=True)
    return list(zip(firsts.tolist(), found.tolist(), strict=True))


def _site(site: Any, texts: _Table) -> tuple[int, int, int, int, int, int]:
    at = site.line, site.column, site.end_line, site.end_column
    return (*at, texts.text(site.function), texts.text(site.target))


def _one(reading: Reading, node: int, texts: _Table, shapes: _Table) -> tuple[int, int, int, int]:
    """The variable, shape and dtype of what a node made, and the line where a leaf was assigned."""
    grad_fn = reading.walked.order[node]
    made: Found | None = reading.made.get(node)
    shape, dtype = reading.output(node)
    line = None
    if type(grad_fn) is ACCUMULATES:
        leaf = grad_fn.variable
        made = reading.names.tensors.get(id(leaf))
        shape, dtype = tuple(leaf.shape), dtype_name(leaf)
        line = reading.places.line(made) if made else None
    return (
        texts.text(made.name if made else None),
        NOWHERE if shape is None else shapes[shape],
        texts.text(dtype),
        NOWHERE if line is None else line,
    )


def _of_edges(reading: Reading, kept: Kept) -> Made:
    """The edges of the nodes that stay. Their places in next_functions are read again, for a walk has none."""
    wires, order = reading.wires, reading.walked.order
    at = np.full(len(order), NOWHERE)
    at[kept.nodes] = np.arange(len(kept.nodes))
    mine = at[wires.tails] >= 0
    counts = np.bincount(at[wires.tails[mine]], minlength=len(kept.nodes))
    input_nrs = [
        input_nr
        for node in kept.nodes.tolist()
        for input_nr, (head, _) in enumerate(order[node].next_functions)
        if head is not None
    ]
    return {
        "ends": np.cumsum(counts).tolist(),
        "heads": at[wires.heads[mine]].tolist(),
        "output_nrs": wires.output_nrs[mine].tolist(),
        "input_nrs": input_nrs,
    }


def _of_groups(reading: Reading, kept: Kept, texts: _Table, shapes: _Table, lists: _Table) -> Made:
    ids = {group: f"g{number}" for group, number in kept.number.items()}
    told = told_groups(reading.tree, ids, reading.shape)

    def shape_list(of: tuple[tuple[int, ...], ...]) -> int:
        return max(0, lists[tuple(place for place in (shapes[shape] for shape in of) if place >= 0)])

    parents = (reading.tree.parent[group] for group in kept.groups)
    return {
        "parent": [kept.number[above] if above >= 0 else NOWHERE for above in parents],
        "group_kind": [GROUP_KINDS.index(each.kind) for each in told],
        "label": [max(0, texts.text(each.label)) for each in told],
        "nodes": [each.nodes for each in told],
        "repeats": [each.repeats for each in told],
        "inputs": [each.inputs for each in told],
        "outputs": [each.outputs for each in told],
        "input_shapes": [shape_list(each.input_shapes) for each in told],
        "output_shapes": [shape_list(each.output_shapes) for each in told],
        "parameters": [each.parameters for each in told],
        "elements": [each.elements for each in told],
        "first_line": [NOWHERE if each.first_line is None else each.first_line for each in told],
        "last_line": [NOWHERE if each.last_line is None else each.last_line for each in told],
    }
