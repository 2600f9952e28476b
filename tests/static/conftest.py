"""A headless Chromium, pages that fail on any complaint of the browser, and panels mounted alone on a recording."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.draw import Options, draw_svg
from app.events import Graph, decode
from app.settings import Settings
from app.web.pages import PLOTLY_URL, STATIC, templates

from ..web.serving import RECORDINGS, build, serve
from .toolbox import unavailable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
HARNESS = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>harness</title>
<link rel="icon" href="/static/icon.svg"><link rel="stylesheet" href="/static/css/tokens.css">
{styles}<meta name="plotly" content="{plotly}"></head>
<body data-bundled="yes"><main>{markup}</main></body></html>"""
TOGETHER = {"replay": ["graph", "replay", "inspector"]}
"""Panels that stand in another's markup and do nothing without it."""
MOUNT = """async ([panels, pictures, series]) => {
  const { createCamera } = await import("/static/js/camera.js");
  const { walk } = await import("/static/js/walk.js");
  const { plotly } = await import("/static/js/plotly.js");
  const vendor = await import("/static/dist/bundle.js").catch(() => null);
  window.signals = [];
  for (const name of ["light", "line", "source", "shown", "view", "seek"])
    document.addEventListener(`gradwalk:${name}`, ({ detail }) => window.signals.push([name, detail]));
  const asked = (window.asked = []);
  window.answers = {};
  window.draw = (index) => pictures[index];
  const answer = (name) => async (...words) => (asked.push([name, ...words]), await window.answers[name](...words));
  const { showDiff } = await import("/static/js/diff.js");
  const tools = {
    picture: async (run, index, options) => (asked.push([run, index, { ...options }]), window.draw(index, options)),
    pictureUrl: (run, index, format, options, isWhole) => `/${run}/${index}.${format}${isWhole ? "?whole" : ""}`,
    search: answer("search"),
    inside: answer("inside"),
    camera: (sheet) => createCamera(sheet, vendor),
    walk,
    plotly,
    scalars: async (run, tag, origin, window) => {
      asked.push([run, tag, origin, { ...window }]);
      const { from = -Infinity, to = Infinity, points } = window;
      const all = (series[`${run} ${tag}`] ?? []).map((value, step) => ({ value, step }));
      const inside = all.filter(({ step }) => step >= from && step <= to);
      const stride = Math.ceil(inside.length / points);
      const kept = inside.filter((_, place) => place % stride === 0);
      return { step: kept.map(({ step }) => step), value: kept.map(({ value }) => value), total: inside.length };
    },
    drawing: () => document.querySelector(".sheet svg"),
    again: answer("again"),
    check: answer("check"),
    arithmetic: answer("arithmetic"),
    source: () => window.source ?? "",
    diff: (root, left, right) => showDiff(root, left, right, vendor),
  };
  const mounted = [];
  for (const panel of panels) {
    const { mount } = await import(`/static/js/panels/${panel}.js`);
    mounted.push(mount(document.getElementById(panel), tools));
  }
  window.handlers = mounted[0];
  window.tell = (event) => mounted.forEach((handlers) => handlers[event.type]?.(event));
}"""
SOURCE = "import torch\n\nx = torch.tensor(2., requires_grad=True)\ny = x**2\nz = y + 3\nz.backward()\nprint(y.grad)\n"
ENDED = "['good', 'bad'].includes(document.querySelector('#status').dataset.state)"
FEED = "events => events.forEach(window.tell)"


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Chromium, from GRADWALK_CHROMIUM or where Debian puts it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("playwright is not installed: pip install -e .[browser]")
    program = os.environ.get("GRADWALK_CHROMIUM", "/usr/bin/chromium")
    if shutil.which(program) is None:
        unavailable(f"there is no {program}: install chromium, or name it in GRADWALK_CHROMIUM")
    if not (STATIC / "dist" / "bundle.js").is_file():
        unavailable("the editor is not bundled: pip install -e .")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def played() -> Iterator[str]:
    """The address of a server that plays recordings."""
    with serve(build()) as address:
        yield address


@pytest.fixture(scope="package")
def paused() -> Iterator[str]:
    """The same, but it waits long before every line, so that a run goes on until it is stopped."""
    with serve(build(pause_s=600)) as address:
        yield address


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs programs behind its real walls."""
    from app.runs.local import LocalRunner

    folder = tmp_path_factory.mktemp("data")
    with serve(build(Settings(slots=2, data_dir=folder), LocalRunner(data_dir=folder))) as address:
        first = httpx.post(f"{address}/api/expressions", json={"source": ""}, timeout=120)
        if first.status_code == 503:
            unavailable(f"no program may run here: {first.json()['detail']}")
        yield address


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a test that expects a refusal takes it and clears it."""
    return []


@pytest.fixture
def page(browser: "Browser", complaints: list[str]) -> Iterator["Page"]:
    """A page on which every error in the browser's console, CSP violations among them, fails the test."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


Mount = Callable[..., "Page"]


@pytest.fixture
def mount(page: "Page", played: str) -> Mount:
    """Opens a page with one panel alone, mounted and waiting for events.

    Its graphs look as `drawings`; `series` are the points the server holds, by run and tag; `marks` are attributes.
    """

    def mounted(panel: str, *drawings: str, series: dict[str, list[float]] | None = None, marks: str = "") -> "Page":
        panels = TOGETHER.get(panel, [panel])
        markup = templates("en").get_template(f"panels/_{panels[0]}.html").render()
        styles = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in panels)
        html = HARNESS.format(
            styles=styles, markup=markup.replace("<section ", f"<section {marks} ", 1), plotly=PLOTLY_URL
        )

        def answer(route: "Route") -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

        page.route("**/harness", answer)
        page.goto(f"{played}/harness")
        page.evaluate(MOUNT, [panels, drawings, series or {}])
        return page

    return mounted


def recording(name: str) -> list[dict[str, Any]]:
    """A recorded run's events."""
    lines = Path(RECORDINGS, f"{name}.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in lines]


def pictures(events: list[dict[str, Any]]) -> list[str]:
    """The drawing of each graph among the events."""
    graphs = [decode(json.dumps(event).encode(), Graph, older=True) for event in events if event["type"] == "graph"]
    return [draw_svg(graph, Options()) for graph in graphs]


def feed(page: "Page", events: list[dict[str, Any]]) -> None:
    """Hands events to the mounted panel's handlers."""
    page.evaluate(FEED, events)


def until(page: "Page", condition: str) -> None:
    """Waits until a JavaScript expression holds; as a function, which the page's own policy lets pass."""
    page.wait_for_function(f"() => {condition}")


def finished(outcome: str = "ok", **changes: Any) -> dict[str, Any]:
    """A last event."""
    return {**recording("pow_add")[-1], "outcome": outcome, **changes}


def opened(page: "Page", address: str, fragment: str = "") -> "Page":
    """The page after its first live run."""
    page.goto(f"{address}/{fragment}")
    until(page, ENDED)
    page.wait_for_selector("#graph svg.graph")
    return page


def code(page: "Page") -> str:
    """What the editor holds."""
    return page.evaluate("[...document.querySelectorAll('.cm-line')].map(line => line.textContent).join('\\n')")  # type: ignore[no-any-return]  # JSON


def type_over(page: "Page", text: str) -> None:
    """Replaces the editor's text by hand."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
