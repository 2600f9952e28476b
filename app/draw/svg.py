"""Picture + geometry -> SVG, the one writer for the page and for downloads.

Looks come from classes alone: in the page from its stylesheet, standing alone from a <style> of its own. Shape, dash
and border tell the kinds apart without colour. Every word and attribute is escaped: names are a stranger's.
Source: W3C Graphics-ARIA 1.0 for the roles.
"""

from collections.abc import Mapping
from html import escape

from ..events import Group
from .geometry import Area, Geometry, Place, Route
from .legend import caption, legend
from .markup import attributes, number, rect, text
from .nest import BAR
from .options import Options
from .picture import (
    BOLD,
    CHIP_GAP,
    CHIP_HEIGHT,
    FONT_SIZES,
    LINE_HEIGHTS,
    PADDING_X,
    PADDING_Y,
    Box,
    Chip,
    Frame,
    Link,
    Picture,
    row_width,
)
from .shapes import STACK, outline
from .text import width as width_of
from .theme import style

MARGIN = 12.0
BASELINE = 0.75
ARROW_HALF = 3.5
SYMBOL = {"role": "graphics-symbol", "tabindex": "-1"}
States = Mapping[bool, dict[str, str]]
STATES: States = {True: {"aria-expanded": "true"}, False: {"aria-expanded": "false"}}
NO_STATES: States = {True: {}, False: {}}
"""What a group that can be opened says of itself: that it is open, or is not; a file's says nothing."""


def write_svg(picture: Picture, geometry: Geometry, options: Options, *, standalone: bool) -> str:
    """The drawing; `standalone` adds its own style, background, legend and caption.

    In a page a group can be opened, and says whether it is; in a file nothing can.
    """
    width, height = geometry.width + 2 * MARGIN, geometry.height + 2 * MARGIN
    extras: list[str] = []
    if standalone:
        below, width, height = _below(picture, width, height)
        sheet = f"<style>{escape(style(options.theme), quote=False)}</style>"
        extras = [sheet, f'<rect class="background" width="{number(width)}" height="{number(height)}"/>', *below]
    ends = {box.id: str(box.nodes[0]) if box.nodes else "" for box in picture.boxes}
    keyed = picture.frames is not None
    states = NO_STATES if standalone else STATES
    shapes = [_frame(frame, geometry.areas[frame.group.id], states) for frame in picture.frames or ()]
    pairs = zip(picture.links, geometry.routes, strict=True)
    shapes += [_edge(link, route, ends, keyed=keyed) for link, route in pairs]
    shapes += [_box(box, geometry.places[box.id], states, keyed=keyed) for box in picture.boxes]
    opened = {"data-opened": ",".join(frame.group.id for frame in picture.frames)} if picture.frames is not None else {}
    head = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "graph",
            "role": "graphics-document",
            "aria-roledescription": "autograd graph",
            "aria-label": f"Graph {picture.index}: {caption(picture)}",
            "width": number(width),
            "height": number(height),
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "data-graph": str(picture.index),
            "data-total-nodes": str(picture.total),
            "data-shown": str(picture.shown),
            "data-folded": str(picture.folded),
            "data-hidden": str(picture.hidden),
            "data-engine": geometry.engine,
            **opened,
        }
    )
    drawing = [f'<g class="drawing" transform="translate({number(MARGIN)} {number(MARGIN)})">', *shapes, "</g>"]
    return "\n".join([f"<svg{head}>", *extras, *drawing, "</svg>", ""])


def _below(picture: Picture, width: float, height: float) -> tuple[list[str], float, float]:
    """What stands under a drawing of its own, and the size it then has."""
    rows, wide, tall = legend(picture, max(width - 2 * MARGIN, 420))
    moved = f'<g transform="translate({number(MARGIN)} {number(height)})">'
    return [moved, *rows, "</g>"], max(width, wide + 2 * MARGIN), height + tall + MARGIN


def _edge(link: Link, route: Route, ends: dict[str, str], *, keyed: bool) -> str:
    classes = "edge" if link.kind == "edge" else f"edge {link.kind}"
    curve = " ".join(f"{number(x)},{number(y)}" for x, y in route.points[1:])
    start = route.points[0]
    named = {
        "class": classes,
        "data-tail": ends.get(link.tail, ""),
        "data-head": ends.get(link.head, ""),
        "aria-hidden": "true",
    }
    keys = {"data-key": f"{link.tail}>{link.head}", "data-from": link.tail, "data-to": link.head} if keyed else {}
    carried = {"data-edges": " ".join(f"{tail}:{place}" for tail, place in link.edges)} if link.edges else {}
    parts = [f'<path{attributes(named | carried | keys)} d="M{number(start[0])},{number(start[1])}C{curve}"/>']
    if link.kind not in ("note", "exit"):
        parts.append(_arrow(route, named | {"class": "arrow"} | keys))
    if route.label and link.label:
        x, y = number(route.label[0]), number(route.label[1] + 3)
        key = attributes({"data-key": keys["data-key"]} if keyed else {})
        parts.append(f'<text class="edge-label" aria-hidden="true"{key} x="{x}" y="{y}">{text(link.label)}</text>')
    return "".join(parts)


def _arrow(route: Route, named: dict[str, str]) -> str:
    (x, y), (tip_x, tip_y) = route.points[-1], route.tip
    length = ((tip_x - x) ** 2 + (tip_y - y) ** 2) ** 0.5 or 1.0
    side_x, side_y = -(tip_y - y) / length * ARROW_HALF, (tip_x - x) / length * ARROW_HALF
    corners = ((tip_x, tip_y), (x + side_x, y + side_y), (x - side_x, y - side_y))
    return f'<path{attributes(named)} d="M{"L".join(f"{number(a)},{number(b)}" for a, b in corners)}Z"/>'


def _frame(frame: Frame, area: Area, states: States) -> str:
    """An open group: its border, and a bar with its name; what stands in it is drawn after it."""
    named = {"class": f"frame {frame.group.kind}", **_of_group(frame.group), **SYMBOL, **states[True]}
    body = rect(area.x, area.y, area.width, area.height, 4)
    bar = f"M{number(area.x)},{number(area.y + BAR)}h{number(area.width)}"
    left, base = area.x + PADDING_X, area.y + BAR * 0.7
    beside = left + width_of(frame.title, FONT_SIZES["title"]) * BOLD + PADDING_X
    words = f'<text class="title" x="{number(left)}" y="{number(base)}">{text(frame.title)}</text>'
    words += f'<text class="detail" x="{number(beside)}" y="{number(base)}">{text(frame.detail)}</text>'
    shapes = f'{body}<path class="bar" d="{bar}"/>'
    return f"<g{attributes(named | {'aria-label': frame.label})}>{shapes}{words}</g>"


def _box(box: Box, place: Place, states: States, *, keyed: bool) -> str:
    x, y = place.x, place.y
    classes = ["node", box.kind, *([box.group.kind] if box.group else [])] + ["root"] * box.root
    named = {
        "class": " ".join(classes + ["portal"] * box.portal),
        "data-node": str(box.nodes[0]) if box.nodes else "",
        "data-nodes": " ".join(map(str, box.nodes)),
        **(_of_group(box.group) if box.group else _place_in_source(box)),
        **({"data-key": box.id} if keyed and not box.group else {}),
        **({"data-parent": box.parent} if box.parent and not box.group else {}),
        **SYMBOL,
        **(states[False] if box.group else {}),
        "aria-label": box.label,
    }
    parts = [f"<g{attributes(named)}>", outline(box, x - box.width / 2, y - box.height / 2)]
    down = y - box.height / 2 + PADDING_Y
    if box.kind == "more" and not box.portal:
        x, down = x - STACK / 2, down + STACK / 2
    x -= box.pile / 2
    for line in box.lines:
        baseline = down + LINE_HEIGHTS[line.role] * BASELINE
        parts.append(f'<text class="{line.role}" x="{number(x)}" y="{number(baseline)}">{text(line.text)}</text>')
        down += LINE_HEIGHTS[line.role]
    for row in box.chip_rows:
        parts.append(_chips(row, x - row_width(row) / 2, down + CHIP_GAP))
        down += CHIP_HEIGHT + CHIP_GAP
    return "".join([*parts, "</g>"])


def _chips(row: tuple[Chip, ...], left: float, top: float) -> str:
    parts = []
    for chip in row:
        named = {
            "class": "chip leaf",
            "data-node": str(chip.nodes[-1]),
            "data-nodes": " ".join(map(str, chip.nodes)),
            **_place_in_source(chip),
        }
        middle, baseline = left + chip.width / 2, top + CHIP_HEIGHT * 0.7
        words = f'<text class="value" x="{number(middle)}" y="{number(baseline)}">{text(chip.text)}</text>'
        body = rect(left, top, chip.width, CHIP_HEIGHT, CHIP_HEIGHT / 2)
        parts.append(f"<g{attributes(named)}>{body}{words}</g>")
        left += chip.width + CHIP_GAP
    return "".join(parts)


def _place_in_source(item: Box | Chip) -> dict[str, str]:
    column = item.column if isinstance(item, Box) else None
    known = {"data-line": item.line, "data-column": column, "data-variable": item.variable}
    return {name: str(value) for name, value in known.items() if value is not None}


def _of_group(group: Group) -> dict[str, str]:
    known = {
        "data-group": group.id,
        "data-parent": group.parent,
        "data-key": group.id,
        "data-label": group.label,
        "data-count": group.nodes,
        "data-repeats": group.repeats,
        "data-line": group.first_line,
        "data-end-line": group.last_line,
    }
    return {name: str(value) for name, value in known.items() if value is not None}
