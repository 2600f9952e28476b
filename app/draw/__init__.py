"""Pictures from graph events: SVG, DOT, PNG, PDF, JSON and GraphML; what stands in a group; where something is.

Pure but for the engine's process and the converters'.
"""

from .drawing import draw_dot, draw_svg
from .export import ExportError, TooLarge, svg_to_pdf, svg_to_png
from .focus import FocusError
from .formats import FORMATS, Suffix, draw_picture
from .options import Direction, Options
from .part import inside
from .search import Hit, search
from .theme import Theme, sheet_hashes

__all__ = [
    "FORMATS",
    "Direction",
    "ExportError",
    "FocusError",
    "Hit",
    "Options",
    "Suffix",
    "Theme",
    "TooLarge",
    "draw_dot",
    "draw_picture",
    "draw_svg",
    "inside",
    "search",
    "sheet_hashes",
    "svg_to_pdf",
    "svg_to_png",
]
