"""Where something stands in a graph: nodes, variables, groups and lines of the source by their names.

Best first: what is exactly what was asked for, then what begins with it, has a word that does, or holds it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..events import Columns, Graph
from ..events.columns import NONE
from .flat import flatten
from .text import clean, plural, shape

MOST_ASKED = 200
THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
BLOCK = re.compile(r"(iteration|call)s? (\d{1,9})")
RANGE = re.compile(r"(iteration|call)s (\d{1,9})–(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Hit:
    """One find. `group` is the innermost group to open, `path` leads to it, or to the group itself."""

    kind: Literal["node", "group", "variable", "line"]
    label: str
    detail: str
    node: int | None
    group: str | None
    path: tuple[str, ...]


def search(graph: Graph, columns: Columns | None, asked: str, limit: int) -> tuple[list[Hit], int]:
    """The first `limit` finds, and how many there are."""
    columns = columns or flatten(graph)
    words = THOUSANDS.sub("", " ".join(asked[:MOST_ASKED].casefold().split()))
    if not words:
        return [], 0
    finding = _Finding(columns, words)
    found = finding.all()
    block = BLOCK.fullmatch(words)
    if block and not found:  # a person says iteration where a module was called, and the other way round
        finding = _Finding(columns, f"{'call' if block[1] == 'iteration' else 'iteration'} {block[2]}")
        found = finding.all()
    return [finding.hit(kind, place) for _, _, kind, place in found[:limit]], len(found)


def rank(text: str, words: str) -> int | None:
    """How well a text fits, 0 best; None where it doesn't."""
    text = THOUSANDS.sub("", text.casefold())
    at = text.find(words)
    if at < 0:
        return None
    if at == 0:
        return 0 if len(text) == len(words) else 1
    starts = (place for place in range(at, len(text)) if text.startswith(words, place))
    return 2 if any(not text[place - 1].isalnum() for place in starts) else 3


Found = tuple[int, int, str, int]
"""How well it fits, where it was met, its kind, and its place."""


@dataclass(frozen=True, slots=True)
class _Finding:
    columns: Columns
    words: str

    def all(self) -> list[Found]:
        """All finds, the best first."""
        return sorted([*self.groups(), *self.lines(), *self.nodes()])

    def groups(self) -> Iterator[Found]:
        fits = self._fits()
        for place, label in enumerate(self.columns.label):
            if label in fits and self.columns.nodes[place]:
                yield fits[label], place, "group", place
        yield from self._ranges(fits)

    def _ranges(self, fits: dict[int, int]) -> Iterator[Found]:
        """Where one of many blocks was asked for, the ranges that hold it, the innermost first."""
        block = BLOCK.fullmatch(self.words)
        for place, label in enumerate(self.columns.label) if block else ():
            found = RANGE.fullmatch(THOUSANDS.sub("", self.columns.texts[label].casefold()))
            is_held = found and block and found[1] == block[1] and int(found[2]) <= int(block[2]) <= int(found[3])
            if is_held and label not in fits:
                yield 4, -place, "group", place

    def lines(self) -> Iterator[Found]:
        """The line whose number was asked for: one find for all its nodes."""
        number = self.words.removeprefix("line ")
        if number.isascii() and number.isdigit() and len(number) < 9 and int(number) in self.columns.line:
            yield 0, -1, "line", int(number)

    def nodes(self) -> Iterator[Found]:
        fits = self._fits()
        best: dict[int, tuple[int, str]] = {}
        named = ((0, "variable", "variable"), (0, "node", "name"), (4, "node", "module"), (4, "node", "function"))
        for later, kind, name in named:
            for place, text in enumerate(getattr(self.columns, name)):
                if text in fits and place not in best:
                    best[place] = fits[text] + later, kind
        for place, (fit, kind) in best.items():
            yield fit, place, kind, place

    def hit(self, kind: str, place: int) -> Hit:
        """What is told of a find."""
        columns = self.columns
        if kind == "group":
            detail = plural(columns.nodes[place], "node")
            return Hit(
                "group", clean(columns.texts[columns.label[place]], 200), detail, None, f"g{place}", self._path(place)
            )
        if kind == "line":
            return self._line(place)
        name, variable = columns.texts[columns.name[place]], columns.variable[place]
        label = clean(columns.texts[variable] if kind == "variable" else name, 200)
        size = columns.shape[place]
        told = [name if kind == "variable" else None if variable == NONE else columns.texts[variable]]
        told += [None if size == NONE else shape(columns.shapes[size])]
        told += [f"line {columns.line[place]}" if columns.line[place] != NONE else None]
        detail = " · ".join(clean(text, 80) for text in told if text)
        return self._of_node("variable" if kind == "variable" else "node", label, detail, place)

    def _line(self, number: int) -> Hit:
        """A line's nodes: the innermost group that holds them all is what is to be opened."""
        places = [place for place, line in enumerate(self.columns.line) if line == number]
        paths = [self._path(group) for group in {self.columns.group[place] for place in places}]
        common = [steps[0] for steps in zip(*paths, strict=False) if len(set(steps)) == 1]
        group = common[-1] if common else None
        first = self.columns.ids[places[0]]
        return Hit("line", f"line {number}", plural(len(places), "node"), first, group, tuple(common))

    def _of_node(self, kind: Literal["node", "variable"], label: str, detail: str, place: int) -> Hit:
        path = self._path(self.columns.group[place])
        return Hit(kind, label, detail, self.columns.ids[place], path[-1] if path else None, path)

    def _path(self, group: int) -> tuple[str, ...]:
        steps: list[str] = []
        while group != NONE:
            steps.append(f"g{group}")
            group = self.columns.parent[group]
        return tuple(reversed(steps))

    def _fits(self) -> dict[int, int]:
        ranked = ((place, rank(text, self.words)) for place, text in enumerate(self.columns.texts))
        return {place: fit for place, fit in ranked if fit is not None}
