"""What a group is called: by module, function, line, or how often its like ran."""

from collections.abc import Sequence

from .origins import ModulePlace, Origins
from .prints import Numbers
from .scopes import Scope
from .things import Part, Repeat, start_of, stop_of

MAX_LABEL = 200
SPOKEN = 3
"""Names of nodes that a label takes, where there is nothing better."""


class Titles:
    """The titles of one graph's groups.

    Shapes: `lines` and `names` have an entry for each node in the order they were made; a name is a place in `words`.
    """

    def __init__(self, origins: Origins, lines: Numbers, names: Numbers, words: list[str]) -> None:
        self._origins = origins
        self._lines = lines
        self._names = names
        self._words = words

    def module(self, scope: Scope) -> ModulePlace:
        """The module that was called."""
        return self._origins.modules[self._origins.module_of_call[scope.call]]

    def scope(self, scope: Scope, around: str) -> str:
        """A call's: `encoder.layer.3 · BertLayer` inside of `around`, or `attention()`."""
        if scope.call < 0:
            return _short(f"{(scope.function or '').rpartition('.')[2]}()")
        module = self.module(scope)
        path = _inside(module.path, around)
        return _short(path if path == module.kind else f"{path} · {module.kind}")

    def repeat(self, repeat: Repeat, around: str, *, is_library: bool) -> str:
        """`layer.0 … layer.11 · BertLayer`, `cell · RNNCell`, `line 14`, `attention()`."""
        first, last = repeat.items[0], repeat.items[-1]
        if repeat.period == 1 and isinstance(first, Scope):
            if first.call < 0 or self.module(first) is self.module(last):
                return self.scope(first, around)
            start, stop = (_inside(self.module(each).path, around) for each in (first, last))
            return _short(f"{start} … {stop} · {self.module(first).kind}")
        if self._differ(repeat):
            kinds = dict.fromkeys(self.module(each).kind for each in repeat.items[: repeat.period])
            return _short(f"{self._between(repeat.items, around)} · {', '.join(kinds)}")
        if repeat.function is not None:
            return _short(f"{repeat.function.rpartition('.')[2]}()")
        block = start_of(first), stop_of(repeat.items[repeat.period - 1])
        return (None if is_library else self.lines(*block)) or self.names(*block)

    def blocks(self, repeat: Repeat, first: int, last: int, around: str) -> str:
        """Some of the blocks of a repeat, counted from 0: `iterations 1-50`, `layer.0 … layer.5`."""
        if repeat.period > 1 and self._differ(repeat):
            return self._between(repeat.items[first * repeat.period : (last + 1) * repeat.period], around)
        start, stop = repeat.items[first * repeat.period], repeat.items[last * repeat.period]
        word = "iterations"
        if repeat.period == 1 and isinstance(start, Scope):
            word = "calls"
            if start.call >= 0 and self.module(start) is not self.module(stop):
                return _short(" … ".join(_inside(self.module(each).path, around) for each in (start, stop)))
        return f"{word} {first + 1:,}–{last + 1:,}"

    def block(self, repeat: Repeat, number: int, around: str) -> str | None:
        """One block, counted from 0: `iteration 7 of 2,000`; None where it has a name of its own."""
        if repeat.period > 1 and self._differ(repeat):
            return self._between(repeat.items[number * repeat.period : (number + 1) * repeat.period], around)
        item = repeat.items[number * repeat.period]
        if repeat.period > 1 or not isinstance(item, Scope):
            return f"iteration {number + 1:,} of {repeat.count:,}"
        if item.call >= 0 and self.module(repeat.items[0]) is not self.module(repeat.items[-1]):
            return None
        return f"call {number + 1:,} of {repeat.count:,}"

    def _differ(self, repeat: Repeat) -> bool:
        """Whether the blocks are calls of modules, of other ones in each block."""
        items = repeat.items
        if not all(isinstance(each, Scope) and each.call >= 0 for each in items[: repeat.period]):
            return False
        return self.module(items[0]) is not self.module(items[-repeat.period])

    def _between(self, items: Sequence[Scope], around: str) -> str:
        """From the first of some modules to the last."""
        return _short(" … ".join(_inside(self.module(each).path, around) for each in (items[0], items[-1])))

    def part(self, part: Part) -> str:
        """`line 14`, `lines 10-25`, `nodes 1-40 of line 3`."""
        lines = self.lines(part.start, part.stop)
        if part.is_line:
            return lines or self.names(part.start, part.stop)
        which = f"{part.first + 1:,}–{part.first + part.size:,}"
        if lines is None:
            return f"nodes {which}"
        return lines if lines.startswith("lines") else f"nodes {which} of {lines}"

    def lines(self, start: int, stop: int) -> str | None:
        """The lines that made some nodes."""
        told = self._lines[start:stop]
        told = told[told >= 0]
        if not told.size:
            return None
        first, last = int(told.min()), int(told.max())
        return f"line {first}" if first == last else f"lines {first}–{last}"

    def names(self, start: int, stop: int) -> str:
        """The names of some nodes, without what they end in."""
        told = list(dict.fromkeys(self._names[start : start + 50 * SPOKEN].tolist()[: stop - start]))
        words = [self._words[name].partition("Backward")[0] or self._words[name] for name in told[:SPOKEN]]
        return _short(", ".join(words) + (" …" if len(told) > SPOKEN else ""))


def _inside(path: str, around: str) -> str:
    """A path as it reads inside another."""
    return path.removeprefix(f"{around}.") if around else path


def _short(text: str) -> str:
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1]}…"
