"""A graph of three nodes as columns, and as the record that stays with a run."""

from app.events import Columns, Record, column, encode, pack

NODES = {
    "ids": [0, 1, 2], "name": [0, 0, 1], "kind": [0, 0, 1], "variable": [-1, -1, 2], "shape": [0, 0, 0],
    "dtype": [3, 3, 3], "line": [2, 1, 1], "column": [0, 0, 0], "end_line": [2, 1, 1], "end_column": [5, 5, 5],
    "function": [-1, -1, -1], "module": [-1, -1, -1], "sequence_nr": [8, 7, -1], "group": [-1, 0, 0],
    "ends": [1, 2, 2], "heads": [1, 2], "output_nrs": [0, 0], "input_nrs": [0, 0],
}  # fmt: skip
GROUPS = {
    "parent": [-1], "group_kind": [2], "label": [4], "nodes": [2], "repeats": [1], "inputs": [0], "outputs": [1],
    "input_shapes": [0], "output_shapes": [1], "parameters": [1], "elements": [3], "first_line": [1], "last_line": [1],
}  # fmt: skip


def three(**changed: object) -> Columns:
    """`MulBackward0 -> (MulBackward0 -> AccumulateGrad x)`, the brackets a group; with some fields `changed`."""
    fields: dict[str, object] = {
        "total_nodes": 3,
        "roots": (0,),
        "missing": "",
        "opened": (),
        "texts": ("MulBackward0", "AccumulateGrad", "x", "float32", "line 1"),
        "shapes": ((3,),),
        "shape_lists": ((), (0,)),
    }
    fields |= {name: column(name, numbers) for name, numbers in (NODES | GROUPS).items()}
    return Columns(**(fields | changed))  # type: ignore[arg-type]  # one of each field's own type


def record_line(graph: int = 0) -> bytes:
    """The line that a child leaves for the graph with that index."""
    return encode(Record(graph=graph, data=pack(three())))
