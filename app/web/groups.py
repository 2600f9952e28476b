"""What stands in one group of a graph, read from its event or from the record that stays with the run."""

import json

from ..draw import inside
from ..events import Columns, Graph, encode
from .refusals import UnknownGroup


def group_line(graph: Graph, columns: Columns | None, name: str) -> bytes:
    """One group in a graph event's form: `group` is itself, `groups` are those below it.

    Raises: UnknownGroup.
    """
    told = inside(graph, columns, name)
    if told is None:
        raise UnknownGroup(name)
    event = json.loads(encode(told))
    event["group"] = event["groups"].pop(0)
    return json.dumps(event, separators=(",", ":")).encode()
