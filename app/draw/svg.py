"""Picture + geometry -> SVG, the one writer for the page and for downloads.

Looks come from classes alone: in the page from its stylesheet, standing alone from a <style> of its own. Shape, dash
and border tell the kinds apart without colour. Every word and attribute is escaped: names are a stranger's.
Source: W3C Graphics-ARIA 1.0 for the roles.
"""

from html import escape

from .geometry import Geometry, Route
from .legend import caption, legend
from .options import Options
from .picture import CHIP_GAP, CHIP_HEIGHT, LINE_HEIGHTS, PADDING_Y, Box, Chip, Link, Picture, row_width
from .theme import style

MARGIN = 12.0
BASELINE = 0.75
FOLD = 10.0
STACK = 5.0
ARROW_HALF = 3.5


def write_svg(picture: Picture, geometry: Geometry, options: Options, *, standalone: bool) -> str:
    """The drawing; `standalone` adds its own style, background, legend and caption."""
    width, height = geometry.width + 2 * MARGIN, geometry.height + 2 * MARGIN
    extras: list[str] = []
    if standalone:
        below, width, height = _below(picture, width, height)
        sheet = f"<style>{escape(style(options.theme), quote=False)}</style>"
        extras = [sheet, f'<rect class="background" width="{_n(width)}" height="{_n(height)}"/>', *below]
    ends = {box.id: str(box.nodes[0]) if box.nodes else "" for box in picture.boxes}
    shapes = [_edge(link, route, ends) for link, route in zip(picture.links, geometry.routes, strict=True)]
    shapes += [_box(box, geometry.places[box.id].x, geometry.places[box.id].y) for box in picture.boxes]
    head = _attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "graph",
            "role": "graphics-document",
            "aria-roledescription": "autograd graph",
            "aria-label": f"Graph {picture.index}: {caption(picture)}",
            "width": _n(width),
            "height": _n(height),
            "viewBox": f"0 0 {_n(width)} {_n(height)}",
            "data-graph": str(picture.index),
            "data-total-nodes": str(picture.total),
            "data-shown": str(picture.shown),
            "data-folded": str(picture.folded),
            "data-hidden": str(picture.hidden),
            "data-engine": geometry.engine,
        }
    )
    drawing = [f'<g class="drawing" transform="translate({_n(MARGIN)} {_n(MARGIN)})">', *shapes, "</g>"]
    return "\n".join([f"<svg{head}>", *extras, *drawing, "</svg>", ""])


def _below(picture: Picture, width: float, height: float) -> tuple[list[str], float, float]:
    """What stands under a drawing of its own, and the size it then has."""
    rows, wide, tall = legend(picture, max(width - 2 * MARGIN, 420))
    moved = f'<g transform="translate({_n(MARGIN)} {_n(height)})">'
    return [moved, *rows, "</g>"], max(width, wide + 2 * MARGIN), height + tall + MARGIN


def _edge(link: Link, route: Route, ends: dict[str, str]) -> str:
    classes = "edge" if link.kind == "edge" else f"edge {link.kind}"
    curve = " ".join(f"{_n(x)},{_n(y)}" for x, y in route.points[1:])
    start = route.points[0]
    attributes = {"class": classes, "data-tail": ends[link.tail], "data-head": ends[link.head], "aria-hidden": "true"}
    carried = {"data-edges": " ".join(f"{tail}:{place}" for tail, place in link.edges)} if link.edges else {}
    parts = [f'<path{_attributes(attributes | carried)} d="M{_n(start[0])},{_n(start[1])}C{curve}"/>']
    if link.kind != "note":
        parts.append(_arrow(route, attributes | {"class": "arrow"}))
    if route.label and link.label:
        x, y = route.label
        parts.append(f'<text class="edge-label" aria-hidden="true" x="{_n(x)}" y="{_n(y + 3)}">{_t(link.label)}</text>')
    return "".join(parts)


def _arrow(route: Route, attributes: dict[str, str]) -> str:
    (x, y), (tip_x, tip_y) = route.points[-1], route.tip
    length = ((tip_x - x) ** 2 + (tip_y - y) ** 2) ** 0.5 or 1.0
    side_x, side_y = -(tip_y - y) / length * ARROW_HALF, (tip_x - x) / length * ARROW_HALF
    corners = ((tip_x, tip_y), (x + side_x, y + side_y), (x - side_x, y - side_y))
    return f'<path{_attributes(attributes)} d="M{"L".join(f"{_n(a)},{_n(b)}" for a, b in corners)}Z"/>'


def _box(box: Box, x: float, y: float) -> str:
    classes = ["node", box.kind] + ["root"] * box.root + ["portal"] * box.portal
    attributes = {
        "class": " ".join(classes),
        "data-node": str(box.nodes[0]) if box.nodes else "",
        "data-nodes": " ".join(map(str, box.nodes)),
        **_place_in_source(box),
        "role": "graphics-symbol",
        "tabindex": "-1",
        "aria-label": box.label,
    }
    parts = [f"<g{_attributes(attributes)}>", outline(box, x - box.width / 2, y - box.height / 2)]
    if box.kind == "more" and not box.portal:
        x, y = x - STACK / 2, y + STACK / 2
    down = y - box.height / 2 + PADDING_Y
    for line in box.lines:
        baseline = down + LINE_HEIGHTS[line.role] * BASELINE
        parts.append(f'<text class="{line.role}" x="{_n(x)}" y="{_n(baseline)}">{_t(line.text)}</text>')
        down += LINE_HEIGHTS[line.role]
    for row in box.chip_rows:
        parts.append(_chips(row, x - row_width(row) / 2, down + CHIP_GAP))
        down += CHIP_HEIGHT + CHIP_GAP
    return "".join([*parts, "</g>"])


def outline(box: Box, left: float, top: float) -> str:
    """The shape of a box: what tells its kind without colour."""
    wide, tall = box.width, box.height
    if box.portal:
        return _rect(left, top, wide, tall, tall / 2)
    if box.kind == "leaf":
        return _rect(left, top, wide, tall, min(tall / 2, 17))
    if box.kind == "custom":
        return _rect(left, top, wide, tall, 2) + _rect(left + 3, top + 3, wide - 6, tall - 6, 1, " inner")
    if box.kind == "more":
        wide, tall = wide - STACK, tall - STACK
        return _rect(left + STACK, top, wide, tall, 3) + _rect(left, top + STACK, wide, tall, 3)
    if box.kind == "saved":
        right, bottom = left + wide, top + tall
        corner = f"{_n(right - FOLD)},{_n(top)}"
        body = f"M{_n(left)},{_n(top)}L{corner}L{_n(right)},{_n(top + FOLD)}V{_n(bottom)}H{_n(left)}Z"
        return f'<path class="shape" d="{body}M{corner}V{_n(top + FOLD)}H{_n(right)}"/>'
    return _rect(left, top, wide, tall, 3)


def _chips(row: tuple[Chip, ...], left: float, top: float) -> str:
    parts = []
    for chip in row:
        attributes = {
            "class": "chip leaf",
            "data-node": str(chip.nodes[-1]),
            "data-nodes": " ".join(map(str, chip.nodes)),
            **_place_in_source(chip),
        }
        middle, baseline = left + chip.width / 2, top + CHIP_HEIGHT * 0.7
        words = f'<text class="value" x="{_n(middle)}" y="{_n(baseline)}">{_t(chip.text)}</text>'
        body = _rect(left, top, chip.width, CHIP_HEIGHT, CHIP_HEIGHT / 2)
        parts.append(f"<g{_attributes(attributes)}>{body}{words}</g>")
        left += chip.width + CHIP_GAP
    return "".join(parts)


def _place_in_source(item: Box | Chip) -> dict[str, str]:
    column = item.column if isinstance(item, Box) else None
    known = {"data-line": item.line, "data-column": column, "data-variable": item.variable}
    return {name: str(value) for name, value in known.items() if value is not None}


def _rect(left: float, top: float, wide: float, tall: float, round_by: float, more: str = "") -> str:
    size = f'width="{_n(wide)}" height="{_n(tall)}" rx="{_n(round_by)}"'
    return f'<rect class="shape{more}" x="{_n(left)}" y="{_n(top)}" {size}/>'


def _attributes(values: dict[str, str]) -> str:
    return "".join(f' {name}="{_t(value)}"' for name, value in values.items())


def _t(text: str) -> str:
    """A stranger's text as XML can hold it, in an element and in an attribute."""
    safe = "".join(character if _legal(character) else "\ufffd" for character in text)
    return escape(safe).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def _legal(character: str) -> bool:
    """Whether XML 1.0 has the character, section 2.2."""
    return (
        character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
