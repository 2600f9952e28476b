"""create_app: wires the rooms into one app; the only file that sees them all."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles

from . import __version__
from .runs.choose import choose
from .runs.registry import Registry
from .runs.runner import Runner
from .settings import Settings
from .web import api, pages, problems
from .web.forms import Problem
from .web.guard import Guard
from .web.house import House

DESCRIPTION = "Type PyTorch and see what autograd does. A run is source text plus limits; it tells typed events."


def create_app(settings: Settings | None = None, runner: Runner | None = None) -> FastAPI:
    """The app, its runner started in the background when the app starts, every run ended when it closes.

    `settings` default to the environment's, `runner` to the one this machine allows.
    """
    chosen = settings if settings is not None else Settings.from_environment(os.environ)
    engine = runner or choose(wall=chosen.wall, unsafe=chosen.unsafe_no_sandbox, data_dir=chosen.data_dir)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await engine.start()
        yield
        await close(app)
        await engine.close()

    app = FastAPI(title="Gradwalk", version=__version__, description=DESCRIPTION, lifespan=lifespan, docs_url=None)
    app.state.house = House(
        limits=chosen.limits,
        unsafe=chosen.unsafe_no_sandbox,
        runner=engine,
        registry=Registry(engine, slots=chosen.slots, queue=chosen.queue, keep=chosen.keep),
        drawing=asyncio.Semaphore(os.cpu_count() or 1),
    )
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    problems.install(app)
    app.add_middleware(
        Guard,
        names=frozenset({chosen.host.lower(), *chosen.allowed_hosts}),
        token=chosen.token if chosen.unsafe_no_sandbox else None,
        cookie=f"gradwalk_{chosen.port}",
    )
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend the document
    return app


async def close(app: FastAPI) -> None:
    """Ends every run, so that each reader gets a last event, then every stream."""
    house: House = app.state.house
    await house.registry.close()
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
