"""The pages a person opens: each is a Jinja template; what changes comes later through the API.

Knows nothing of runs. Where the page's files lie differs: beside app/ in a checkout, inside the package in a wheel.
The chart's library is served from its own installed package.
"""

import gzip
import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from threading import Lock

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..runs.example import title_and_source
from ..words import catalogue, page_words
from .house import Home
from .language import COOKIE, Language, language_of, offered
from .lessons import Lesson, lessons
from .problems import MEDIA_TYPE
from .refusals import UnknownLesson

PACKAGE = Path(__file__).parent.parent
ROOT = PACKAGE if (PACKAGE / "static").is_dir() else PACKAGE.parent
STATIC = ROOT / "static"
COOKIE_S = 365 * 24 * 3600
LESSONS = ROOT / "templates" / "lessons"
FIRST_EXAMPLE = "01_first_graph"
_plotly = distribution("plotly")
PLOTLY = Path(str(_plotly.locate_file("plotly/package_data/plotly.min.js")))
PLOTLY_URL = f"/plotly/{_plotly.version}/plotly.min.js"
"""The version in the address lets a browser keep the file for good."""

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/", include_in_schema=False)
def index(request: Request) -> HTMLResponse:
    """The workbench: editor, console, graph and tensors."""
    return page(request, "index.html", source=first_source())


@router.get("/lessons", include_in_schema=False)
def all_lessons(request: Request, home: Home) -> HTMLResponse:
    """The lessons there are; one that can't be read is named with the reason."""
    found = lessons(home.lessons, language_of(request))
    return page(request, "lessons.html", lessons=found)


@router.get("/lessons/{slug}", include_in_schema=False)
def lesson(request: Request, home: Home, slug: str) -> HTMLResponse:
    """The workbench beside a lesson's text. Raises: UnknownLesson."""
    readable = [each for each in lessons(home.lessons, language_of(request)) if isinstance(each, Lesson)]
    place = next((place for place, each in enumerate(readable) if each.slug == slug), None)
    if place is None:
        raise UnknownLesson(slug)
    around = {"previous": readable[place - 1] if place else None, "next": next(iter(readable[place + 1 :]), None)}
    chosen = readable[place]
    return page(request, "index.html", source=chosen.source, lesson=chosen, number=place + 1, **around)


@router.get("/runs", include_in_schema=False)
def runs(request: Request) -> HTMLResponse:
    """The list of runs, their curves on one chart, and what differs between their sources."""
    return page(request, "runs.html")


@router.get("/runs/{run_id}", include_in_schema=False)
def run(request: Request, run_id: str) -> HTMLResponse:
    """The workbench, which opens on that run; whether there is such a run, the page asks the API."""
    return page(request, "index.html", source="")


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


def page(request: Request, template: str, **values: object) -> HTMLResponse:
    """The page of `template` in its reader's language; one that the address asked for is kept for later pages."""
    language = language_of(request)
    html = (
        templates(language)
        .get_template(template)
        .render(
            lesson=values.pop("lesson", None),
            nonce=getattr(request.state, "nonce", ""),
            bundled=(STATIC / "dist" / "bundle.js").is_file(),
            plotly=PLOTLY_URL,
            language=language,
            languages=offered(language),
            language_cookie=COOKIE,
            words=page_words(language),
            **values,
        )
    )
    answer = HTMLResponse(html, headers={"vary": "cookie, accept-language"})
    if request.query_params.get("language") == language:
        answer.set_cookie(COOKIE, language, max_age=COOKIE_S, samesite="strict")
    return answer


def apology(request: Request, answer: Response) -> Response:
    """A problem as a page, where a person opened an address that shows pages; else as it is."""
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
    if not wants_page or not answer.headers.get("content-type", "").startswith(MEDIA_TYPE):
        return answer
    told = json.loads(bytes(answer.body))
    html = page(request, "error.html", **{name: told[name] for name in ("title", "detail", "type")})
    kept = {name: value for name, value in answer.headers.items() if name in ("retry-after", "allow")}
    return HTMLResponse(html.body, answer.status_code, kept)


@cache
def templates(language: Language) -> Environment:
    """Jinja in one language: its own gettext extension over our catalogue."""
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = catalogue(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda sentence: words.get(sentence, sentence),
        lambda one, many, count: words.get(one, one) if count == 1 else words.get(many, many),
        newstyle=True,
    )
    return made


def first_source() -> str:
    """What the editor holds when a newcomer opens the page."""
    text = (STATIC / "examples" / f"{FIRST_EXAMPLE}.py").read_text(encoding="utf-8")
    return title_and_source(text, FIRST_EXAMPLE)[1]
