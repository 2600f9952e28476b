"""The shape of a box: what tells its kind without colour."""

from .markup import number, rect
from .picture import PILE, Box

FOLD = 10.0
STACK = 5.0
TAB = 5.0
TAB_WIDTH = 44.0
BAR = 5.0


def outline(box: Box, left: float, top: float) -> str:
    """The outline of a box whose upper left corner is there."""
    wide, tall = box.width, box.height
    if box.portal:
        return rect(left, top, wide, tall, tall / 2)
    if box.group is not None:
        single = box.group.kind == "repeat" and not box.pile
        return group_outline("block" if single else box.group.kind, left, top, wide, tall)
    if box.kind == "leaf":
        return rect(left, top, wide, tall, min(tall / 2, 17))
    if box.kind == "custom":
        return rect(left, top, wide, tall, 2) + rect(left + 3, top + 3, wide - 6, tall - 6, 1, " inner")
    if box.kind == "more":
        wide, tall = wide - STACK, tall - STACK
        return rect(left + STACK, top, wide, tall, 3) + rect(left, top + STACK, wide, tall, 3)
    if box.kind == "saved":
        right, bottom = left + wide, top + tall
        corner = f"{number(right - FOLD)},{number(top)}"
        start, low = f"{number(left)},{number(top)}", number(top + FOLD)
        body = f"M{start}L{corner}L{number(right)},{low}V{number(bottom)}H{number(left)}Z"
        return f'<path class="shape" d="{body}M{corner}V{low}H{number(right)}"/>'
    return rect(left, top, wide, tall, 3)


def group_outline(kind: str, left: float, top: float, wide: float, tall: float) -> str:
    """A closed group's: a pile of equal blocks, a folder for a module, bars at the sides of a function, one of a line;
    a plain one for a block of a repeat.
    """
    if kind == "repeat":
        wide, tall = wide - PILE, tall - PILE
        steps = (PILE, PILE / 2, 0.0)
        return "".join(rect(left + step, top + step, wide, tall, 3) for step in steps)
    body = rect(left, top, wide, tall, 0 if kind == "module" else 3)
    if kind == "block":
        return body
    if kind == "module":
        tab = min(TAB_WIDTH, wide / 3)
        up = f"l{number(TAB)},{number(-TAB)}h{number(tab)}l{number(TAB)},{number(TAB)}z"
        return f'<path class="shape" d="M{number(left)},{number(top)}{up}"/>{body}'
    sides = [left + BAR] if kind == "line" else [left + BAR, left + wide - BAR]
    bars = "".join(f"M{number(x)},{number(top)}v{number(tall)}" for x in sides)
    return f'{body}<path class="shape inner" d="{bars}"/>'
