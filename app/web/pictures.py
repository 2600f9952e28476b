"""GET /api/runs/{id}/graphs/{n}: a graph event as it was told, and pictures made from it."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from ..draw import Direction, Options, Theme, draw_dot, draw_svg, svg_to_pdf, svg_to_png
from ..events import Graph, decode
from . import lookup
from .forms import EventRecord
from .house import Home
from .problems import UnknownGraph, UnknownGroup, described

router = APIRouter(prefix="/api/runs/{run_id}/graphs", tags=["graphs"])

Suffix = Literal["svg", "dot", "png", "pdf"]
MEDIA_TYPES: dict[Suffix, str] = {
    "svg": "image/svg+xml",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "png": "image/png",
    "pdf": "application/pdf",
}


@router.get(
    "/{index:int}.{suffix}",
    response_class=Response,
    responses={
        200: {
            "description": "The picture.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
        },
        **described(404, 422, 500),
    },
)
async def graph_picture(
    run_id: str,
    index: int,
    suffix: Suffix,
    home: Home,
    theme: Theme = "auto",
    direction: Direction = "TB",
    fold: bool = True,
    expand: Annotated[str, Query(max_length=4000, description="Ids of what to open, with commas between.")] = "",
    standalone: Annotated[
        bool, Query(description="An SVG with its own style and legend; the page has its own.")
    ] = True,
) -> Response:
    """A picture of the graph. PNG and PDF are made from the SVG."""
    graph = decode(await _line(home, run_id, index), Graph, older=True)
    names = frozenset(name.strip() for name in expand.split(",") if name.strip())
    options = Options(theme=theme, direction=direction, fold=fold, expand=names)
    async with home.drawing:
        content = await asyncio.to_thread(_draw, graph, options, suffix, standalone)
    name = f'inline; filename="graph-{index}.{suffix}"'
    headers = {"content-disposition": name, "cache-control": "private, max-age=600"}
    return Response(content, media_type=MEDIA_TYPES[suffix], headers=headers)


@router.get("/{index:int}", response_model=EventRecord, responses=described(404, 422))
async def graph_event(run_id: str, index: int, home: Home, group: str | None = None) -> Response:
    """The graph event, the very line the stream carries."""
    line = await _line(home, run_id, index)
    if group is not None and group not in {each.id for each in decode(line, Graph, older=True).groups}:
        raise UnknownGroup(group)
    return Response(line, media_type="application/json")


def _draw(graph: Graph, options: Options, suffix: Suffix, standalone: bool) -> bytes:
    if suffix == "dot":
        return draw_dot(graph, options).encode()
    svg = draw_svg(graph, options, standalone or suffix != "svg")
    converters: dict[str, Callable[[str], bytes]] = {"png": svg_to_png, "pdf": svg_to_pdf}
    return converters[suffix](svg) if suffix in converters else svg.encode()


async def _line(home: Home, run_id: str, index: int) -> bytes:
    """Raises: UnknownRun, UnknownGraph."""
    line = await lookup.nth(home, run_id, Graph.type, index)
    if line is None:
        raise UnknownGraph(run_id, index)
    return line
