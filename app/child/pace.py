"""Slow motion: a training loop held back to so many steps per second, so that a class can watch it."""

import time
from collections.abc import Callable
from typing import Any

MADE_UP_S = 0.25


class Pace:
    """Lets a step pass every so often. It says nothing; a stop ends its sleep."""

    def __init__(
        self,
        steps_per_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.owed = False
        """Whether a step was made since the last sleep."""
        self._interval_s = 1 / steps_per_s
        self._clock = clock
        self._sleep = sleep
        self._next: float | None = None

    def pay(self) -> None:
        """Sleeps until the next step may be made. What a short delay cost is made up for, a long one is not."""
        self.owed = False
        now = self._clock()
        self._next = max(now - MADE_UP_S, (now if self._next is None else self._next) + self._interval_s)
        if self._next > now:
            self._sleep(self._next - now)


def slowed(mark: Callable[..., Any], pace: Pace) -> Callable[..., Any]:
    """The mark, at which the program sleeps where it made a step since the last one."""

    def slow(*arguments: Any) -> Any:
        result = mark(*arguments)
        if pace.owed:
            pace.pay()
        return result

    return slow
