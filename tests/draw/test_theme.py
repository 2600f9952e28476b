"""The palette's contrast, and that the page's stylesheet says the same."""

import re
from pathlib import Path

import pytest

from app.draw.theme import PALETTE, RULES, style

FILLS = [name for name in PALETTE if name.startswith("--node") and not name.endswith("line")]
LINES = [name for name in PALETTE if name.endswith("line") or name == "--edge"]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_lines_stand_out_as_the_guidelines_ask(theme: str) -> None:
    colours = {name: getattr(colour, theme) for name, colour in PALETTE.items()}
    words = {
        (word, fill): contrast(colours[word], colours[fill])
        for word in ("--text", "--text-quiet")
        for fill in [*FILLS, "--graph-background"]
    }
    assert {pair: ratio for pair, ratio in words.items() if ratio < 4.5} == {}
    lines = {line: contrast(colours[line], colours["--graph-background"]) for line in LINES}
    assert {line: ratio for line, ratio in lines.items() if ratio < 3} == {}


def test_every_colour_of_the_rules_is_in_the_palette_and_none_is_left_over() -> None:
    assert set(re.findall(r"var\((--[a-z-]+)\)", RULES)) == set(PALETTE)


def test_a_style_of_its_own_holds_plain_colours_only() -> None:
    assert "var(" not in style("dark")
    assert style("auto") == style("light") + "@media (prefers-color-scheme: dark) {\n" + style("dark") + "}\n"


def test_the_pages_stylesheet_has_the_same_palette(pytestconfig: pytest.Config) -> None:
    sheet = Path(pytestconfig.rootpath, "static/css/graph.css").read_text("utf-8")
    pairs = re.findall(r"(--[a-z-]+):\s*light-dark\(\s*(#[0-9a-fA-F]{6})\s*,\s*(#[0-9a-fA-F]{6})\s*\)", sheet)
    page = {name: (light.lower(), dark.lower()) for name, light, dark in pairs}
    assert {name: page.get(name) for name in PALETTE} == {name: tuple(colour) for name, colour in PALETTE.items()}
