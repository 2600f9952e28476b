"""Our SVG -> PNG or PDF, by Typst in a process of its own, with a free Chinese face from a wheel; a graph -> GraphML.

Typst (Apache-2.0) is one well-kept wheel for both formats on every platform; Noto Sans SC (OFL) draws Latin and
Chinese alike, so the result is the same on a machine without any font.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from .markup import legal

WALL_S = 30.0
PROGRAM = Path(__file__).with_name("convert.py")
GRAPHML = Path(__file__).with_name("graphml.py")
DARK_HALF = re.compile(r"@media \(prefers-color-scheme: dark\) \{\n.*?\}\n\}\n", re.DOTALL)
SIZE = re.compile(r'<svg [^>]*? width="([0-9.]+)" height="([0-9.]+)"')


Attributes = dict[str, str | int | None]


class ExportError(Exception):
    """A picture could not be converted."""


class TooLarge(ExportError):
    """More than the format asked for can hold."""


def svg_to_png(svg: str) -> bytes:
    """A standalone SVG as PNG, twice its size in pixels, less where that would pass 40 million.

    Raises: ExportError.
    """
    return _convert(svg, "png")


def svg_to_pdf(svg: str) -> bytes:
    """A standalone SVG as a PDF of one page, its words as text.

    Raises: ExportError.
    """
    return _convert(svg, "pdf")


def _convert(svg: str, wanted: str) -> bytes:
    """What the converter program makes of the picture; it knows no media queries, so `auto` is light."""
    found = SIZE.search(svg)
    if found is None:
        raise ExportError("The picture was not converted because it has no size. Ask for the SVG instead.")
    plain = DARK_HALF.sub("", svg)
    return _asked([str(PROGRAM), wanted, *found.groups()], plain.encode(), wanted.upper())


def to_graphml(nodes: dict[str, Attributes], edges: list[tuple[str, str, Attributes]]) -> bytes:
    """A directed multigraph as GraphML.

    Raises: ExportError.
    """
    told = json.dumps(
        {
            "nodes": {name: _plain(each) for name, each in nodes.items()},
            "edges": [(tail, head, _plain(each)) for tail, head, each in edges],
        }
    )
    return _asked([str(GRAPHML)], told.encode(), "GraphML")


def _plain(attributes: Attributes) -> Attributes:
    """What GraphML can hold: no nothing, and no character that XML has not."""
    return {
        name: legal(value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None
    }


def _asked(program: list[str], given: bytes, wanted: str) -> bytes:
    """What a program of ours makes of its input. Raises: ExportError."""
    command = [sys.executable, "-I", "-B", *program]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=WALL_S, check=True)
    except subprocess.TimeoutExpired as error:
        raise ExportError(
            f"The picture was not converted to {wanted} because that took over {WALL_S:.0f} s. "
            "Ask for the SVG instead, or fold the graph."
        ) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ExportError(f"The picture was not converted to {wanted}. Ask for the SVG instead.") from error
    return done.stdout
