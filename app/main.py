"""create_app: wires the rooms into one app; the only file that sees them all."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from . import __version__
from .agent.agent import Agent
from .agent.hosting import resident
from .agent.local import LocalAgent
from .agent.place import ready_folder, socket_path, version
from .agent.remote import RemoteAgent
from .runs.runner import Runner
from .settings import Bounds, Settings
from .store import Folder, News, Reader, Table, is_shared
from .web import api, operator, pages, problems
from .web.copies import Copies
from .web.forms import Problem
from .web.guard import Guard
from .web.house import House
from .web.meters import Metered, Meters
from .web.shelf import KEPT_BYTES, UNLISTED_S
from .web.tails import Tails
from .web.turnstile import Turnstile
from .web.visitor import Access, Peer

DESCRIPTION = "Type PyTorch and see what autograd does. A run is source text plus limits; it tells typed events."


def create_app(settings: Settings | None = None, runner: Runner | None = None, *, server: str = "") -> FastAPI:
    """The app; it runs programs through the agent of its data folder, or in this process by a `runner` of its own.

    `settings` default to the environment's. When the app closes, runs of its own end; an agent's go on. `server` names
    the one that this web process belongs to.
    """
    chosen = settings if settings is not None else Settings.from_environment(os.environ)
    agent: Agent = resident(chosen, runner) if runner is not None else _remote(chosen, server)
    home = _house(chosen, agent)
    news = News(chosen.database, home.elsewhere.hear) if is_shared(chosen.database) else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ready_folder(chosen.data_dir)
        await agent.open(home.hear)
        if news is not None:
            await news.open()
        yield
        await close(app)
        await agent.close()
        if news is not None:
            await news.close()
        await home.leave()

    app = FastAPI(title="Gradwalk", version=__version__, description=DESCRIPTION, lifespan=lifespan, docs_url=None)
    app.state.house = home
    _furnish(app, chosen)
    return app


def _house(chosen: Settings, agent: Agent) -> House:
    reader = Reader(chosen.database)
    turnstile, meters = _turnstile(chosen.bounds), Meters()
    meters.watch(agent, turnstile)
    return House(
        turnstile=turnstile,
        bounds={**asdict(chosen.bounds), "slots": chosen.slots, "queue": chosen.queue},
        meters=meters,
        limits=chosen.limits,
        unsafe=chosen.unsafe_no_sandbox,
        agent=agent,
        reader=reader,
        tails=Tails(reader),
        copies=_copies(chosen),
        drawing=asyncio.Semaphore(os.cpu_count() or 1),
        recording=chosen.recording,
        lessons=(pages.LESSONS, *([chosen.lessons] if chosen.lessons else [])),
    )


def _copies(chosen: Settings) -> Copies | None:
    """Where other web processes find what was typed here; None where there are none."""
    if is_shared(chosen.database):
        return Copies(Table(chosen.database, keep_s=UNLISTED_S, most_bytes=KEPT_BYTES))
    if chosen.workers > 1:
        return Copies(Folder(chosen.data_dir / "shelf", keep_s=UNLISTED_S, most_bytes=KEPT_BYTES))
    return None


def _turnstile(bounds: Bounds) -> Turnstile:
    return Turnstile(
        streams=bounds.streams,
        client_streams=bounds.client_streams,
        pictures=bounds.pictures,
        client_pictures=bounds.client_pictures,
        rate=bounds.rate,
    )


def _remote(chosen: Settings, server: str) -> RemoteAgent:
    return RemoteAgent(socket_path(chosen.data_dir), lambda: version(chosen), server)


def _furnish(app: FastAPI, chosen: Settings) -> None:
    """Routes, problems and what stands around every call."""
    app.include_router(api.router)
    app.include_router(operator.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    problems.install(app, pages.apology)
    app.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4)
    app.add_middleware(
        Guard,
        names=frozenset({chosen.host.lower(), *chosen.allowed_hosts}),
        access=Access(
            token=chosen.token,
            admin_token=chosen.admin_token,
            user_header=chosen.user_header,
            admins=chosen.admins,
            proxies=chosen.proxies,
            cookie=_cookie(chosen),
            unsafe=chosen.unsafe_no_sandbox,
        ),
        body_s=chosen.bounds.body_s,
        present=pages.apology,
    )
    app.add_middleware(Metered, meters=app.state.house.meters)
    if chosen.proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(chosen.proxies))
        app.add_middleware(Peer)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _cookie(chosen: Settings) -> str:
    """Its name: the same for servers with one token, wherever they listen; for a token made up at each start, one a
    port, as browsers give a machine's cookies to all of them."""
    token = chosen.token or chosen.admin_token or ""
    return f"gradwalk_{chosen.port if chosen.unsafe_no_sandbox else sha256(token.encode()).hexdigest()[:8]}"


async def close(app: FastAPI) -> None:
    """Ends every stream; first the runs, where they are this process's own, so that each reader gets a last event."""
    house: House = app.state.house
    if isinstance(house.agent, LocalAgent):
        await house.agent.end_runs()
    house.closing.set()


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: FastAPI's, with our problems in the place of its own idea of a bad request."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = document["components"]["schemas"]
        described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(described.pop("$defs", {}))
        schemas["Problem"] = described
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        calls = [call for methods in document["paths"].values() for call in methods.values()]
        for call in (call for call in calls if "422" in call["responses"]):
            call["responses"]["422"] = problems.described(422)[422]
        app.openapi_schema = document
    return app.openapi_schema
