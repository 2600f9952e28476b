"""GET /api/runs/{id}/graphs/{n}/search: where a node, a variable, a group or a line stands in a graph."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from ..draw import search
from .forms import Hits
from .house import Home
from .pictures import graph_of
from .problems import described
from .visitor import Asking

router = APIRouter(prefix="/api/runs/{run_id}/graphs", tags=["graphs"])


@router.get("/{index:int}/search", responses=described(404, 422, 429))
async def search_graph(
    run_id: str,
    index: int,
    home: Home,
    visitor: Asking,
    q: Annotated[str, Query(max_length=200, description="A name, or a part of one; `line 14` for a line.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Hits:
    """What goes by that name, best first; `path` says which groups to open, the outermost first."""
    graph, columns = await graph_of(home, run_id, index)
    with home.turnstile.looking(visitor.client):
        async with home.drawing:
            found, total = await asyncio.to_thread(search, graph, columns, q, limit)
    return Hits.model_validate({"hits": found, "total": total}, from_attributes=True)
