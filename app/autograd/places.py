"""What is asked of whoever holds the learner's source and modules."""

from typing import Protocol

from ..grouping.origins import Column, Origins
from .names import Found, Names


class Places(Protocol):
    """Where nodes and variables come from."""

    def origins(self, numbers: Column, names: Names) -> Origins:
        """The origins of nodes, by their sequence numbers; NOWHERE is the number of one that has none."""

    def line(self, found: Found) -> int | None:
        """The line where the variable was last assigned."""
