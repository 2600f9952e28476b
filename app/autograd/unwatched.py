"""Where nodes come from that were made unwatched, as in a notebook: modules, told by the parameters their nodes use.

A node that uses no parameter stands where the nodes before and after it both stand. No line is known.
"""

from collections.abc import Iterator, Mapping, Sized

import torch

from ..events import VIEWS
from ..grouping.origins import NOWHERE, ModulePlace, Origins
from .names import Found, Names
from .walk import Walk

Path = tuple[str, ...]


class Unwatched:
    """The places of a walk's nodes; `modules` are the outermost modules by the variables that hold them."""

    def __init__(self, walked: Walk, modules: Mapping[str, torch.nn.Module]) -> None:
        self._walked = walked
        self._kinds: dict[Path, str] = {}
        self._owners: dict[int, Path] = {}
        for name, outermost in modules.items():
            for inner, module in outermost.named_modules():
                path = (name, *inner.split(".")) if inner else (name,)
                self._kinds.setdefault(path, type(module).__name__)
                for parameter in module._parameters.values():
                    self._owners.setdefault(id(parameter), path)

    def origins(self, numbers: Sized, names: Names) -> Origins:
        """The calls of modules that the nodes' order shows."""
        call = [NOWHERE] * len(numbers)
        calls: list[Path] = []
        around: list[int] = []
        stack: list[int] = []
        for node, path in self._paths():
            while stack and calls[stack[-1]] != path[: len(calls[stack[-1]])]:
                stack.pop()
            for length in range(len(calls[stack[-1]]) + 1 if stack else 1, len(path) + 1):
                if path[:length] in self._kinds:
                    around.append(stack[-1] if stack else NOWHERE)
                    stack.append(len(calls))
                    calls.append(path[:length])
            call[node] = stack[-1] if stack else NOWHERE
        nowhere = [NOWHERE] * len(numbers)
        known = list(dict.fromkeys(calls))
        return Origins(
            site=nowhere,
            assigned=nowhere,
            call=call,
            parent_call=around,
            module_of_call=[known.index(path) for path in calls],
            modules=[ModulePlace(".".join(path), self._kinds[path]) for path in known],
        )

    def line(self, found: Found) -> int | None:
        """Not known."""
        return None

    def _paths(self) -> Iterator[tuple[int, Path]]:
        """Each node with a sequence number, in their order, and the path of the module it stands in."""
        order = self._walked.order
        numbers = {at: node._sequence_nr() for at, node in enumerate(order) if not hasattr(node, "variable")}
        nodes = sorted(numbers, key=numbers.__getitem__)
        using = self._using()
        following: list[Path | None] = []
        newest: Path | None = None
        for node in reversed(nodes):
            newest = using.get(node, newest)
            following.append(newest)
        before: Path | None = None
        for node, after in zip(nodes, reversed(following), strict=True):
            before = using.get(node, before)
            yield node, _shared(before, after)

    def _using(self) -> dict[int, Path]:
        """Nodes that use a parameter, also through views of it, with its module's path; the parameters' come first."""
        walked = self._walked
        found: dict[int, Path] = {}
        tails: dict[int, list[int]] = {}
        for tail, head, _ in walked.edges():
            tails.setdefault(head, []).append(tail)
        for at, node in enumerate(walked.order):
            owner = self._owners.get(id(node.variable)) if hasattr(node, "variable") else None
            if owner is not None:
                found |= dict.fromkeys(self._users(at, tails), owner)
        return found

    def _users(self, leaf: int, tails: Mapping[int, list[int]]) -> list[int]:
        """The nodes that use a leaf, also through views of it."""
        found = list(tails.get(leaf, ()))
        for node in found:
            if type(self._walked.order[node]).__name__ in VIEWS:
                found += tails.get(node, ())
        return found


def _shared(one: Path | None, other: Path | None) -> Path:
    """What two paths begin with; nothing where there is no other node on one side."""
    if one is None or other is None:
        return ()
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]
