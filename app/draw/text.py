"""How wide a text is, what of it can be shown, and a tensor's value in a few characters.

Knows nothing of graphs or SVG. Source of the widths: Adobe's Core 14 metrics for Helvetica (Arial has the same).
"""

import math
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..events import TensorValue

_WIDTHS = (
    (278, " !,./:;I[\\]ft"),
    (333, "()-`r"),
    (500, "Jcksvxyz"),
    (556, "#$0123456789?L_abdeghnopqu"),
    (584, "+<=>~"),
    (611, "FTZ"),
    (667, "&ABEKPSVXY"),
    (722, "CDHNRUw"),
    (778, "GOQ"),
    (833, "Mm"),
    (222, "'ijl"),
    (355, '"'),
    (889, "%"),
    (389, "*"),
    (1015, "@"),
    (944, "W"),
    (469, "^"),
    (334, "{}"),
    (260, "|"),
)
HELVETICA = {character: width for width, characters in _WIDTHS for character in characters}
ROOM = 1.08
"""Noto Sans SC, the face of PNG and PDF, runs about 5 % wider than Helvetica."""
SHOWN_VALUES = 4
JOINER = "\u200d"


@lru_cache(maxsize=8192)
def width(text: str, size: float) -> float:
    """The room a text needs at a font size, in the same unit: Helvetica's advances, a CJK character one em."""
    return sum(_advance(character) for character in text) * size * ROOM / 1000


def clean(text: str, most: int = 36) -> str:
    """`text` with what can't be seen written as an escape, at most `most` characters of it."""
    if len(text) <= most and text.isprintable():
        return text
    shown = "".join(_visible(character) for character in text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def number(value: Any) -> str:
    """One element as Python writes it, four significant digits of a float."""
    if isinstance(value, float) and math.isfinite(value):
        digits = f"{value:.4g}"
        return digits if any(mark in digits for mark in ".e") else digits + ".0"
    return clean(str(value), 24)


def shape(sizes: tuple[int, ...]) -> str:
    """A shape as Python writes the tuple."""
    return "(" + ", ".join(map(str, sizes)) + ("," if len(sizes) == 1 else "") + ")"


def short(value: TensorValue | float | str | None) -> str | None:
    """A value in a few characters, or None where it would take more than four numbers."""
    if not isinstance(value, TensorValue):
        return None if value is None else number(value)
    if value.data is None or sum(1 for _ in _elements(value.data)) > SHOWN_VALUES:
        return None
    return _nested(value.data)


def compact(count: int) -> str:
    """A count in a few characters: `812`, `7.1 M`."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if count >= size:
            each = count / (1000 if unit == "k" else size)
            return f"{each:.1f} {unit}" if each < 100 else f"{each:,.0f} {unit}"
    return f"{count:,}"


def plural(count: int, noun: str) -> str:
    """`1 node`, `2,000 nodes`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _advance(character: str) -> int:
    known = HELVETICA.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or character == JOINER:
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WFA" else 640


def _visible(character: str) -> str:
    if character.isprintable() or character == JOINER:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _elements(data: Any) -> Iterator[Any]:
    if isinstance(data, tuple):
        for item in data:
            yield from _elements(item)
    else:
        yield data


def _nested(data: Any) -> str:
    if isinstance(data, tuple):
        return "[" + ", ".join(_nested(item) for item in data) + "]"
    return number(data)
