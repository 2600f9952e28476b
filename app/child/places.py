"""Answers where a node or a variable comes from, in the words of the learner's source.

Joins what `provenance` noted to what `autograd.graph` asks.
"""

from itertools import islice
from types import FrameType
from typing import Any

import numpy as np

from ..autograd import NOWHERE, Found, ModulePlace, Names, Origins
from .instrument import FILENAME, Site
from .modules import ModuleCall
from .provenance import Provenance

Place = tuple[int, int, int, int]
Point = tuple[int, int]
MAX_FRAMES = 50


class SourcePlaces:
    """Places of one program's nodes and variables."""

    def __init__(self, provenance: Provenance) -> None:
        self._provenance = provenance
        self._lines: dict[str, tuple[int, int] | None] = {}

    def place(self, number: int) -> tuple[Place, str | None] | None:
        """The expression that made the node, and the function it stands in."""
        site = self._provenance.site_of(number)
        if site is None:
            return None
        return (site.line, site.column, site.end_line, site.end_column), site.function

    def origins(self, numbers: Any, names: Names) -> Origins:
        """The origins of nodes, by their sequence numbers."""
        provenance, modules = self._provenance, self._provenance.modules
        site, assigned = provenance.sites_of(numbers)
        known = numbers >= 0
        call = np.full(len(numbers), NOWHERE, np.int64)
        call[known], around, module_of_call = modules.calls_of(numbers[known])
        met = {module: place for place, module in enumerate(dict.fromkeys(module_of_call))}
        return Origins(
            site=site,
            assigned=assigned,
            call=call,
            sites=provenance.sites,
            parent_call=around,
            module_of_call=[met[module] for module in module_of_call],
            modules=[self._module(modules.called[module], names) for module in met],
            callers=_callers(provenance.sites),
        )

    def _module(self, called: ModuleCall, names: Names) -> ModulePlace:
        return ModulePlace(self._path(called, names) or called.kind, called.kind, called.forward)

    def target(self, number: int) -> str | None:
        """The name the node's expression was assigned to at once."""
        site = self._provenance.site_of(number)
        return site.target if site and site.target and self._provenance.makes_target(number) else None

    def _path(self, call: ModuleCall, names: Names) -> str | None:
        """The path of a module, from the variable that holds the outermost one."""
        module, root = call.module(), call.root()
        known = names.modules.get(id(module)) if module is not None else None
        if known is not None or call.path is None:
            return known
        start = (names.modules.get(id(root)) if root is not None else None) or call.root_class
        return f"{start}.{call.path}".rstrip(".")

    def line(self, found: Found) -> int | None:
        """The line where the variable that holds the tensor was last assigned."""
        assigned = self.assigned(found.root)
        return assigned[1] if assigned else None

    def moment(self, found: Found) -> int:
        """When the variable that holds the tensor was last assigned; 0 where that is not known."""
        assigned = self.assigned(found.root)
        return assigned[0] if assigned else 0

    def assigned(self, root: str) -> tuple[int, int] | None:
        """(moment, line) of the newest assignment to a variable, named as a report names it."""
        if root not in self._lines:
            function, _, name = root.rpartition(".")
            self._lines[root] = self._provenance.last_assigned(function or None, name)
        return self._lines[root]


def _callers(sites: list[Site]) -> dict[str, set[str | None]]:
    """Each function of the source -> the functions that call one of its name; None stands for the program itself."""
    named: dict[str, list[str]] = {}
    for function in {site.function for site in sites if site.function}:
        named.setdefault(function.rpartition(".")[2], []).append(function)
    found: dict[str, set[str | None]] = {}
    for site in sites if named else ():
        if site.operation is not None and site.operation.kind == "call":
            for function in named.get(site.operation.words, ()):
                found.setdefault(function, set()).add(site.function)
    return found


def position_of(frame: FrameType) -> tuple[Point, Point]:
    """Where the expression that a frame is at begins and ends: lines from 1, columns from 0 in UTF-8 bytes."""
    for line, end_line, column, end_column in islice(frame.f_code.co_positions(), frame.f_lasti // 2, None):
        return (line or 0, column or 0), (end_line or 0, end_column or 0)
    return (0, 0), (0, 0)


def user_frames(frame: FrameType | None) -> list[FrameType]:
    """The live frames of the learner's own code, innermost first."""
    frames: list[FrameType] = []
    while frame is not None and len(frames) < MAX_FRAMES:
        if frame.f_code.co_filename == FILENAME:
            frames.append(frame)
        frame = frame.f_back
    return frames


def namespaces(frames: list[FrameType], top: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The program's globals, then each live function's locals, as (prefix, namespace), outermost function first."""
    found: list[tuple[str, dict[str, Any]]] = [("", top)]
    for frame in reversed(frames):
        function = frame.f_code.co_qualname.replace(".<locals>", "")
        if frame.f_locals is not top and "<" not in function:
            inside = {name: value for name, value in frame.f_locals.items() if not name.startswith(".")}
            found.append((f"{function}.", inside))
    return found
