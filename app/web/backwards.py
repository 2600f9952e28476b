"""GET and POST /api/runs/{id}/backwards/{number}: a backward as it was told; or recorded by running again up to it."""

import json
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..events import Backward, Rerun, RunRequest, Started, decode
from ..explain import arithmetic, change_of
from ..words import speaking
from . import lookup
from .expressions import answer
from .forms import Arithmetic, EventRecord, Expression, RerunForm
from .house import Home, House
from .language import language_of
from .problems import described
from .refusals import UnknownBackward, UnknownNode
from .visitor import Asking

MOST_LOOKED_AT = 200
"""Backwards among which the first over a graph is looked for; structures rarely change later."""

NEAR = 20
"""How far from its number's place a backward's line may stand."""

router = APIRouter(prefix="/api/runs/{run_id}/backwards/{number:int}", tags=["backwards"])


@router.get("", response_model=EventRecord, responses=described(404, 422))
async def backward_event(run_id: str, number: int, home: Home) -> Response:
    """The backward event of that number, the very line the stream carries."""
    return Response(await _line(home, run_id, number), media_type="application/json")


@router.post("", response_model=Expression, responses=described(403, 404, 422, 429, 503))
async def record_backward(
    run_id: str, number: int, form: RerunForm, request: Request, home: Home, visitor: Asking
) -> Response:
    """Runs the program again with the same seed, up to that backward, and records it; closing the request stops it.

    With `check`, the name of a leaf, its gradient is compared with finite differences of the same computation.
    """
    found = await lookup.record(home, run_id)
    asked = RunRequest(
        source=found.source,
        preset=found.preset,
        limits=home.limits[found.preset],
        seed=await _seed(home, run_id),
        language=form.language,
        recording=home.recording,
        rerun=Rerun(backward=number, check=form.check),
    )
    return await answer(home, asked, request, visitor)


@router.get("/arithmetic", responses=described(404, 422))
async def backward_arithmetic(
    run_id: str,
    number: int,
    request: Request,
    home: Home,
    node: Annotated[int, Query(ge=0, description="A node's id in the graph.")],
) -> Arithmetic:
    """A node's formulas, with the numbers of this backward put in where it was recorded, in the reader's language."""
    backward: Backward = decode(await _line(home, run_id, number), Backward, older=True)
    graph = None if backward.graph is None else await lookup.graph(home, run_id, backward.graph)
    nodes = {each.id: each for each in graph.nodes} if graph is not None else {}
    if node not in nodes:
        raise UnknownNode(run_id, number, node)
    step = next((each for each in backward.steps if each.node == node), None)
    change = change_of(nodes[node], backward.grads)
    fresh = await _is_first_over(home, run_id, backward)
    with speaking(language_of(request)):
        lines = arithmetic(nodes[node], step, change=change, fresh=fresh)
    return Arithmetic.model_validate(
        {"node": node, "name": nodes[node].name, "lines": [asdict(each) for each in lines]}
    )


async def _line(home: House, run_id: str, number: int) -> bytes:
    """The line of that backward: the n-th told, or the only one of a run that was done again for it, or one near by.

    A backward inside another (a checkpoint's) is told before the one around it.

    Raises: UnknownRun, UnknownBackward.
    """
    near = range(max(0, number - NEAR), number + NEAR)
    for place in dict.fromkeys((max(0, number - 1), 0, *near)):
        line = await lookup.nth(home, run_id, Backward.type, place)
        if line is not None and json.loads(line)["number"] == number:
            return line
    raise UnknownBackward(run_id, number)


async def _is_first_over(home: House, run_id: str, backward: Backward) -> bool:
    """Whether the graph was told for this backward: what its nodes had saved is this backward's own."""
    for place in range(min(backward.number, MOST_LOOKED_AT)):
        line = await lookup.nth(home, run_id, Backward.type, place)
        if line is not None and (told := json.loads(line))["graph"] == backward.graph:
            return bool(told["number"] == backward.number)
    return False


async def _seed(home: House, run_id: str) -> int | None:
    line = await lookup.nth(home, run_id, Started.type, 0)
    return None if line is None else decode(line, Started, older=True).seed
