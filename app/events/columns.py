"""All nodes, edges and groups of a large graph as columns of numbers: some ten bytes a node where an event takes 300.

`pack` makes the text that a `Record` carries, `unpack` reads one and trusts nothing: sizes, lengths, ranges and the
order of groups are checked, so that whoever reads columns may follow them without looking. Standard library only.
"""

import base64
import binascii
import json
import operator
import sys
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from .graph import MAX_NODES, MAX_RECORDED, Shape
from .wire import WireError

NONE = -1
"""In a column: nothing. In `heads`: a node that is not recorded."""
KINDS = ("function", "accumulate_grad", "custom", "undefined")
GROUP_KINDS = ("module", "function", "line", "repeat")
MOST_EDGES = 1_000_000
MOST_TEXTS = 100_000
MOST_SHAPES = 20_000
MOST_BYTES = 150_000_000
MOST_CHARACTERS = 1_000
MOST_DEPTH = 64
"""How deep groups may lie in each other."""

# fmt: off
OF_NODES = (
    "ids", "name", "kind", "variable", "shape", "dtype", "line", "column", "end_line", "end_column", "function",
    "module", "sequence_nr", "group", "ends",
)
OF_EDGES = ("heads", "output_nrs", "input_nrs")
OF_GROUPS = (
    "parent", "group_kind", "label", "nodes", "repeats", "inputs", "outputs", "input_shapes", "output_shapes",
    "parameters", "elements", "first_line", "last_line",
)
# fmt: on
GROWING = frozenset(("ids", "sequence_nr", "ends", "heads"))
"""Columns that travel as differences, which zlib shrinks far better."""
LONG = frozenset(("sequence_nr", "elements"))
"""Columns of 64 bits a number; the others have 32."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A graph as columns.

    Shapes: one entry for each recorded node, in visit order, in `ids` (ascending), `name`, `variable`, `dtype`,
    `function`, `module` (places in `texts`), `kind` (a place in KINDS), `shape` (a place in `shapes`), `line`,
    `column`, `end_line`, `end_column`, `sequence_nr` and `group` (the innermost group, a place in the group's columns).
    The edges of node `n` are the entries from `ends[n - 1]` (0 for the first) up to `ends[n]` of `heads` (the place of
    the node it leads to), `output_nrs` and `input_nrs`. One entry for each group, a parent before its children, in
    `parent`, `group_kind`, `label`, `nodes`, `repeats`, `inputs`, `outputs`, `parameters`, `elements`, `first_line`,
    `last_line`; `input_shapes` and `output_shapes` are places in `shape_lists`: lists of places in `shapes`.
    A group's id is "g" and its place. NONE stands for nothing.
    """

    total_nodes: int
    roots: tuple[int, ...]
    missing: str
    opened: tuple[int, ...]
    texts: tuple[str, ...]
    shapes: tuple[Shape, ...]
    shape_lists: tuple[tuple[int, ...], ...]
    ids: "array[int]"
    name: "array[int]"
    kind: "array[int]"
    variable: "array[int]"
    shape: "array[int]"
    dtype: "array[int]"
    line: "array[int]"
    column: "array[int]"
    end_line: "array[int]"
    end_column: "array[int]"
    function: "array[int]"
    module: "array[int]"
    sequence_nr: "array[int]"
    group: "array[int]"
    ends: "array[int]"
    heads: "array[int]"
    output_nrs: "array[int]"
    input_nrs: "array[int]"
    parent: "array[int]"
    group_kind: "array[int]"
    label: "array[int]"
    nodes: "array[int]"
    repeats: "array[int]"
    inputs: "array[int]"
    outputs: "array[int]"
    input_shapes: "array[int]"
    output_shapes: "array[int]"
    parameters: "array[int]"
    elements: "array[int]"
    first_line: "array[int]"
    last_line: "array[int]"


def column(name: str, numbers: Iterable[int] = ()) -> "array[int]":
    """A column of that name: whole numbers of 32 bits, of 64 where they may be larger. Raises: OverflowError."""
    return array("q" if name in LONG else "i", numbers)


def pack(columns: Columns) -> str:
    """The columns as text: a line of JSON for what is no number, then the numbers, compressed."""
    head = {
        "total_nodes": columns.total_nodes,
        "roots": columns.roots,
        "missing": columns.missing,
        "opened": columns.opened,
        "texts": columns.texts,
        "shapes": columns.shapes,
        "shape_lists": columns.shape_lists,
        "counts": (len(columns.ids), len(columns.heads), len(columns.parent)),
    }
    pieces = [json.dumps(head).encode("ascii"), b"\n"]
    for name in (*OF_NODES, *OF_EDGES, *OF_GROUPS):
        numbers = getattr(columns, name)
        if name in GROWING and numbers:
            numbers = column(name, [numbers[0], *map(operator.sub, numbers[1:], numbers)])
        pieces.append(_swapped(numbers).tobytes())
    return base64.b64encode(zlib.compress(b"".join(pieces), 6)).decode("ascii")


def unpack(data: str) -> Columns:
    """The columns a text holds.

    Raises: WireError where it isn't exactly such columns, or any of them leads out of its range.
    """
    try:
        inflating = zlib.decompressobj()
        raw = inflating.decompress(base64.b64decode(data, validate=True), MOST_BYTES)
        whole = inflating.eof and not inflating.unused_data
        first, _, numbers = raw.partition(b"\n")
        head = json.loads(first) if whole and len(first) <= MOST_BYTES // 4 else None
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise WireError("a record's columns can't be read") from error
    fields = _head(head)
    fields |= _numbers(memoryview(numbers), *_counts(head))
    columns = Columns(**fields)
    _check(columns)
    return columns


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise WireError(f"a record's columns have {what}")


def _is_whole(value: Any) -> bool:
    return value.__class__ is int and 0 <= value < 2**53


def _head(head: Any) -> dict[str, Any]:
    """What is no column. Raises: WireError."""
    known = {"total_nodes", "roots", "missing", "opened", "texts", "shapes", "shape_lists", "counts"}
    _demand(isinstance(head, dict) and head.keys() == known, "no such head")
    _demand(_is_whole(head["total_nodes"]), "no count of nodes")
    for name, most in (("roots", MAX_NODES), ("opened", MAX_NODES)):
        items = head[name]
        _demand(isinstance(items, list) and len(items) <= most and all(map(_is_whole, items)), f"no {name}")
    texts = head["texts"]
    _demand(isinstance(texts, list) and len(texts) <= MOST_TEXTS and all(map(_is_text, texts)), "no texts")
    _demand(_is_text(head["missing"], 4_000), "no words on what is missing")
    for name in ("shapes", "shape_lists"):
        lists = head[name]
        _demand(isinstance(lists, list) and len(lists) <= MOST_SHAPES, f"no {name}")
        _demand(all(isinstance(each, list) and len(each) <= 64 and all(map(_is_whole, each)) for each in lists), name)
    _demand(all(place < len(head["shapes"]) for each in head["shape_lists"] for place in each), "unknown shapes")
    tuples = {name: tuple(head[name]) for name in ("roots", "opened", "texts")}
    nested = {name: tuple(map(tuple, head[name])) for name in ("shapes", "shape_lists")}
    return {"total_nodes": head["total_nodes"], "missing": head["missing"], **tuples, **nested}


def _is_text(value: Any, most: int = MOST_CHARACTERS) -> bool:
    return isinstance(value, str) and len(value) <= most and not any("\ud800" <= c <= "\udfff" for c in value)


def _counts(head: Any) -> tuple[int, int, int]:
    counts = head["counts"]
    _demand(isinstance(counts, list) and len(counts) == 3 and all(map(_is_whole, counts)), "no counts")
    nodes, edges, groups = counts
    _demand(nodes <= MAX_RECORDED and edges <= MOST_EDGES and groups <= MAX_RECORDED, "too many entries")
    return nodes, edges, groups


def _numbers(rest: memoryview, nodes: int, edges: int, groups: int) -> dict[str, "array[int]"]:
    """Each column by its name. Raises: WireError where the bytes are more or fewer."""
    sizes = {**dict.fromkeys(OF_NODES, nodes), **dict.fromkeys(OF_EDGES, edges), **dict.fromkeys(OF_GROUPS, groups)}
    found = {name: column(name) for name in sizes}
    _demand(len(rest) == sum(size * found[name].itemsize for name, size in sizes.items()), "another length than told")
    for name, size in sizes.items():
        length = size * found[name].itemsize
        found[name].frombytes(rest[:length])
        rest = rest[length:]
        try:
            numbers = _swapped(found[name])
            found[name] = column(name, accumulate(numbers)) if name in GROWING else numbers
        except OverflowError as error:
            raise WireError("a record's columns have numbers too large") from error
    return found


def _swapped(numbers: "array[int]") -> "array[int]":
    """The numbers as they travel: the low byte first."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers


def _check(columns: Columns) -> None:
    """Raises: WireError where a number leads nowhere."""
    texts, shapes, lists = len(columns.texts), len(columns.shapes), len(columns.shape_lists)
    nodes, groups, most = len(columns.ids), len(columns.parent), 2**53
    ranges = {
        **dict.fromkeys(("name", "label"), (0, texts)),
        **dict.fromkeys(("variable", "dtype", "function", "module"), (NONE, texts)),
        **dict.fromkeys(("kind",), (0, len(KINDS))),
        **dict.fromkeys(("group_kind",), (0, len(GROUP_KINDS))),
        **dict.fromkeys(("shape",), (NONE, shapes)),
        **dict.fromkeys(("input_shapes", "output_shapes"), (0, lists)),
        **dict.fromkeys(("heads",), (NONE, nodes)),
        **dict.fromkeys(("group", "parent"), (NONE, groups)),
        **dict.fromkeys(("nodes", "repeats"), (1, most)),
        **dict.fromkeys(("inputs", "outputs", "parameters", "elements", "ids", "output_nrs", "input_nrs"), (0, most)),
    }
    for name in (*OF_NODES, *OF_EDGES, *OF_GROUPS):
        numbers = getattr(columns, name)
        low, high = ranges.get(name, (NONE, most))
        _demand(not numbers or (min(numbers) >= low and max(numbers) < high), f"a number out of range in {name}")
    _demand(all(map(operator.lt, columns.ids, columns.ids[1:])), "nodes out of order")
    _demand(not nodes or columns.ids[-1] < columns.total_nodes, "more nodes than were walked")
    _demand(all(map(operator.le, columns.ends, columns.ends[1:])), "edges out of order")
    _demand((columns.ends[-1] if nodes else 0) == len(columns.heads), "edges of no node")
    _demand(all(place < groups for place in columns.opened), "an unknown group opened")
    depth = [0] * groups
    for place, parent in enumerate(columns.parent):
        _demand(parent < place, "a group before its parent")
        depth[place] = depth[parent] + 1 if parent >= 0 else 1
    _demand(max(depth, default=0) <= MOST_DEPTH, "groups too deep")
