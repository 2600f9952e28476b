"""GET /api/runs/{id}/graphs/{n}: a graph event as it was told, what stands in one of its groups, and pictures of it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..agent.leaving import CLOSED
from ..draw import FORMATS, Direction, Options, Suffix, Theme, draw_picture
from ..events import Columns, Graph
from . import lookup
from .forms import EventRecord
from .groups import group_line
from .house import Home
from .problems import described
from .refusals import UnknownGraph
from .visitor import Asking

router = APIRouter(prefix="/api/runs/{run_id}/graphs", tags=["graphs"])


@router.get(
    "/{index:int}.{suffix}",
    response_class=Response,
    responses={
        200: {
            "description": "The picture.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS.values()},
        },
        **described(404, 422, 429, 500),
    },
)
async def graph_picture(
    run_id: str,
    index: int,
    suffix: Suffix,
    request: Request,
    home: Home,
    visitor: Asking,
    theme: Theme = "auto",
    direction: Direction = "TB",
    fold: bool = True,
    expand: Annotated[
        str, Query(max_length=4000, description="Ids of what to open in that order, with commas between.")
    ] = "",
    close: Annotated[str, Query(max_length=4000, description="Ids of groups to close, with commas between.")] = "",
    focus: Annotated[
        str, Query(max_length=40, description="Only a part: path:K or reach:K, K being a node's id, or grad.")
    ] = "",
    whole: Annotated[bool, Query(description="Everything, with every group open; meant for downloads.")] = False,
    standalone: Annotated[
        bool, Query(description="An SVG with its own style and legend; the page has its own.")
    ] = True,
) -> Response:
    """A picture of the graph, or what is seen of it as JSON or GraphML. PNG and PDF are made from the SVG."""
    graph, columns = await graph_of(home, run_id, index)
    options = Options(theme, direction, fold, _ids(expand), frozenset(_ids(close)), focus, whole)
    with home.turnstile.looking(visitor.client):
        async with home.drawing:
            if await request.is_disconnected():  # else who asks and leaves, again and again, would keep others waiting
                return Response(status_code=CLOSED)
            content = await asyncio.to_thread(draw_picture, graph, options, suffix, columns, standalone=standalone)
    name = f'inline; filename="graph-{index}.{suffix}"'
    headers = {"content-disposition": name, "cache-control": "private, max-age=600"}
    return Response(content, media_type=FORMATS[suffix], headers=headers)


@router.get("/{index:int}", response_model=EventRecord, responses=described(404, 422, 429))
async def graph_event(run_id: str, index: int, home: Home, visitor: Asking, group: str | None = None) -> Response:
    """The graph event, the very line the stream carries; or of one group what stands in it, in the same form."""
    if group is not None:
        told, columns = await graph_of(home, run_id, index)
        with home.turnstile.looking(visitor.client):
            async with home.drawing:
                line = await asyncio.to_thread(group_line, told, columns, group)
    else:
        line = await _line(home, run_id, index)
    return Response(line, media_type="application/json")


async def graph_of(home: Home, run_id: str, index: int) -> tuple[Graph, Columns | None]:
    """A run's graph event, and its record where it has one. Raises: UnknownRun, UnknownGraph."""
    graph = await lookup.graph(home, run_id, index)
    if graph is None:
        raise UnknownGraph(run_id, index)
    return graph, await lookup.columns(home, run_id, index)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(name for each in text.split(",") if (name := each.strip()))


async def _line(home: Home, run_id: str, index: int) -> bytes:
    """Raises: UnknownRun, UnknownGraph."""
    line = await lookup.nth(home, run_id, Graph.type, index)
    if line is None:
        raise UnknownGraph(run_id, index)
    return line
