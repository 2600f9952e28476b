"""Attributes, numbers and a stranger's words as SVG can hold them."""

from html import escape


def rect(left: float, top: float, wide: float, tall: float, round_by: float, more: str = "") -> str:
    """A rectangle of a box's shape."""
    size = f'width="{number(wide)}" height="{number(tall)}" rx="{number(round_by)}"'
    return f'<rect class="shape{more}" x="{number(left)}" y="{number(top)}" {size}/>'


def attributes(values: dict[str, str]) -> str:
    """The attributes, each with a blank before it."""
    return "".join(f' {name}="{text(value)}"' for name, value in values.items())


def text(words: str) -> str:
    """A stranger's text as XML can hold it, in an element and in an attribute."""
    if words.isalnum():  # most words of a drawing: there is nothing to escape in them
        return words
    return escape(legal(words)).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def number(value: float) -> str:
    """A coordinate to a tenth of a point."""
    return f"{value:.1f}".removesuffix(".0")


def legal(words: str) -> str:
    """The text with what XML has not replaced."""
    if words.isprintable():
        return words
    return "".join(character if _legal(character) else "\ufffd" for character in words)


def _legal(character: str) -> bool:
    """Whether XML 1.0 has the character, section 2.2."""
    return (
        character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )
