"""Which of a program's series bears the bare tag `loss`: the best that is there, log > backward > assigned > stdout.

The best is foreseen from the program's text. Until it comes, lesser ones wait for a while, and then the best of them
bears the tag, so that a program with any loss has one called `loss`. Knows nothing of where points come from.
"""

from dataclasses import dataclass

from .foresight import Rank
from .frames import Series

WAIT_S = 2.0
WAIT_POINTS = 1_000
LOSS = "loss"


@dataclass(slots=True)
class Candidate:
    """A series that may become `loss`; `otherwise` is its tag where it does not."""

    series: Series
    rank: Rank
    otherwise: str


class Bearer:
    """Gives tags to series of losses, some of them later."""

    def __init__(self, best: Rank) -> None:
        self._best = best
        self._chosen: Candidate | None = None
        self._waiting: list[Candidate] = []
        self._followers: list[tuple[Series, Series, str]] = []
        self._since = 0.0

    @property
    def waits(self) -> bool:
        """Whether some series waits for its tag."""
        return bool(self._waiting)

    def enter(self, series: Series, rank: Rank, otherwise: str, now: float) -> None:
        """A series of losses that begins now."""
        candidate = Candidate(series, rank, otherwise)
        if self._chosen is not None:
            series.name(otherwise)
            return
        self._since = self._since if self._waiting else now
        self._waiting.append(candidate)
        if rank <= self._best:
            self.choose()

    def follow(self, series: Series, leader: Series, suffix: str) -> None:
        """A series whose tag is another's with something after it."""
        if leader.tag is not None:
            series.name(leader.tag + suffix)
        else:
            self._followers.append((series, leader, suffix))

    def check(self, now: float) -> None:
        """Ends the waiting where it has lasted long enough."""
        held = max(len(each.series.points) for each in self._waiting) // 3
        if held >= WAIT_POINTS or now - self._since >= WAIT_S:
            self.choose()

    def choose(self) -> None:
        """The best of those that wait bears the tag, and the others get theirs."""
        if not self._waiting:
            return
        self._chosen = min(self._waiting, key=lambda each: each.rank)
        for each in self._waiting:
            is_best = each is self._chosen
            each.series.name(LOSS if is_best else each.otherwise)
            each.series.paced = is_best
        for series, leader, suffix in self._followers:
            series.name(f"{leader.tag}{suffix}")
        self._waiting, self._followers = [], []
