"""A plan -> DOT text for the engine, without a word of the graph.

`b0`, `b1` … are its boxes, `i0` … the ports at its upper border, `o0` … those at its lower one (left and right where it
runs from left to right), `t0_0` … the knots of its trunks. Source of the tables that carry a frame's ports:
graphviz.org/doc/info/shapes.html#html.
"""

from math import ceil

from .options import Direction
from .plans import End, Plan, Slot
from .ranks import ranks, spine
from .trunks import LONG, Trunk, trunks

POINTS_PER_INCH = 72
CENTRED = 24
PORT = 2
"""The width of a port's cell."""


def plan_dot(plan: Plan) -> str:
    """The plan as the engine takes it."""
    sides = ("n", "s") if plan.direction == "TB" else ("w", "e")
    lines = [
        f"digraph level {{ graph [rankdir={plan.direction} nodesep=0.3 ranksep=0.42]",
        'node [shape=box fixedsize=true label="" margin=0] edge [arrowsize=0.7 fontname=Helvetica fontsize=10]',
        *(f"b{number} [{_slot(slot, plan.direction)}]" for number, slot in enumerate(plan.slots)),
    ]
    for letter, count, rank in (("i", plan.ins, "source"), ("o", plan.outs, "sink")):
        ports = " ".join(f"{letter}{number} [shape=point width=0.01 height=0.01]" for number in range(count))
        lines += [f"{{ rank={rank} {ports} }}"] if count else []
    bundled = trunks(plan)
    knots = {
        number: f"t{t}_{k}" for t, trunk in enumerate(bundled) for k, at in enumerate(trunk.knots) for number in at
    }
    straight = _straight(plan)
    for number, wire in enumerate(plan.wires):
        tail = _end(wire.tail, ("i", "o"), sides[1])
        head = knots.get(number) or _end(wire.head, ("o", "i"), sides[0])
        more = f' label="{wire.words}"' if wire.words else ""
        more += " arrowhead=none" if wire.head.box < 0 or number in knots else ""
        more += " weight=8" if number in straight and number not in knots else ""
        lines.append(f"{tail} -> {head} [id=e{number}{more}]")
    for place, trunk in enumerate(bundled):
        lines += _trunk(place, trunk, sides[0])
    return "\n".join([*lines, "}"]) + "\n"


def _end(end: End, letters: tuple[str, str], side: str) -> str:
    """An end of a wire: a port of the level's border, a box, or a port of a frame at that side."""
    if end.box < 0:
        return f"{letters[0]}{end.port}"
    return f"b{end.box}:{letters[1]}{end.port}:{side}" if end.port >= 0 else f"b{end.box}"


def _trunk(place: int, trunk: Trunk, side: str) -> list[str]:
    """A trunk's knots, and the pieces between them and to where it leads."""
    names = [f"t{place}_{knot}" for knot in range(len(trunk.knots))]
    ends = [*names[1:], _end(trunk.head, ("o", "i"), side)]
    bare = [" arrowhead=none"] * (len(names) - 1) + ["" if trunk.head.box >= 0 else " arrowhead=none"]
    points = [f"{name} [shape=point width=0.01 height=0.01]" for name in names]
    pieces = zip(names, ends, bare, strict=True)
    return [*points, *(f"{tail} -> {head} [id=s{tail[1:]} weight=4{more}]" for tail, head, more in pieces)]


def _slot(slot: Slot, direction: Direction) -> str:
    if not slot.ins and not slot.outs:
        return f"width={slot.width / POINTS_PER_INCH:.4f} height={slot.height / POINTS_PER_INCH:.4f}"
    wide, tall = ceil(slot.width), ceil(slot.height)
    if direction == "TB":
        first, last = (_row(cells, letter, wide) for cells, letter in ((slot.ins, "i"), (slot.outs, "o")))
        rows = f"<tr>{first}</tr><tr>{_cell(wide, tall - 2)}</tr><tr>{last}</tr>"
    else:
        first, last = (_column(cells, letter, tall) for cells, letter in ((slot.ins, "i"), (slot.outs, "o")))
        rows = f"<tr>{first}{_cell(wide - 2, tall)}{last}</tr>"
    return f"shape=plain fixedsize=false label=<{_table(rows)}>"


def _table(rows: str) -> str:
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{rows}</table>'


def _cell(wide: int, tall: int, port: str = "") -> str:
    named = f' port="{port}"' if port else ""
    return f'<td{named} fixedsize="true" width="{wide}" height="{tall}"></td>'


def _row(offsets: tuple[float, ...], letter: str, wide: int) -> str:
    cells = "".join(_cell(size, 1, port) for size, port in _cells(offsets, letter, wide))
    return f'<td fixedsize="true" width="{wide}" height="1">{_table(f"<tr>{cells}</tr>")}</td>'


def _column(offsets: tuple[float, ...], letter: str, tall: int) -> str:
    cells = "".join(f"<tr>{_cell(1, size, port)}</tr>" for size, port in _cells(offsets, letter, tall))
    return f'<td fixedsize="true" width="1" height="{tall}">{_table(cells)}</td>'


def _cells(offsets: tuple[float, ...], letter: str, size: int) -> list[tuple[int, str]]:
    """The cells along a side: a port's at its offset, what is between without a name."""
    cells: list[tuple[int, str]] = []
    at = 0
    for offset, number in sorted((offset, number) for number, offset in enumerate(offsets)):
        start = max(round(offset) - PORT // 2, at)
        cells += [(start - at, "")] if start > at else []
        cells.append((PORT, f"{letter}{number}"))
        at = start + PORT
    return [*cells, (size - at, "")] if size > at else cells


def _straight(plan: Plan) -> set[int]:
    """The wires kept straight: long ones would bend a line of boxes sideways without; else it stands better centred."""
    real = [number for number, wire in enumerate(plan.wires) if wire.tail.box >= 0 and wire.head.box >= 0]
    ends = [(plan.wires[number].tail.box, plan.wires[number].head.box) for number in real]
    boxes = range(len(plan.slots))
    if len(plan.slots) <= CENTRED:
        row = ranks(boxes, ends)
        last = max(row.values(), default=0)
        out = [last + 1 - row[wire.tail.box] for wire in plan.wires if wire.head.box < 0]
        if max([*(row[head] - row[tail] for tail, head in ends), *out], default=0) <= LONG:
            return set()
    return {real[place] for place in spine(boxes, ends)}
