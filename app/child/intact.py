"""Python as it was, when the program is over: what it replaced must not keep us from telling what it did.

Everything here works without a single built-in name, for the program may have taken them all.
"""

import builtins

FOREIGN = (Exception, SystemExit, KeyboardInterrupt, GeneratorExit)
"""What a program's own code may raise while it is read (a `__class__` that leaves, say); our interruptions are none."""

_live = vars(builtins)


class IntactBuiltins:
    """A block in which a program may do to the built-ins what it likes; after it each is again what it was before.

    Those that it added stay: functions that it leaves behind may still run.
    """

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        """Remembers them."""
        self._before = _live.copy()

    def __exit__(self, *_: object) -> None:
        """Puts them back."""
        _live.update(self._before)
