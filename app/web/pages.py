"""The pages a person opens: each is a Jinja template; what changes comes later through the API.

Knows nothing of runs. Where the page's files lie differs: beside app/ in a checkout, inside the package in a wheel.
"""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..runs.example import title_and_source

PACKAGE = Path(__file__).parent.parent
ROOT = PACKAGE if (PACKAGE / "static").is_dir() else PACKAGE.parent
STATIC = ROOT / "static"
FIRST_EXAMPLE = "01_first_graph"

router = APIRouter(default_response_class=HTMLResponse)
_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@router.get("/", include_in_schema=False)
def index(request: Request) -> HTMLResponse:
    """The workbench: editor, console, graph and tensors."""
    return HTMLResponse(render(request, "index.html", source=first_source()))


def render(request: Request, template: str, **values: object) -> str:
    """The page of `template`; every page knows the request's nonce and whether the editor was bundled."""
    return _templates.get_template(template).render(
        nonce=getattr(request.state, "nonce", ""), bundled=(STATIC / "dist" / "bundle.js").is_file(), **values
    )


def first_source() -> str:
    """What the editor holds when a newcomer opens the page."""
    text = (STATIC / "examples" / f"{FIRST_EXAMPLE}.py").read_text(encoding="utf-8")
    return title_and_source(text, FIRST_EXAMPLE)[1]
