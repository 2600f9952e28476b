"""For whoever runs the server: what a monitor reads, and a page with walls, queue, clients and limits.

Nobody else may see it: it names users. Shows no token, nor whether one is asked for.
"""

from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from . import meters
from .api import read_health
from .house import Home, House
from .pages import page
from .problems import described
from .refusals import NotYours
from .states import ClientRecord, OperatorRecord
from .visitor import Asking, Visitor

router = APIRouter()


@router.get("/metrics", tags=["server"], response_class=Response, responses=described(403))
async def read_metrics(home: Home, visitor: Asking) -> Response:
    """Figures for a monitor, in Prometheus' text format. Operators only."""
    _check(visitor)
    return Response(home.meters.text(), media_type=meters.MEDIA_TYPE)


@router.get("/api/operator", tags=["server"], responses=described(403))
async def read_operator(home: Home, visitor: Asking) -> OperatorRecord:
    """Walls, queue, clients and limits as they are now. Operators only."""
    _check(visitor)
    return OperatorRecord(
        health=await read_health(home),
        outcomes=dict(home.agent.load().outcomes),
        clients=_clients(home),
        streams=home.turnstile.open_streams,
        limits={preset.value: asdict(limits) for preset, limits in home.limits.items()},
        bounds=_bounds(home),
    )


@router.get("/operator", include_in_schema=False)
async def show_operator(request: Request, visitor: Asking) -> HTMLResponse:
    """The operator's page. Raises: NotYours."""
    _check(visitor)
    return page(request, "operator.html")


def _check(visitor: Visitor) -> None:
    """Raises: NotYours."""
    if not visitor.operator:
        raise NotYours(
            "Only an operator may see this. Open it on the server's own machine, sign in as one of GRADWALK_ADMINS, or "
            "bring the GRADWALK_ADMIN_TOKEN: /operator?token=…, or as `Authorization: Bearer …`."
        )


def _bounds(home: House) -> dict[str, float]:
    """The bounds as they are now: where 0 slots are chosen they follow a cluster's machines, a client's too."""
    bounds = dict(home.bounds)
    bounds["slots"] = bounds["slots"] or home.agent.load().slots
    if bounds["client_slots"] < 0:
        bounds["client_slots"] = max(1, bounds["slots"] - 1)
    return bounds


def _clients(home: House) -> list[ClientRecord]:
    """Who has something open, those with most of it first."""
    runs, streams = home.agent.load().clients, home.turnstile.streams_of()
    found = [_client(name, *runs.get(name, (0, 0)), streams.get(name, 0)) for name in {*runs, *streams}]
    return sorted(found, key=lambda each: (-each.running - each.waiting - each.streams, each.client))


def _client(name: str, running: int, waiting: int, streams: int) -> ClientRecord:
    return ClientRecord(client=name, running=running, waiting=waiting, streams=streams)
