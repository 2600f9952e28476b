"""Which line changed a tensor in place: a log of the version counters that rose, by storage.

A view and its base share storage and counter, so a change through a view is found under the base too.
Source: https://docs.pytorch.org/docs/stable/notes/autograd.html, "In-place correctness checks".
"""

from dataclasses import dataclass
from typing import Any

MAX_LOGGED = 10_000
MAX_KNOWN = 50_000


@dataclass(frozen=True, slots=True)
class Rise:
    """A storage's counter went from `old` to `new` at a mark."""

    storage: int
    old: int
    new: int
    site: int
    moment: int


class Versions:
    """The version counters of one program's storages, as far as they were looked at."""

    def __init__(self) -> None:
        self.rises: list[Rise] = []
        self._known: dict[int, int] = {}

    def meet(self, tensor: Any, site: int | None, moment: int) -> bool:
        """Looks at a tensor; True where it was changed since it was last looked at. Logged where a `site` did it."""
        try:
            storage, version = tensor.untyped_storage()._cdata, tensor._version
        except (RuntimeError, NotImplementedError):
            return False  # a transform's, a sparse or an inference tensor has none
        old = self._known.get(storage)
        self._known[storage] = version
        if old is None or version <= old:
            if len(self._known) > MAX_KNOWN:
                self._known.clear()
            return False
        if site is not None and len(self.rises) < MAX_LOGGED:
            self.rises.append(Rise(storage, old, version, site, moment))
        return True

    def culprit(self, storage: int, saved: int) -> Rise | None:
        """What first changed a storage past the version at which it was saved; else what last changed it."""
        rises = [rise for rise in self.rises if rise.storage == storage]
        after = [rise for rise in rises if rise.new > saved]
        return after[0] if after else rises[-1] if rises else None
