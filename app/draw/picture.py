"""What a drawing shows: boxes with their words, links between them, and how much was folded or left out.

Knows nothing of layout or SVG; a box knows its own size, for its words decide it. Units: points, as Graphviz has them.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ..events import Group
from .text import width

Kind = Literal["function", "leaf", "custom", "undefined", "saved", "more", "group"]
Role = Literal["title", "detail", "value"]
FONT_SIZES: dict[Role, float] = {"title": 13, "detail": 11, "value": 11}
LINE_HEIGHTS: dict[Role, float] = {"title": 17, "detail": 15, "value": 15}
CHIP_HEIGHT = 18.0
CHIP_GAP = 4.0
CHIPS_PER_ROW = 2
PADDING_X = 12.0
BOLD = 1.1
"""How much wider than others the letters of a frame's title may be."""
PADDING_Y = 7.0
PILE = 5.0
"""How far the lowest sheet of a pile, a repeated block's shape, peeps out."""


class Line(NamedTuple):
    """One line of a box's words."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Chip:
    """A leaf folded into the box that uses it; `nodes` are the leaf and what lay between, the leaf last."""

    text: str
    label: str
    nodes: tuple[int, ...]
    variable: str | None = None
    line: int | None = None

    @property
    def width(self) -> float:
        """The chip's width."""
        return width(self.text, FONT_SIZES["detail"]) + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One shape of the drawing.

    `nodes` are the ids of the nodes it stands for, `label` what a screen reader says; `portal` marks a stub that only
    points to a box drawn elsewhere; `group` is the closed group it stands for, `parent` the open one it stands in.
    """

    id: str
    kind: Kind
    nodes: tuple[int, ...]
    lines: tuple[Line, ...]
    label: str
    chips: tuple[Chip, ...] = ()
    variable: str | None = None
    line: int | None = None
    column: int | None = None
    root: bool = False
    portal: bool = False
    group: Group | None = None
    parent: str | None = None

    @property
    def pile(self) -> float:
        """What a repeated block's box is larger by."""
        return PILE if self.group is not None and self.group.kind == "repeat" and self.group.repeats > 1 else 0.0

    @property
    def chip_rows(self) -> tuple[tuple[Chip, ...], ...]:
        """The chips as they are laid out, row by row."""
        return tuple(self.chips[start : start + CHIPS_PER_ROW] for start in range(0, len(self.chips), CHIPS_PER_ROW))

    @property
    def width(self) -> float:
        """The box's width: its widest line or row of chips, and room for round ends."""
        words = max((width(line.text, FONT_SIZES[line.role]) for line in self.lines), default=0)
        chips = max((row_width(row) for row in self.chip_rows), default=0)
        ends = 8 if self.kind in ("leaf", "custom", "group") else 0
        return round(max(words, chips, 24) + 2 * PADDING_X + ends, 1)

    @property
    def height(self) -> float:
        """The box's height."""
        words = sum(LINE_HEIGHTS[line.role] for line in self.lines)
        chips = len(self.chip_rows) * (CHIP_HEIGHT + CHIP_GAP)
        return round(words + chips + self.pile + 2 * PADDING_Y, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One edge of the drawing, by box ids; a `note` ties saved tensors to their node, a `stub` leads to a portal, and
    an `exit` ends at the border of an open group, where another begins.

    `edges` are those of the graph that it stands for, each as its tail and its input_nr: what travels along it are
    these nodes' gradients.
    """

    tail: str
    head: str
    label: str = ""
    kind: Literal["edge", "note", "stub", "exit"] = "edge"
    edges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """An open group: a frame around the boxes that stand in it; `title` stands in its bar, `label` is spoken."""

    group: Group
    title: str
    detail: str
    label: str

    @property
    def least(self) -> float:
        """The least width its words need."""
        words = width(self.title, FONT_SIZES["title"]) * BOLD + width(self.detail, FONT_SIZES["detail"])
        return round(words + 3 * PADDING_X, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that is drawn of a graph. `shown` + `folded` + `hidden` nodes are `total`.

    `frames` are the open groups, the outermost first; None where the graph isn't drawn in groups. `about` says in words
    which part of the graph alone is drawn, where that was asked for.
    """

    index: int
    total: int
    shown: int
    folded: int
    hidden: int
    boxes: tuple[Box, ...]
    links: tuple[Link, ...] = field(default=())
    frames: tuple[Frame, ...] | None = None
    about: str = ""


def row_width(row: tuple[Chip, ...]) -> float:
    """The width of a row of chips with the gaps between them."""
    return sum(chip.width for chip in row) + CHIP_GAP * max(len(row) - 1, 0)
