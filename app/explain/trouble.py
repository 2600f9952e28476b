"""The exception that ended a program, with what was at hand where it was raised."""

from dataclasses import dataclass

from .things import Pass, Spot, Value


@dataclass(frozen=True, slots=True)
class Shared:
    """A failing backward met nodes that backward `by` had freed.

    `node` is the first the engine met, `made` where it was made and `variable` what it was assigned to; `again` says
    that the whole graph was there before: nothing new was computed since.
    """

    node: str
    made: Spot | None
    variable: str | None
    by: int | None
    by_spot: Spot | None
    again: bool
    consumer: Spot | None = None
    is_turned: bool = False
    """Whether what was freed was made since the backward before `by`: the loop's last turn made it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A failing backward met a saved tensor that was changed since: by what, where, and through which optimizer."""

    node: str
    made: Spot | None
    saved: str
    variable: str | None
    saved_version: int | None
    version: int
    spot: Spot | None
    optimizer: str | None = None
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """The exception that ended the program, and what was at hand where it was raised.

    `kind` and `message` are torch's or Python's own; `node` is the kind of syntax at work there, `words` its name or
    sign; `operands` are its parts as objects; `receiver` is what an attribute was asked of.
    """

    kind: str
    message: str
    spot: Spot | None
    words: str = ""
    dotted: str | None = None
    operands: tuple[Value, ...] = ()
    shared: Shared | None = None
    changed: Changed | None = None
    root: Pass | None = None
    behind: frozenset[int] = frozenset()
    """Events behind the object that lacked what was asked of it."""
    where: str = ""

    @property
    def tensors(self) -> list[Value]:
        """The tensors among the operands."""
        return [each for each in self.operands if each.kind in ("tensor", "parameter")]

    @property
    def tensor(self) -> Value | None:
        """The tensor that the exception is about: the first one named in the expression at work."""
        return next(iter(self.tensors), None)
