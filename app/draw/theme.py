"""The colours and style rules of a drawing, light and dark: one table for the page's stylesheet and for downloads.

Knows nothing of graphs. Each pair is chosen so that text reaches a contrast of 4.5 on its fill and lines 3 on the
background (tested). Source: WCAG 2.2, success criteria 1.4.3 and 1.4.11.
"""

import base64
import hashlib
import re
from typing import Literal, NamedTuple, get_args

Theme = Literal["auto", "light", "dark"]


class Colour(NamedTuple):
    """One colour's value in each theme."""

    light: str
    dark: str


PALETTE = {
    "--graph-background": Colour("#ffffff", "#12161c"),
    "--text": Colour("#1c2430", "#e8edf4"),
    "--text-quiet": Colour("#4d5868", "#aeb9c9"),
    "--node-function": Colour("#eef1f6", "#262d38"),
    "--node-line": Colour("#5b6b84", "#8a9ab3"),
    "--node-leaf": Colour("#d5f2ea", "#103b37"),
    "--node-leaf-line": Colour("#0f766e", "#3fc1ae"),
    "--node-custom": Colour("#ede4fb", "#33264f"),
    "--node-custom-line": Colour("#6d3fc0", "#b493f5"),
    "--node-saved": Colour("#ffecd4", "#44301a"),
    "--node-saved-line": Colour("#b45309", "#f0a04b"),
    "--node-root": Colour("#dbe7ff", "#1c2f5c"),
    "--node-root-line": Colour("#1d4ed8", "#7ea6ff"),
    "--node-undefined": Colour("#ffffff", "#12161c"),
    "--node-undefined-line": Colour("#6b7280", "#8b95a5"),
    "--node-more": Colour("#f4f5f7", "#1e242d"),
    "--node-more-line": Colour("#6b7280", "#8b95a5"),
    "--node-group": Colour("#e9e6f7", "#2a2740"),
    "--node-group-line": Colour("#5f549c", "#a79be0"),
    "--node-repeat": Colour("#fbe6ee", "#40222f"),
    "--node-repeat-line": Colour("#a8326a", "#ee8fb8"),
    "--frame": Colour("#f8f9fb", "#171c24"),
    "--frame-line": Colour("#7a8699", "#728096"),
    "--edge": Colour("#5b6472", "#97a3b4"),
}

FONTS = 'Helvetica, Arial, "Liberation Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif'

RULES = """
.graph { font-family: FONTS; }
.graph text { fill: var(--text); text-anchor: middle; font-size: 11px; }
.graph .title { font-size: 13px; }
.graph .detail { fill: var(--text-quiet); }
.graph .shape { fill: var(--node-function); stroke: var(--node-line); stroke-width: 1.2; }
.graph .leaf > .shape { fill: var(--node-leaf); stroke: var(--node-leaf-line); stroke-width: 1.6; }
.graph .custom > .shape { fill: var(--node-custom); stroke: var(--node-custom-line); }
.graph .saved > .shape { fill: var(--node-saved); stroke: var(--node-saved-line); stroke-dasharray: 4 2.5; }
.graph .undefined > .shape {
  fill: var(--node-undefined); stroke: var(--node-undefined-line); stroke-dasharray: 1.5 3;
}
.graph .more > .shape { fill: var(--node-more); stroke: var(--node-more-line); }
.graph .group > .shape { fill: var(--node-group); stroke: var(--node-group-line); stroke-width: 1.4; }
.graph .repeat > .shape { fill: var(--node-repeat); stroke: var(--node-repeat-line); }
.graph .frame > .shape { fill: var(--frame); stroke: var(--frame-line); stroke-width: 1.2; }
.graph .frame > .bar { fill: none; stroke: var(--frame-line); stroke-width: 0.6; }
.graph .frame > text { text-anchor: start; }
.graph .root > .shape { fill: var(--node-root); stroke: var(--node-root-line); stroke-width: 3; }
.graph .portal > .shape { stroke-dasharray: 1.5 3; }
.graph .inner, .graph .group > .inner { fill: none; }
.graph .edge { fill: none; stroke: var(--edge); stroke-width: 1.3; }
.graph .edge.note { stroke: var(--node-saved-line); stroke-dasharray: 4 2.5; }
.graph .edge.stub { stroke-dasharray: 1.5 3; }
.graph .arrow { fill: var(--edge); stroke: none; }
.graph .edge-label { fill: var(--text-quiet); font-size: 10px; }
.graph .edge-label { stroke: var(--graph-background); stroke-width: 3; paint-order: stroke; }
.graph .caption, .graph .legend .word { text-anchor: start; }
.graph .background { fill: var(--graph-background); }
""".replace("FONTS", FONTS).lstrip()
"""How a drawing looks, in terms of the palette; the page's stylesheet carries the same rules."""


def style(theme: Theme) -> str:
    """The rules with plain colours, for a picture that stands alone; `auto` follows the reader's own setting."""
    if theme == "auto":
        return f"{_plain('light')}@media (prefers-color-scheme: dark) {{\n{_plain('dark')}}}\n"
    return _plain(theme)


def sheet_hashes() -> list[str]:
    """Each of these rule sheets as a content security policy names it, so that a picture may hold them and no other."""
    sheets = (style(theme) for theme in get_args(Theme))
    digests = (hashlib.sha256(sheet.encode()).digest() for sheet in sheets)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _plain(theme: Literal["light", "dark"]) -> str:
    return re.sub(r"var\((--[a-z-]+)\)", lambda found: getattr(PALETTE[found[1]], theme), RULES)
