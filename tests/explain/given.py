"""Facts made by hand, for tests of what they prove."""

from app.explain.things import Leaf, Pass, Spot, Value
from app.explain.trouble import Trouble


def spot(source: str, text: str, which: int = 1) -> Spot:
    """The place of a piece of text in a program: of several alike the one of that number."""
    at = -1
    for _ in range(which):
        at = source.index(text, at + 1)
    line, column = source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at) - 1
    end = at + len(text)
    end_line, end_column = source.count("\n", 0, end) + 1, end - source.rfind("\n", 0, end) - 1
    return Spot(line, column, (line, column, end_line, end_column))


def tensor(name: str | None = "x", **known: object) -> Value:
    """A tensor that requires grad, unless told otherwise."""
    given = {"shape": (2,), "dtype": "float32", "requires_grad": True, **known}
    return Value(name, "tensor", **given)  # type: ignore[arg-type]  # each test says what it knows


def leaf(name: str | None = "w", **known: object) -> Leaf:
    """A leaf that requires grad."""
    given = {"identity": 1, "shape": (2,), "dtype": "float32", **known}
    return Leaf(name, "tensor", **given)  # type: ignore[arg-type]


def passed(number: int, place: Spot | None = None, **known: object) -> Pass:
    """A backward; its moment is ten times its number."""
    root = Value("loss", "tensor", identity=99)
    return Pass(number=number, moment=10 * number, spot=place, root=root, **known)  # type: ignore[arg-type]


def raised(message: str, place: Spot | None = None, *operands: Value, **known: object) -> Trouble:
    """An exception of torch's."""
    return Trouble("RuntimeError", message, place, operands=operands, **known)  # type: ignore[arg-type]
