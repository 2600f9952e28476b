"""A record's columns come back as they were, and columns that lead nowhere are refused."""

import base64
import json
import zlib
from array import array
from dataclasses import fields

import pytest

from app.events import Columns, WireError, column, pack, unpack
from app.events.columns import OF_GROUPS

from ..columns import three


def parts(columns: Columns) -> dict[str, object]:
    return {field.name: getattr(columns, field.name) for field in fields(columns)}


def test_columns_come_back_as_they_were() -> None:
    assert parts(unpack(pack(three()))) == parts(three())


def test_numbers_beyond_32_bits_are_kept_where_they_may_occur() -> None:
    large = three(sequence_nr=column("sequence_nr", [2**40, 7, -1]), elements=column("elements", [2**52]))
    assert parts(unpack(pack(large))) == parts(large)


BROKEN = {
    "an edge to no node": {"heads": column("heads", [1, 3])},
    "a name that stands nowhere": {"name": column("name", [0, 0, 9])},
    "a node in no such group": {"group": column("group", [-1, 1, 0])},
    "a group before its parent": {"parent": column("parent", [0])},
    "nodes out of order": {"ids": column("ids", [0, 2, 1])},
    "more nodes than were walked": {"total_nodes": 2},
    "edges of no node": {"ends": column("ends", [1, 1, 1])},
    "edges that run back": {"ends": column("ends", [2, 1, 2])},
    "an unknown kind": {"kind": column("kind", [0, 4, 1])},
    "a shape that stands nowhere": {"shape": column("shape", [0, 1, 0])},
    "a group of nothing": {"nodes": column("nodes", [0])},
    "an opened group that is none": {"opened": (1,)},
    "a list of shapes that stands nowhere": {"shape_lists": ((), (1,))},
    "half a character": {"texts": ("\ud800", "AccumulateGrad", "x", "float32", "line 1")},
    "a column that is too short": {"line": array("i", [2, 1])},
}


@pytest.mark.parametrize("changed", BROKEN.values(), ids=BROKEN)
def test_columns_that_lead_nowhere_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(WireError):
        unpack(pack(three(**changed)))


def test_groups_nested_without_end_are_refused() -> None:
    deep: dict[str, object] = {name: column(name, getattr(three(), name).tolist() * 65) for name in OF_GROUPS}
    deep["parent"] = column("parent", range(-1, 64))
    with pytest.raises(WireError, match="too deep"):
        unpack(pack(three(**deep)))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "no base64!",
        base64.b64encode(b"no zlib").decode(),
        base64.b64encode(zlib.compress(b"{}\n")).decode(),
        base64.b64encode(zlib.compress(json.dumps({"counts": [1, 1, 1]}).encode())).decode(),
        base64.b64encode(zlib.compress(b"[" * 100_000)).decode(),
        base64.b64encode(zlib.compress(b"x") + b"more").decode(),
        base64.b64encode(zlib.compress(b"0" * 200_000_000)).decode(),
        pack(three())[:-8],
    ],
    ids=["nothing", "no base64", "no zlib", "no head", "half a head", "deep JSON", "more behind", "a bomb", "cut off"],
)
def test_what_is_no_record_is_refused(data: str) -> None:
    with pytest.raises(WireError):
        unpack(data)
