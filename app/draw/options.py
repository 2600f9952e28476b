"""How a caller wants a graph drawn."""

from dataclasses import dataclass
from typing import Literal

from .theme import Theme

Direction = Literal["TB", "LR"]


@dataclass(frozen=True, slots=True)
class Options:
    """Theme, direction, whether large graphs fold, and the node ids (as text) whose folds are opened."""

    theme: Theme = "auto"
    direction: Direction = "TB"
    fold: bool = True
    expand: frozenset[str] = frozenset()
