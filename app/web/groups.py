"""What stands in one group of a graph, read from its event or from the record that stays with the run."""

import asyncio
import json

from ..draw import inside
from ..events import Columns, Graph, encode
from . import lookup
from .house import Home
from .problems import UnknownGroup


async def group_line(home: Home, run_id: str, graph: Graph, name: str) -> bytes:
    """One group in a graph event's form: `group` is itself, `groups` are those below it.

    Raises: UnknownRun, UnknownGroup.
    """
    columns = await lookup.columns(home, run_id, graph.index)
    return await asyncio.to_thread(_line, graph, columns, name)


def _line(graph: Graph, columns: Columns | None, name: str) -> bytes:
    """Raises: UnknownGroup."""
    told = inside(graph, columns, name)
    if told is None:
        raise UnknownGroup(name)
    event = json.loads(encode(told))
    event["group"] = event["groups"].pop(0)
    return json.dumps(event, separators=(",", ":")).encode()
