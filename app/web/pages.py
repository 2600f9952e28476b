"""The pages a person opens: each is a Jinja template; what changes comes later through the API.

Knows nothing of runs. Where the page's files lie differs: beside app/ in a checkout, inside the package in a wheel.
The chart's library is served from its own installed package.
"""

import gzip
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from threading import Lock

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..runs.example import title_and_source

PACKAGE = Path(__file__).parent.parent
ROOT = PACKAGE if (PACKAGE / "static").is_dir() else PACKAGE.parent
STATIC = ROOT / "static"
FIRST_EXAMPLE = "01_first_graph"
_plotly = distribution("plotly")
PLOTLY = Path(str(_plotly.locate_file("plotly/package_data/plotly.min.js")))
PLOTLY_URL = f"/plotly/{_plotly.version}/plotly.min.js"
"""The version in the address lets a browser keep the file for good."""

router = APIRouter(default_response_class=HTMLResponse)
_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@router.get("/", include_in_schema=False)
def index(request: Request) -> HTMLResponse:
    """The workbench: editor, console, graph and tensors."""
    return HTMLResponse(render(request, "index.html", source=first_source()))


@router.get("/runs", include_in_schema=False)
def runs(request: Request) -> HTMLResponse:
    """The list of runs, their curves on one chart, and what differs between their sources."""
    return HTMLResponse(render(request, "runs.html"))


@router.get("/runs/{run_id}", include_in_schema=False)
def run(request: Request, run_id: str) -> HTMLResponse:
    """The workbench, which opens on that run; whether there is such a run, the page asks the API."""
    return HTMLResponse(render(request, "index.html", source=""))


@router.get(PLOTLY_URL, include_in_schema=False)
def plotly(request: Request) -> Response:
    """The chart's library. Not async: packing it takes a good second, once, off the event loop."""
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(PLOTLY, media_type="text/javascript", headers=headers)
    with _packing:
        packed = _packed()
    return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})


_packing = Lock()


@cache
def _packed() -> bytes:
    return gzip.compress(PLOTLY.read_bytes(), 6, mtime=0)


def render(request: Request, template: str, **values: object) -> str:
    """The page of `template`; each knows the request's nonce, whether the editor was bundled, Plotly's address."""
    return _templates.get_template(template).render(
        nonce=getattr(request.state, "nonce", ""),
        bundled=(STATIC / "dist" / "bundle.js").is_file(),
        plotly=PLOTLY_URL,
        **values,
    )


def first_source() -> str:
    """What the editor holds when a newcomer opens the page."""
    text = (STATIC / "examples" / f"{FIRST_EXAMPLE}.py").read_text(encoding="utf-8")
    return title_and_source(text, FIRST_EXAMPLE)[1]
