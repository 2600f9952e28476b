"""Printed text -> pairs of a name and a number: "Epoch: 3 Loss: 0.25", "train_loss = 1e-3, acc = 91%".

Each line is read once, in time linear in its length; over-long ones are not read. Knows nothing of series.
"""

import re
from collections.abc import Callable

from .wording import distance, is_step

MAX_LINE = 2_000
MAX_NAMES = 50
WORD = r"[^\W\d]\w{0,60}"
DIGITS = r"\d{1,3}(?:,\d{3}){1,9}(?!\d)(?:\.\d{0,40})?|\d{1,40}(?:\.\d{0,40})?|\.\d{1,40}"
"""With commas between thousands, or without."""
NUMBER = rf"[-+]?(?:{DIGITS})(?:[eE][-+]?\d{{1,3}})?|[-+]?(?:nan|inf(?:inity)?)"
PAIR = re.compile(
    rf"(?<![\w.])({WORD}(?:[ /-]{WORD}){{0,3}})\s{{0,20}}[:=]\s{{0,20}}(?:tensor\(|np\.float\d+\()?({NUMBER})"
    r"(?![\w:/]|\.\d|-\d)",
    re.IGNORECASE,
)
STEP = re.compile(r"(?<![^\W\d])(epoch|step|iter|iteration|batch)s?\W{0,3}(\d{1,15})(?![\w.])", re.IGNORECASE)
"""A counter without its colon too: "Epoch [3/10], loss: 0.5"."""

Pair = tuple[str, float]


def pairs_in(line: str) -> tuple[int | None, list[Pair]]:
    """The step that the line names, if it names just one, and its other pairs, what reads most like a loss first."""
    steps: dict[str, int] = {name.lower(): int(digits) for name, digits in STEP.findall(line)}
    pairs: list[Pair] = []
    for name, digits in PAIR.findall(line):
        if not is_step(name):
            pairs.append((name, float(digits.replace(",", ""))))
        elif digits.isdigit():
            steps[name.lower()] = int(digits)
    step = next(iter(steps.values())) if len(steps) == 1 else None
    return step, sorted(pairs, key=lambda pair: distance(pair[0]))


class Printed:
    """Listens to standard output. `tell` takes each pair: name, value, and the step where the line says it."""

    def __init__(self, tell: Callable[[str, float, int | None], None]) -> None:
        self._tell = tell
        self.rest = b""
        """A line that has not ended yet."""
        self._names: set[str] = set()

    def feed(self, data: bytes) -> None:
        """Takes what was written, in pieces of any size; a line counts when it ends."""
        if b"\n" not in data and b"\r" not in data:
            self.rest = (self.rest + data)[: MAX_LINE + 1]
            return
        *lines, self.rest = (self.rest + data).replace(b"\r", b"\n").split(b"\n")
        self.rest = self.rest[: MAX_LINE + 1]
        for line in lines:
            if (b":" in line or b"=" in line) and len(line) <= MAX_LINE:
                self._line(line.decode("utf-8", "replace"))

    def _line(self, line: str) -> None:
        step, pairs = pairs_in(line)
        for name, value in pairs:
            if name in self._names or len(self._names) < MAX_NAMES:
                self._names.add(name)
                self._tell(name, value, step)
