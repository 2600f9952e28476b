"""What a frame of panning and zooming costs: a blank SVG, a picture of 120 boxes and one of 1,000, in Chromium.

The page itself is measured, with the pictures put in the place of the server's: CPU time of all of the browser's
processes, over frames in each of which the pointer drags or the wheel turns.
"""

import os
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.draw import Options, draw_svg
from app.events import Edge, Graph, Node

from .chromium import new_page
from .row import Row

if TYPE_CHECKING:
    from playwright.sync_api import Page

BOXES = {120: 2.0, 1_000: 4.0}
"""How many boxes a picture has, and how many times a blank SVG's cost its frames may have."""
FRAMES = 240
TIMES = 3
PROGRAM = "import torch\nx = torch.ones(3, requires_grad=True)\n(x * 2).sum().backward()\n"
BLANK = """<svg xmlns="http://www.w3.org/2000/svg" class="graph" width="1" height="1" viewBox="0 0 1 1">
<g class="drawing"/></svg>"""
"""Nothing to paint at all: only what a frame costs in itself."""
ABREAST = 6
NAMES = ("AddmmBackward0", "MulBackward0", "NativeLayerNormBackward0", "TanhBackward0", "UnsafeViewBackward0")
DRAG = """async frames => {
  const sheet = document.querySelector("#graph .sheet");
  const { left, top, width, height } = sheet.getBoundingClientRect();
  const tell = (target, type, x, y) => target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true,
    view: window, clientX: left + width / 2 + x, clientY: top + height / 2 + y }));
  tell(sheet, "mousedown", 0, 0);
  for (let frame = 0; frame < frames; frame += 1) {
    tell(window, "mousemove", 150 * Math.sin(frame / 20), 300 * Math.sin(frame / 31));
    await new Promise(requestAnimationFrame);
  }
  tell(window, "mouseup", 0, 0);
}"""
WHEEL = """async frames => {
  const sheet = document.querySelector("#graph .sheet");
  const { left, top, width, height } = sheet.getBoundingClientRect();
  for (let frame = 0; frame < frames; frame += 1) {
    sheet.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, view: window,
      clientX: left + width / 2, clientY: top + height / 2, deltaY: 20 * Math.cos(frame / 20) }));
    await new Promise(requestAnimationFrame);
  }
}"""
MOVES = {"pan": DRAG, "zoom": WHEEL}
SETTLED = (
    "() => !document.querySelector('#graph svg.moving') && document.querySelector('#status').dataset.state === 'good'"
)
IDLE = "async () => { for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame); }"


def picture(boxes: int) -> str:
    """A network of so many operations, one to one: six abreast, every third with two behind it."""
    nodes = tuple(
        Node(id=number, name=NAMES[number % 5], kind="function", shape=(8, 128, 768), line=3 + number % 30)
        for number in range(boxes)
    )
    edges = [Edge(tail=0, head=number, output_nr=0, input_nr=number) for number in range(1, ABREAST + 1)]
    edges += [Edge(tail=n, head=n + ABREAST, output_nr=0) for n in range(1, boxes - ABREAST)]
    edges += [Edge(tail=n, head=n + ABREAST + 1, output_nr=0, input_nr=1) for n in range(1, boxes - ABREAST - 1, 3)]
    graph = Graph(
        index=0, reason="backward", line=3, roots=(0,), nodes=nodes, edges=tuple(edges), total_nodes=boxes,
        truncated=False,
    )  # fmt: skip
    return draw_svg(graph, Options(fold=False), standalone=False)


def rows(address: str) -> Iterator[Row]:
    """What a frame costs beside a blank SVG's."""
    figures = frame_cpu_ms(address)
    for move in MOVES:
        for boxes, most in BOXES.items():
            what, bar = f"{move} a picture of {boxes:,} boxes / a blank SVG, CPU a frame", f"<= {most:.0f}x"
            if figures is None:
                yield Row(what, "no browser", bar, None)
                continue
            ours, blank = figures[move, boxes], figures[move, 0]
            yield Row(what, f"{ours / blank:.2f}x ({ours:.2f} / {blank:.2f} ms)", bar, ours <= most * blank)


def frame_cpu_ms(address: str) -> dict[tuple[str, int], float] | None:
    """CPU milliseconds of a frame, by the move and the number of boxes (0: blank); None where there is no browser."""
    with new_page() as page:
        if page is None:
            return None
        figures: dict[tuple[str, int], float] = {}
        for boxes, svg in ((0, BLANK), *((boxes, picture(boxes)) for boxes in BOXES)):
            _show(page, address, svg)
            assert page.locator("#graph .node").count() == boxes
            for move in MOVES:
                figures[move, boxes] = statistics.median(_cpu_ms(page, MOVES[move]) for _ in range(TIMES))
    return figures


def _show(page: "Page", address: str, svg: str) -> None:
    def answer(route: Any) -> None:
        route.fulfill(body=svg, content_type="image/svg+xml")

    page.unroute("**/graphs/*.svg*")
    page.route("**/graphs/*.svg*", answer)
    page.goto(address)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(PROGRAM)
    page.wait_for_selector("#graph svg.graph")
    page.wait_for_function(SETTLED, timeout=60_000)


def _cpu_ms(page: "Page", move: str) -> float:
    """CPU milliseconds of all browser processes per frame, after a few frames and while nothing else is going on."""
    page.wait_for_function(SETTLED)
    page.evaluate(IDLE)
    before = sum(_ticks())
    page.evaluate(move, FRAMES)
    return (sum(_ticks()) - before) * 1000 / os.sysconf("SC_CLK_TCK") / FRAMES


def _ticks() -> Iterator[int]:
    """User and system time of each of the browser's processes that this process began."""
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        try:
            told = Path(f"/proc/{pid}/stat").read_text("utf-8")
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
            waiting += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:  # it ended meanwhile
            continue
        name, numbers = told[told.index("(") : told.rindex(")")], told[told.rindex(")") + 2 :].split()
        if "chrom" in name:
            yield int(numbers[11]) + int(numbers[12])
