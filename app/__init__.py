"""Gradwalk: what PyTorch's autograd really does, shown in the browser.

This package holds nothing itself but the way to `show`; ARCHITECTURE.md says which room holds what and who may import
whom.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .drawing import show as show

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`show`, which brings torch along and is therefore imported where somebody asks for it."""
    if name == "show":
        from .drawing import show

        return show
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
