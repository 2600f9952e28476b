"""What the shapes of a drawing mean, for a picture that stands alone, and the sentence that counts what is drawn."""

from .markup import text
from .picture import Picture
from .shapes import group_outline
from .text import plural, width

ROW = 24.0
SAMPLE = 28.0
GAP = 20.0
TOP = 8.0

WORDS = {
    "root": "root: backward() starts here",
    "function": "function (grad_fn)",
    "custom": "custom Function",
    "leaf": "leaf (AccumulateGrad)",
    "saved": "saved tensors",
    "undefined": "undefined",
    "module group": "module, closed",
    "function group": "function of the program, closed",
    "line group": "lines of the program, closed",
    "repeat group": "repeated block, closed",
    "frame": "open group",
    "more": "not drawn",
    "portal": "continues elsewhere",
}
"""Every kind of shape, in the order of the legend."""


def caption(picture: Picture) -> str:
    """How many nodes there are, and how many of them are folded, inside closed groups or left out."""
    nodes = plural(picture.total, "node")
    if picture.about:
        nodes += f", of which only {picture.about}"
    if picture.frames is not None:
        closed = [box.group.nodes for box in picture.boxes if box.group is not None]
        rest = picture.hidden - sum(closed)
        told = [f"{picture.shown:,} drawn", f"{picture.folded:,} folded into their users"]
        told += [f"{sum(closed):,} in {plural(len(closed), 'closed group')}"] if closed else []
        return f"{nodes}: {', '.join([*told, *([f'{rest:,} not drawn'] if rest > 0 else [])])}"
    edges = sum(1 for link in picture.links if link.kind != "note")
    if not picture.folded and not picture.hidden:
        return f"{nodes}, {edges:,} {'edge' if edges == 1 else 'edges'}"
    return f"{nodes}: {picture.shown:,} drawn, {picture.folded:,} folded into their users, {picture.hidden:,} not drawn"


def legend(picture: Picture, room: float) -> tuple[list[str], float, float]:
    """The legend's elements for the kinds present, in rows of at most `room`, and its width and height."""
    present = {"portal" if box.portal else "root" if box.root else box.kind for box in picture.boxes}
    present |= {"leaf"} if any(box.chips for box in picture.boxes) else set()
    present |= {f"{box.group.kind} group" for box in picture.boxes if box.group is not None}
    present |= {"frame"} if picture.frames else set()
    parts = ['<g class="legend" aria-hidden="true">']
    x, y, wide = 0.0, TOP, 0.0
    for kind, words in WORDS.items():
        needed = SAMPLE + 8 + width(words, 11)
        if kind not in present:
            continue
        if x and x + needed > room:
            x, y = 0.0, y + ROW
        parts.append(_entry(kind, words, x, y))
        x += needed + GAP
        wide = max(wide, x - GAP)
    count = caption(picture)
    y += ROW if present else 0
    parts.append(f'<text class="detail caption" x="0" y="{y + 12:.1f}">{text(count)}</text></g>')
    return parts, max(wide, width(count, 11)), y + ROW


def _entry(kind: str, words: str, x: float, y: float) -> str:
    kind, of_group = kind.removesuffix(" group"), kind.endswith(" group")
    classes = f"group {kind}" if of_group else {"portal": "function portal", "root": "function root"}.get(kind, kind)
    label = f'<text class="word" x="{x + SAMPLE + 8:.1f}" y="{y + 12:.1f}">{words}</text>'
    sample = group_outline(kind, x, y, 28, 16) if of_group else _sample(kind, x, y)
    return f'<g class="{"" if kind == "frame" else "node "}{classes}">{sample}{label}</g>'


def _sample(kind: str, x: float, y: float) -> str:
    """A small copy of the kind's shape, 28 by 16."""
    if kind == "saved":
        body = f"M{x:.1f},{y:.1f}h22l6,6v10h-28zM{x + 22:.1f},{y:.1f}v6h6"
        return f'<path class="shape" d="{body}"/>'
    if kind == "more":
        back = f'<rect class="shape" x="{x + 3:.1f}" y="{y:.1f}" width="25" height="13" rx="2"/>'
        return f'{back}<rect class="shape" x="{x:.1f}" y="{y + 3:.1f}" width="25" height="13" rx="2"/>'
    round_by = 8 if kind in ("leaf", "portal") else 2
    body = f'<rect class="shape" x="{x:.1f}" y="{y:.1f}" width="28" height="16" rx="{round_by}"/>'
    if kind == "frame":
        body += f'<path class="bar" d="M{x:.1f},{y + 6:.1f}h28"/>'
    if kind == "custom":
        body += f'<rect class="shape inner" x="{x + 3:.1f}" y="{y + 3:.1f}" width="22" height="10" rx="1"/>'
    return body
