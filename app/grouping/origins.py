"""Where a graph's nodes come from, as whoever holds the learner's source and modules tells it. Plain columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Column = Sequence[int] | np.ndarray[Any, Any]
NOWHERE = -1


Site = Any
"""One expression of the source: it has `line`, `column`, `end_line`, `end_column`, `function` and `target`."""


@dataclass(frozen=True, slots=True)
class ModulePlace:
    """A module: its path from the variable that holds the outermost one, its class, and its `forward`'s name.

    `forward` is None where the learner's own source does not define it.
    """

    path: str
    kind: str
    forward: str | None = None


@dataclass(frozen=True, slots=True)
class Origins:
    """Of each node the place in `sites` and in `calls`, or NOWHERE; `assigned` says whether it made the site's target.

    A call of a module has its module's place in `modules` and the call around it, or NOWHERE. `callers` are the
    functions that call a function by its name, None among them where the program itself does.
    """

    site: Column
    assigned: Column
    call: Column
    sites: Sequence[Site] = ()
    parent_call: Sequence[int] = ()
    module_of_call: Sequence[int] = ()
    modules: Sequence[ModulePlace] = ()
    callers: Mapping[str, Collection[str | None]] = field(default_factory=dict)

    def site_of(self, node: int) -> Site | None:
        """The expression that made the node."""
        site = int(self.site[node])
        return self.sites[site] if site >= 0 else None

    def module_at(self, node: int) -> str | None:
        """The path of the module whose forward made the node."""
        call = int(self.call[node])
        return self.modules[self.module_of_call[call]].path if call >= 0 else None

    def name_at(self, node: int) -> str | None:
        """The name that what the node made was assigned to at once."""
        site = self.site_of(node)
        return site.target if site is not None and self.assigned[node] else None
