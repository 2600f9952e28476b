"""POST /api/expressions: a whole run in one answer. Closing the request stops the run."""

import json
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response

from ..agent.agent import Unreachable
from ..agent.leaving import CLOSED, unless_left
from ..events import MAX_SOURCE_BYTES, Preset, RunRequest, new_seed
from ..runs.registry import new_id
from .forms import Expression, ExpressionForm
from .house import Home, House
from .problems import described
from .refusals import SourceTooLarge
from .shelf import Kept
from .visitor import Asking, Visitor

router = APIRouter(prefix="/api", tags=["runs"])

LISTS = {
    "graph": "graphs",
    "backward": "backwards",
    "scalars": "scalars",
    "figure": "figures",
    "mistake": "mistakes",
}


@router.post("/expressions", response_model=Expression, responses=described(403, 413, 422, 429, 503))
async def run_expression(form: ExpressionForm, request: Request, home: Home, visitor: Asking) -> Response:
    """Runs the source with the limits of an expression and answers with all it told.

    Its graphs and pictures work under `/api/runs/{id}/…` for ten minutes. Closing the request stops the run.
    """
    limits = home.limits[Preset.EXPRESSION]
    asked = RunRequest(
        source=checked(form.source),
        preset=Preset.EXPRESSION,
        limits=limits,
        seed=new_seed(),
        language=form.language,
        recording=home.recording,
    )
    return await answer(home, asked, request, visitor)


async def answer(home: House, asked: RunRequest, request: Request, visitor: Visitor) -> Response:
    """A whole unlisted run; it is kept for a while. Raises: Refusing, Busy, Unreachable, TooOften."""
    home.turnstile.begin(visitor.client)
    kept = home.shelf.put(Kept(new_id(), asked))
    if await unless_left(_carry(home, kept, visitor), request) is None:
        return Response(status_code=CLOSED)
    if kept.finished is None:
        raise Unreachable
    return Response(whole(kept), media_type="application/json")


async def _carry(home: House, kept: Kept, visitor: Visitor) -> Kept:
    """Takes the run's lines until it is over, and gives the run. Raises: Refusing, Busy, Unreachable."""
    try:
        async with aclosing(home.agent.express(kept.id, kept.request, visitor.asks)) as lines:
            async for line in lines:
                kept.add(line)
    finally:
        if kept.finished is None:
            home.shelf.forget(kept.id)
        else:
            home.shelf.settle(kept)
    if kept.finished is not None and home.copies is not None:
        await home.copies.give(kept)
    return kept


def checked(source: str) -> str:
    """The source, where a run takes that much. Raises: SourceTooLarge."""
    if len(source.encode("utf-8", "surrogatepass")) > MAX_SOURCE_BYTES:
        raise SourceTooLarge
    return source


def whole(run: Kept) -> bytes:
    """All a finished run told, as one JSON object; events are passed on as they came, a tensor's last report alone."""
    texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
    lists: dict[str, list[bytes]] = {name: [] for name in LISTS.values()}
    tensors: dict[str, bytes] = {}
    exception = b"null"
    for entry in run.journal.read(limit=run.journal.last):
        if entry.type in LISTS:
            lists[LISTS[entry.type]].append(entry.line)
        elif entry.type in texts:
            texts[entry.type].append(json.loads(entry.line)["text"])
        elif entry.type == "tensor":
            tensors[json.loads(entry.line)["name"]] = entry.line
        elif entry.type == "exception":
            exception = entry.line
    lists["tensors"] = list(tensors.values())
    plain: dict[str, Any] = {"id": run.id, "url": f"/api/runs/{run.id}"}
    plain |= {name: "".join(pieces) for name, pieces in texts.items()}
    if run.finished is not None:
        plain |= {"outcome": run.finished.outcome, "detail": run.finished.detail, "wall_ms": run.finished.wall_ms}
    parts = [b"%s:%s" % (json.dumps(name).encode(), json.dumps(value).encode()) for name, value in plain.items()]
    parts.append(b'"exception":' + exception)
    parts += [b'"%s":[%s]' % (name.encode(), b",".join(lines)) for name, lines in lists.items()]
    return b"{" + b",".join(parts) + b"}"
