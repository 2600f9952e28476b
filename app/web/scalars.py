"""GET /api/runs/{id}/scalars: one curve of a run, thinned out to what a screen can show."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from ..events import Scalars, decode
from ..store import ORIGINS, Curve, thin
from . import lookup
from .forms import SeriesPoints, finite
from .house import Home
from .problems import described
from .shelf import Kept

router = APIRouter(prefix="/api", tags=["runs"])

Step = Annotated[int, Query(ge=-(2**53), le=2**53)]


@router.get("/runs/{run_id}/scalars", responses=described(404, 422))
async def read_scalars(
    run_id: str,
    home: Home,
    tag: str = "loss",
    origin: str | None = None,
    points: Annotated[int, Query(ge=4, le=100_000)] = 2000,
    start: Annotated[Step | None, Query(alias="from", description="The first step to show.")] = None,
    end: Annotated[Step | None, Query(alias="to", description="The last step to show.")] = None,
) -> SeriesPoints:
    """One series, thinned out to at most `points`; ends, extremes and what is not a number are kept.

    Without `origin` the best there is. `total` counts the points before the thinning.
    """
    kept = home.shelf.find(run_id)
    if kept is None:
        await lookup.record(home, run_id)
        kept = home.shelf.find(run_id)
    if kept is not None:
        curve = await asyncio.to_thread(_of_kept, kept, tag, origin, points)
    else:
        curve = await asyncio.to_thread(home.reader.curve, run_id, tag, origin, points, start, end)
    value = [finite(each) for each in curve.values]
    return SeriesPoints(step=curve.steps, value=value, total=curve.total, origin=curve.origin)


def _of_kept(kept: Kept, tag: str, origin: str | None, points: int) -> Curve:
    """A curve of a run that is not on record."""
    lines = [entry.line for entry in kept.journal.read(limit=kept.journal.last) if entry.type == Scalars.type]
    frames = [frame for frame in (decode(line, Scalars, older=True) for line in lines) if frame.tag == tag]
    best = origin or next((each for each in ORIGINS if any(frame.origin == each for frame in frames)), None)
    chosen = [frame for frame in frames if frame.origin == best]
    steps = [step for frame in chosen for step in frame.step]
    shown, values = thin(steps, [value for frame in chosen for value in frame.value], points)
    return Curve(steps=shown, values=values, total=len(steps), origin=best)
