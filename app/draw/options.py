"""How a caller wants a graph drawn."""

from dataclasses import dataclass
from typing import Literal

from .theme import Theme

Direction = Literal["TB", "LR"]


@dataclass(frozen=True, slots=True)
class Options:
    """Theme, direction, whether large graphs fold, and what is seen of them.

    `expand` are ids in the order in which they were opened: groups (`g12`), and nodes as text whose folds are opened.
    `close` are groups to keep closed that would be open at first; it goes before `expand`. `focus` draws a part alone,
    see `focus`; `whole` draws everything, with every group open.
    """

    theme: Theme = "auto"
    direction: Direction = "TB"
    fold: bool = True
    expand: tuple[str, ...] = ()
    close: frozenset[str] = frozenset()
    focus: str = ""
    whole: bool = False
