"""The API's calls about runs: begin, list, follow, stop, forget; and what the editor and a monitor ask.

Pictures and expressions have files of their own. Knows no torch and no child. Source: the project's API contract.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from .. import __version__
from ..events import RunRequest
from ..runs.example import title_and_source
from ..runs.registry import Run
from . import expressions, pictures, stream
from .expressions import checked
from .forms import (
    Example,
    HealthRecord,
    LastScalar,
    RunForm,
    RunLinks,
    RunRecord,
    RunWithSource,
    Series,
    TitleForm,
)
from .house import Home
from .pages import STATIC
from .problems import described
from .recorded import offer_recordings
from .scalars import LastScalars, series, thin

router = APIRouter()
router.include_router(expressions.router)
router.include_router(pictures.router)
_runs = APIRouter(prefix="/api", tags=["runs"])

MOST_FOLLOWED = 50
_last_scalars = LastScalars()


@_runs.post("/runs", status_code=201, response_model=RunLinks, responses=described(403, 413, 422, 429, 503))
async def start_run(form: RunForm, home: Home) -> RunLinks:
    """Begins a run, or queues it; its events say how it goes."""
    request = RunRequest(
        source=checked(form.source),
        preset=form.preset,
        limits=home.limits[form.preset],
        title=form.title,
        group=form.group,
        steps_per_s=form.steps_per_s,
    )
    return RunLinks(**_links(await home.registry.start(request)))


@_runs.get("/runs", responses=described(404, 422))
async def list_runs(
    home: Home, limit: Annotated[int, Query(ge=1, le=200)] = 50, before: Annotated[str | None, Query()] = None
) -> list[RunRecord]:
    """Listed runs, newest first; `before` is the id of the last one already had."""
    if home.runner.health().state == "refusing" and not home.registry.runs(1):
        offer_recordings(home.registry)
    return [RunRecord(**_record(run)) for run in home.registry.runs(limit, before)]


@_runs.get("/runs/{run_id}", responses=described(404))
async def read_run(run_id: str, home: Home) -> RunWithSource:
    """One run's record and source."""
    run = home.registry.find(run_id)
    return RunWithSource(**_record(run), source=run.request.source.encode("utf-8", "replace").decode())


@_runs.patch("/runs/{run_id}", responses=described(403, 404, 422))
async def rename_run(run_id: str, form: TitleForm, home: Home) -> RunRecord:
    """Gives a run another title."""
    home.registry.rename(run_id, form.title)
    return RunRecord(**_record(home.registry.find(run_id)))


@_runs.delete("/runs/{run_id}", status_code=204, responses=described(403, 404))
async def delete_run(run_id: str, home: Home) -> Response:
    """Forgets a run and its events; one that goes on is ended first."""
    await home.registry.delete(run_id)
    return Response(status_code=204)


@_runs.post("/runs/{run_id}/stop", status_code=202, responses=described(403, 404))
async def stop_run(run_id: str, home: Home) -> RunLinks:
    """Asks a run to end as `stopped`."""
    run = home.registry.find(run_id)
    await home.registry.stop(run_id)
    return RunLinks(**_links(run))


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-Sent Events.", "content": {stream.MEDIA_TYPE: {"schema": {"type": "string"}}}},
    204: {"description": "Nothing is left after that event."},
}


@_runs.get("/runs/{run_id}/events", response_class=Response, responses={**_STREAM, **described(404, 422)})
async def follow_run(
    run_id: str,
    home: Home,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Every event of a run, live or replayed, from after a number; ends after `finished`."""
    journal = home.registry.find(run_id).journal
    place = stream.cursor(last_event_id) if last_event_id else after
    if stream.exhausted({run_id: journal}, {run_id: place}):
        return Response(status_code=204)
    events = stream.single(journal, place, home.closing)
    return StreamingResponse(events, media_type=stream.MEDIA_TYPE, headers=stream.HEADERS)


@_runs.get("/events", response_class=Response, responses={**_STREAM, **described(404, 422)})
async def follow_runs(
    home: Home,
    runs: Annotated[str, Query(max_length=2000, description="Run ids with commas between.")],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Several runs on one connection; an id holds every run's position, the event's own run first."""
    names = list(dict.fromkeys(name for name in runs.split(",") if name))[:MOST_FOLLOWED]
    journals = {name: home.registry.find(name).journal for name in names}
    places = stream.cursors(last_event_id, names)
    if stream.exhausted(journals, places):
        return Response(status_code=204)
    events = stream.several(journals, places, home.closing)
    return StreamingResponse(events, media_type=stream.MEDIA_TYPE, headers=stream.HEADERS)


@_runs.get("/runs/{run_id}/scalars", responses=described(404, 422))
async def read_scalars(
    run_id: str,
    home: Home,
    tag: str = "loss",
    origin: str | None = None,
    points: Annotated[int, Query(ge=4, le=100_000)] = 2000,
) -> Series:
    """One series, thinned out to at most `points`; ends and extremes are kept."""
    told = series(home.registry.find(run_id), tag, origin)
    kept = thin(told, points)
    return Series(step=[step for step, _ in kept], value=[value for _, value in kept], total=len(told))


@_runs.get("/examples")
async def list_examples() -> list[Example]:
    """The sources offered in the editor, in the order of their file names."""
    files = sorted((STATIC / "examples").glob("*.py"))
    return [_example(path.stem, path.read_text("utf-8")) for path in files]


@router.get("/healthz", tags=["server"])
async def read_health(home: Home) -> HealthRecord:
    """Whether programs can be run, and behind which walls; answers at once, also while starting."""
    health = home.runner.health()
    return HealthRecord(
        state=health.state,
        tier=health.tier,
        layers=health.layers,
        selftest=health.selftest,
        detail=health.detail,
        python=health.python,
        torch=health.torch,
        unsafe=home.unsafe,
        version=__version__,
    )


router.include_router(_runs)


def _links(run: Run) -> dict[str, str]:
    url = f"/api/runs/{run.id}"
    return {"id": run.id, "url": url, "events": f"{url}/events"}


def _record(run: Run) -> dict[str, Any]:
    end = run.finished
    last = _last_scalars.of(run)
    return {
        **_links(run),
        "title": run.title,
        "group": run.request.group,
        "preset": run.request.preset,
        "outcome": end.outcome if end else None,
        "detail": end.detail if end else None,
        "queue_position": run.queue_position,
        "started_at": run.started_at,
        "finished_at": _finished_at(run.started_at, end.wall_ms) if run.started_at and end else None,
        "wall_ms": end.wall_ms if end else None,
        "scalars": {tag: LastScalar(step=step, value=value) for tag, (step, value) in last.items()},
    }


def _finished_at(started_at: str, wall_ms: float) -> str:
    end = datetime.fromisoformat(started_at) + timedelta(milliseconds=wall_ms)
    return end.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _example(slug: str, text: str) -> Example:
    """An example's title stands in its first line."""
    title, source = title_and_source(text, slug)
    return Example(slug=slug, title=title, source=source)
