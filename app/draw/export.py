"""Our SVG -> PNG or PDF, by Typst in a process of its own, with a free Chinese face from a wheel.

Typst (Apache-2.0) is one well-kept wheel for both formats on every platform; Noto Sans SC (OFL) draws Latin and
Chinese alike, so the result is the same on a machine without any font.
"""

import re
import subprocess
import sys
from pathlib import Path

WALL_S = 30.0
PROGRAM = Path(__file__).with_name("convert.py")
DARK_HALF = re.compile(r"@media \(prefers-color-scheme: dark\) \{\n.*?\}\n\}\n", re.DOTALL)
SIZE = re.compile(r'<svg [^>]*? width="([0-9.]+)" height="([0-9.]+)"')


class ExportError(Exception):
    """A picture could not be converted."""


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
    command = [sys.executable, "-I", "-B", str(PROGRAM), wanted, *found.groups()]
    try:
        done = subprocess.run(command, input=plain.encode(), capture_output=True, timeout=WALL_S, check=True)
    except subprocess.TimeoutExpired as error:
        raise ExportError(
            f"The picture was not converted to {wanted.upper()} because that took over {WALL_S:.0f} s. "
            "Ask for the SVG instead, or fold the graph."
        ) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ExportError(f"The picture was not converted to {wanted.upper()}. Ask for the SVG instead.") from error
    return done.stdout
