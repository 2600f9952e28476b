"""Pictures from graph events: DOT, SVG, PNG and PDF. Pure but for the engine's process and the converter's."""

from ..events import Graph
from .dot import write_dot
from .export import ExportError, svg_to_pdf, svg_to_png
from .fold import fold
from .layout import arrange, find_engine
from .options import Direction, Options
from .svg import write_svg
from .theme import Theme

__all__ = [
    "Direction",
    "ExportError",
    "Options",
    "Theme",
    "draw_dot",
    "draw_svg",
    "svg_to_pdf",
    "svg_to_png",
]


def draw_svg(graph: Graph, options: Options, standalone: bool = False) -> str:
    """The graph as SVG; `standalone` carries its own style and legend.

    Never fails: where Graphviz is absent or late, a plainer layout replaces it.
    """
    picture = fold(graph, options)
    return write_svg(picture, arrange(picture, options, find_engine()), options, standalone=standalone)


def draw_dot(graph: Graph, options: Options) -> str:
    """The graph in the DOT language, boxes and links as the SVG has them."""
    return write_dot(fold(graph, options), options)
