"""The API's calls about runs: begin, list, follow, stop, forget; and what the editor and a monitor ask.

Pictures, curves and expressions have files of their own. Knows no torch and no child.
Source: the project's API contract.
"""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from .. import __version__
from ..events import RunRequest, new_seed
from ..runs.example import title_and_source
from ..store import Record
from ..words import translate
from . import backwards, expressions, lookup, pictures, scalars, search, stream
from .expressions import checked
from .forms import Example, RunForm, RunLinks, RunRecord, RunWithSource, TitleForm
from .house import Home
from .language import Language, language_of
from .pages import STATIC
from .problems import described
from .states import HealthRecord, Queue
from .summary import links, summary
from .visitor import Asking

router = APIRouter()
router.include_router(expressions.router)
router.include_router(backwards.router)
router.include_router(pictures.router)
router.include_router(search.router)
router.include_router(scalars.router)
_runs = APIRouter(prefix="/api", tags=["runs"])

MOST_FOLLOWED = 50


@_runs.post("/runs", status_code=201, response_model=RunLinks, responses=described(403, 413, 422, 429, 503, 507))
async def start_run(form: RunForm, home: Home, visitor: Asking) -> RunLinks:
    """Begins a run, or queues it; its events say how it goes. Once this is answered, the run is on record."""
    home.turnstile.begin(visitor.client)
    request = RunRequest(
        source=checked(form.source),
        preset=form.preset,
        limits=home.limits[form.preset],
        title=form.title,
        group=form.group,
        steps_per_s=form.steps_per_s,
        seed=new_seed(),
        language=form.language,
        recording=home.recording,
    )
    return RunLinks(**links(await home.agent.start(request, visitor.asks)))


@_runs.get("/runs", responses=described(404, 422))
async def list_runs(
    home: Home,
    visitor: Asking,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query()] = None,
    group: Annotated[str | None, Query(max_length=200)] = None,
) -> list[RunRecord]:
    """Listed runs, newest first; `before` is the id of the last one already had, `group` a name some began under.

    Where users are known, a user sees their own and an operator all.
    """
    found = await lookup.records(home, limit, before, group, None if visitor.operator else visitor.user)
    drawn = await lookup.series(home, [run.id for run in found])
    positions = home.positions()
    return [summary(run, drawn.get(run.id, []), positions.get(run.id)) for run in found]


@_runs.get("/runs/{run_id}", responses=described(404))
async def read_run(run_id: str, home: Home) -> RunWithSource:
    """One run's record and source."""
    found = await lookup.record(home, run_id)
    told = await _summary(home, found)
    return RunWithSource(**told.model_dump(), source=found.source.encode("utf-8", "replace").decode())


@_runs.patch("/runs/{run_id}", responses=described(403, 404, 422, 503))
async def rename_run(run_id: str, form: TitleForm, home: Home, visitor: Asking) -> RunRecord:
    """Gives a run another title."""
    await lookup.own(home, run_id, visitor)
    await home.agent.rename(run_id, form.title)
    return await _summary(home, await lookup.record(home, run_id))


@_runs.delete("/runs/{run_id}", status_code=204, responses=described(403, 404, 503))
async def delete_run(run_id: str, home: Home, visitor: Asking) -> Response:
    """Forgets a run and its events; one that goes on is ended first."""
    await lookup.own(home, run_id, visitor)
    is_unlisted = home.shelf.forget(run_id)
    if is_unlisted and home.copies is not None:
        await home.copies.forget(run_id)
    if not is_unlisted or home.copies is not None:
        await home.agent.delete(run_id)  # it tells the other web processes too
    return Response(status_code=204)


@_runs.post("/runs/{run_id}/stop", status_code=202, responses=described(403, 404, 503))
async def stop_run(run_id: str, home: Home, visitor: Asking) -> RunLinks:
    """Asks a run to end as `stopped`."""
    await lookup.own(home, run_id, visitor)
    await home.agent.stop(run_id)
    return RunLinks(**links(run_id))


_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "Where the reader is: the event's number, or every run's."},
        "event": {"type": "string", "description": "The event's type."},
        "data": {"type": "string", "description": "The event, one line of JSON."},
        "retry": {"type": "integer"},
    },
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-Sent Events.", "content": {stream.MEDIA_TYPE: {"itemSchema": _EVENT}}},
    204: {"description": "Nothing is left after that event."},
}


@_runs.get("/runs/{run_id}/events", response_class=Response, responses={**_STREAM, **described(404, 422, 429)})
async def follow_run(
    run_id: str,
    home: Home,
    visitor: Asking,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    skip: Annotated[str, Query(max_length=200, description="Types to leave out, with commas between.")] = "",
    last_event_id: Annotated[str | None, Header()] = None,
    accept_encoding: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Every event of a run, live or replayed, from after a number; ends after `finished`."""
    known = await lookup.record(home, run_id)
    place = stream.cursor(last_event_id) if last_event_id else after
    if lookup.exhausted(known, place):
        return Response(status_code=204)
    feed = lookup.without(lookup.feed(home, known, place), frozenset(skip.split(",")))
    leave = home.turnstile.enter(visitor.client)
    return stream.respond(stream.single(feed, home.closing), accept_encoding, leave)


@_runs.get("/events", response_class=Response, responses={**_STREAM, **described(404, 422, 429)})
async def follow_runs(
    home: Home,
    visitor: Asking,
    runs: Annotated[str, Query(max_length=2000, description="Run ids with commas between.")],
    last_event_id: Annotated[str | None, Header()] = None,
    accept_encoding: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Several runs on one connection; an id holds every run's position, the event's own run first."""
    names = list(dict.fromkeys(name for name in runs.split(",") if name))[:MOST_FOLLOWED]
    known = {name: await lookup.record(home, name) for name in names}
    places = stream.cursors(last_event_id, names)
    if all(lookup.exhausted(each, places[name]) for name, each in known.items()):
        return Response(status_code=204)
    turn = asyncio.Lock()
    feeds = {name: lookup.feed(home, each, places[name], turn) for name, each in known.items()}
    leave = home.turnstile.enter(visitor.client)
    return stream.respond(stream.several(feeds, places, home.closing), accept_encoding, leave)


@_runs.get("/examples")
async def list_examples(request: Request) -> list[Example]:
    """The sources offered in the editor, in the order of their file names; titles in the reader's language."""
    files, language = sorted((STATIC / "examples").glob("*.py")), language_of(request)
    return [_example(path.stem, path.read_text("utf-8"), language) for path in files]


@router.get("/healthz", tags=["server"])
async def read_health(home: Home) -> HealthRecord:
    """Whether programs can be run, and behind which walls; answers at once, also while starting."""
    health, load = home.agent.health(), home.agent.load()
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
        queue=Queue(running=dict(load.running), waiting=dict(load.waiting), slots=load.slots, bound=load.queue),
    )


router.include_router(_runs)


async def _summary(home: Home, run: Record) -> RunRecord:
    drawn = await lookup.series(home, [run.id])
    return summary(run, drawn.get(run.id, []), home.positions().get(run.id))


def _example(slug: str, text: str, language: Language) -> Example:
    title, source = title_and_source(text, slug)
    return Example(slug=slug, title=translate(language, title), source=source)
