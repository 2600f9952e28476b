"""A graph of two encoder layers and its pictures, drawn by hand: which boxes stand where is nobody's code.

loss            loss
 |               |
layers     ->   [layers: layer.1 -> layer.0]  ->  [layers: layer.1 -> [layer.0: mm -> softmax]]
 |               |
 x               x
"""

from html import escape
from typing import TYPE_CHECKING, Any

from .backwards import GRAPH, STARTED, Event, edge, node
from .conftest import Mount, feed, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

LAYERS, FIRST, SECOND = "g0", "g1", "g2"


def group(name: str, label: str, parent: str | None = None, nodes: int = 2, **more: Any) -> Event:
    """A group of a graph event."""
    plain = {"id": name, "parent": parent, "kind": "module", "label": label, "nodes": nodes, "repeats": 1}
    flow = {"inputs": 1, "outputs": 1, "input_shapes": [[1, 4]], "output_shapes": [[1, 4]]}
    return {**plain, **flow, "parameters": 2, "elements": 20, "first_line": 3, "last_line": 5, **more}


NAMES = ["MseLossBackward0", "AddBackward0", "MulBackward0", "MmBackward0", "SoftmaxBackward0", "AccumulateGrad"]
INSIDE = [None, SECOND, SECOND, FIRST, FIRST, None]
ENCODER: Event = {
    **GRAPH,
    "nodes": [
        node(number, name, group=inside) for number, (name, inside) in enumerate(zip(NAMES, INSIDE, strict=True))
    ],
    "edges": [edge(number, number + 1) for number in range(5)],
    "total_nodes": 894,
    "groups": [
        group(LAYERS, "encoder.layer · ModuleList", nodes=4),
        group(FIRST, "encoder.layer.0 · BertLayer", LAYERS),
        group(SECOND, "encoder.layer.1 · BertLayer", LAYERS),
    ],
    "opened": [],
    "recorded": 894,
    "missing": "",
}


def box(number: int, title: str, x: float, y: float, more: str = "") -> str:
    """A node's box, 100 by 40."""
    return (
        f'<g class="node function{" root" if number == 0 else ""}" data-key="n{number}" data-node="{number}" '
        f'data-nodes="{number}" role="graphics-symbol" tabindex="-1" aria-label="{title}" {more}>'
        f'<rect class="shape" x="{x}" y="{y}" width="100" height="40" rx="3"/>'
        f'<text class="title" x="{x + 50}" y="{y + 24}">{title}</text></g>'
    )


def closed(name: str, label: str, nodes: str, x: float, y: float, parent: str = "") -> str:
    """A closed group's box."""
    inside = f'data-parent="{parent}" ' if parent else ""
    return (
        f'<g class="node group module" data-key="{name}" data-group="{name}" {inside}data-label="{escape(label)}" '
        f'data-nodes="{nodes}" data-count="2" role="graphics-symbol" aria-expanded="false" tabindex="-1" '
        f'aria-label="{label}, 2 nodes, group, closed"><rect class="shape" x="{x}" y="{y}" width="100" height="40"/>'
        f'<text class="title" x="{x + 50}" y="{y + 24}">{label}</text></g>'
    )


def frame(name: str, label: str, x: float, y: float, width: float, height: float, parent: str = "") -> str:
    """An open group's frame."""
    inside = f'data-parent="{parent}" ' if parent else ""
    return (
        f'<g class="frame module" data-key="{name}" data-group="{name}" {inside}data-label="{label}" data-count="2" '
        f'role="graphics-symbol" aria-expanded="true" tabindex="-1" aria-label="{label}, open">'
        f'<rect class="shape" x="{x}" y="{y}" width="{width}" height="{height}"/>'
        f'<path class="bar" d="M{x},{y + 20}h{width}"/>'
        f'<text class="title" x="{x + 60}" y="{y + 14}">{label}</text></g>'
    )


def line(tail: str, head: str, start: tuple[float, float], end: tuple[float, float], edges: str) -> str:
    """A link and its arrow."""
    nodes = f'data-tail="{tail.lstrip("n")}" data-head="{head.lstrip("n")}"'
    ends = f'data-key="{tail}&gt;{head}" data-from="{tail}" data-to="{head}" {nodes} aria-hidden="true"'
    (x, y), (to_x, to_y) = start, end
    curve = f"M{x},{y}C{x},{y + 10} {to_x},{to_y - 10} {to_x},{to_y}"
    arrow = f"M{to_x},{to_y + 8}L{to_x + 3},{to_y}L{to_x - 3},{to_y}Z"
    return f'<path class="edge" {ends} data-edges="{edges}" d="{curve}"/><path class="arrow" {ends} d="{arrow}"/>'


def svg(width: float, height: float, *parts: str) -> str:
    """A picture of the parts."""
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    drawing = f'<g class="drawing" transform="translate(10 10)">{"".join(parts)}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="graphics-document" aria-label="Graph 0" {size} '
        f'data-graph="0" data-shown="6" data-folded="0" data-hidden="0">{drawing}</svg>'
    )


CLOSED = svg(
    140,
    260,
    line("n0", LAYERS, (60, 50), (60, 92), "0:0"),
    line(LAYERS, "n5", (60, 140), (60, 182), "4:0"),
    box(0, "MseLossBackward0", 10, 10),
    closed(LAYERS, "encoder.layer · ModuleList", "1 2 3 4", 10, 100),
    box(5, "AccumulateGrad", 10, 190),
)
OPEN = svg(
    200,
    400,
    frame(LAYERS, "encoder.layer · ModuleList", 10, 90, 160, 170),
    line("n0", SECOND, (90, 50), (90, 112), "0:0"),
    line(SECOND, FIRST, (90, 160), (90, 192), "2:0"),
    line(FIRST, "n5", (90, 240), (90, 292), "4:0"),
    box(0, "MseLossBackward0", 40, 10),
    closed(SECOND, "encoder.layer.1 · BertLayer", "1 2", 40, 120, LAYERS),
    closed(FIRST, "encoder.layer.0 · BertLayer", "3 4", 40, 200, LAYERS),
    box(5, "AccumulateGrad", 40, 300),
)
DEEP = svg(
    240,
    520,
    frame(LAYERS, "encoder.layer · ModuleList", 10, 90, 200, 300),
    frame(FIRST, "encoder.layer.0 · BertLayer", 20, 190, 180, 190, LAYERS),
    line("n0", SECOND, (110, 50), (110, 112), "0:0"),
    line(SECOND, "n3", (110, 160), (110, 222), "2:0"),
    line("n3", "n4", (110, 270), (110, 302), "3:0"),
    line("n4", "n5", (110, 350), (110, 412), "4:0"),
    box(0, "MseLossBackward0", 60, 10),
    closed(SECOND, "encoder.layer.1 · BertLayer", "1 2", 60, 120, LAYERS),
    box(3, "MmBackward0", 60, 230),
    box(4, "SoftmaxBackward0", 60, 310),
    box(5, "AccumulateGrad", 60, 420),
)
ASKED = "window.asked.filter(([run]) => run === 'pow-add').at(-1)[2]"
FOCUSED = "document.activeElement.dataset.key"
KEYS = "[...document.querySelectorAll('#graph :is(.node, .frame)')].map(box => box.dataset.key)"


def grouped(mount: Mount, *events: Event, panel: str = "graph", graph: Event = ENCODER) -> "Page":
    """The panel with the graph on view, whose pictures open and close as its groups do."""
    page = mount(panel, CLOSED)
    page.add_style_tag(content=".graph-body { height: 600px; flex: none }")
    page.evaluate(
        "pictures => { window.draw = (index, { expand, close }) => "
        "pictures[expand.includes('g1') ? 2 : expand.includes('g0') ? 1 : 0]; }",
        [CLOSED, OPEN, DEEP],
    )
    feed(page, [STARTED, graph, *events])
    page.wait_for_selector("#graph svg.graph")
    return page


def settled(page: "Page", *keys: str) -> None:
    """Waits until a picture with exactly these boxes and frames is on view."""
    page.wait_for_function(f"keys => {KEYS}.join() === keys", arg=",".join(keys))


def has_focus(page: "Page", key: str) -> None:
    """Waits until a box has the focus."""
    until(page, f"{FOCUSED} === '{key}'")
