"""A graph's nodes -> its groups: modules, functions, lines, and what repeats, each inside another.

The rules: what was made in one call of a module or of a function of the learner's belongs together; of neighbours that
are equal one repeat is made; no level shows more than FAN things. A leaf, and a view on the way to one, belongs where
its users do. Knows nothing of torch: plain columns in, plain columns out, the same for the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..events import VIEWS
from .arranging import Arranging, role_of
from .borders import Borders, crossings, lasts, leaves_inside, settle, users_across
from .origins import NOWHERE, Origins
from .planting import Kind, Planting
from .prints import Numbers, Prints, mixed
from .scopes import scopes_of
from .titles import Titles

LEAF = "AccumulateGrad"


@dataclass(frozen=True, slots=True)
class Wires:
    """A walk as columns: each node's name (a place in `words`) and sequence number, NOWHERE for a leaf's, and edges.

    The edges are sorted by `tails`; `input_nrs` tells those of one tail apart.
    """

    words: list[str]
    names: Numbers
    numbers: Numbers
    tails: Numbers
    heads: Numbers
    output_nrs: Numbers
    input_nrs: Numbers
    roots: int


@dataclass(slots=True)
class Tree:
    """The groups of a graph: one entry each, a group after the one it stands in, children in the order of their nodes.

    Shapes: `of_node` is each node's innermost group or NOWHERE, `shown` whether it stands for itself in a drawing.
    `block` is which block of a repeat a group begins with.
    """

    of_node: Numbers
    shown: Numbers
    parent: list[int]
    kind: list[Kind]
    label: list[str]
    repeats: list[int]
    block: list[int]
    last: list[int]
    nodes: list[int]
    first_line: list[int]
    last_line: list[int]
    borders: Borders


def grouped(wires: Wires, origins: Origins, elements_of: Callable[[int], int]) -> Tree:
    """The groups of a graph. `elements_of` tells how many numbers the leaf of a node holds."""
    away = _away(wires)
    kept = np.flatnonzero(~away)
    order = kept[np.argsort(wires.numbers[kept], kind="stable")]
    ages = np.full(len(away), NOWHERE, np.int64)
    ages[order] = np.arange(len(order))
    planting, lines = _planted(wires, origins, order, ages)
    parent = planting.parent
    last = lasts(parent)
    of_node = np.full(len(away), NOWHERE, np.int64)
    of_node[order] = planting.group_of
    if parent:
        settle(of_node, away, wires.tails, wires.heads, parent, last)
    borders = _borders(wires, of_node, away, ages, parent, last, elements_of)
    spans = _line_spans(planting, lines) if parent else ([], [])
    tree_parts = planting.kind, planting.label, planting.repeats, planting.block
    return Tree(of_node, ~away, parent, *tree_parts, last, _counts(of_node, parent), *spans, borders)


def _away(wires: Wires) -> Numbers:
    """Which nodes stand with their users: leaves, and views that lead to nothing else."""
    words = np.array([word == LEAF for word in wires.words], bool)
    views = np.array([word in VIEWS for word in wires.words], bool)
    away: Numbers = words[wires.names]
    degree = np.bincount(wires.tails, minlength=len(away))
    used = np.zeros(len(away), bool)
    used[wires.heads] = True
    used[: wires.roots] = False
    away &= used | (degree == 0)
    can = np.flatnonzero(views[wires.names] & (degree == 1) & used)
    only = wires.heads[np.searchsorted(wires.tails, can)]
    while can.size:
        folds = away[only]
        if not folds.any():
            break
        away[can[folds]] = True
        can, only = can[~folds], only[~folds]
    return away


def _planted(wires: Wires, origins: Origins, order: Numbers, ages: Numbers) -> tuple[Planting, Numbers]:
    """The groups of the nodes in `order`, and the line of each of these nodes."""
    sites = np.asarray(origins.site)[order]
    names = wires.names[order]
    at = np.array([(site.line, site.end_line * 100_000 + site.end_column) for site in origins.sites] or [(0, 0)])
    lines, ends = (np.where(sites >= 0, column[sites], NOWHERE) for column in at.T)
    tokens = mixed(_modules(origins, order) * (1 << 42) + (sites + 1) * (1 << 16) + names)
    inner = (ages[wires.tails] >= 0) & (ages[wires.heads] >= 0)
    tails, heads = ages[wires.tails[inner]], ages[wires.heads[inner]]
    kinds = wires.output_nrs[inner] * 64 + wires.input_nrs[inner]
    by_tail = np.argsort(tails, kind="stable")
    prints = Prints(tokens, tails[by_tail], heads[by_tail], kinds[by_tail])
    arranging = Arranging(origins, prints, tokens, lines, ends)
    planting = Planting(arranging, Titles(origins, lines, names, wires.words), origins, len(order))
    planting.plant(arranging.arrange(scopes_of(origins, order)))
    return planting, lines


def _modules(origins: Origins, order: Numbers) -> Numbers:
    """For each node a number for the class and the role of the module that made it, 0 for none."""
    calls = np.asarray(origins.call)[order]
    if not len(origins.modules):
        return np.zeros(len(order), np.int64)
    kinds: dict[tuple[str, str], int] = {}
    of_module = [kinds.setdefault((each.kind, role_of(each.path)), len(kinds) + 1) for each in origins.modules]
    of_call = np.array(of_module)[np.asarray(origins.module_of_call)]
    return np.where(calls >= 0, of_call[calls], 0)


def _borders(
    wires: Wires,
    of_node: Numbers,
    away: Numbers,
    ages: Numbers,
    parent: Sequence[int],
    last: Sequence[int],
    elements_of: Callable[[int], int],
) -> Borders:
    if not parent:
        return crossings({}, of_node, parent, last)
    edges = wires.tails, wires.heads, wires.output_nrs
    users = users_across(of_node, away, edges, ages, range(wires.roots))
    told = crossings(users, of_node, parent, last)
    leaves = np.array([word == LEAF for word in wires.words], bool)[wires.names]
    used = np.flatnonzero(leaves[wires.heads])
    used = used[np.argsort(wires.heads[used], kind="stable")]
    leaves_inside(told, of_node, (wires.tails[used], wires.heads[used]), elements_of, parent)
    return told


def _counts(of_node: Numbers, parent: Sequence[int]) -> list[int]:
    """How many nodes stand in each group, at any depth."""
    counts: list[int] = np.bincount(of_node[of_node >= 0], minlength=len(parent)).tolist()
    for group in range(len(parent) - 1, -1, -1):
        if parent[group] >= 0:
            counts[parent[group]] += counts[group]
    return counts


def _line_spans(planting: Planting, lines: Numbers) -> tuple[list[int], list[int]]:
    """The first and the last line that made nodes of each group, NOWHERE where none is known."""
    beyond = 1 << 40
    first = np.full(len(planting.parent), beyond, np.int64)
    last = np.full(len(planting.parent), NOWHERE, np.int64)
    known = (lines >= 0) & (planting.group_of >= 0)
    np.minimum.at(first, planting.group_of[known], lines[known])
    np.maximum.at(last, planting.group_of[known], lines[known])
    least, most = first.tolist(), last.tolist()
    for group in range(len(least) - 1, -1, -1):
        above = planting.parent[group]
        if above >= 0:
            least[above], most[above] = min(least[above], least[group]), max(most[above], most[group])
    return [NOWHERE if line == beyond else line for line in least], most
