"""A formula as a person writes it, with a run's numbers put in: `grad * exponent * self^(exponent-1)` -> `1 * 2 * 2^1`.

Formulas are Python expressions but for `^`, which is a power. Knows nothing of nodes.
"""

import ast
import math
from collections.abc import Mapping
from typing import Any

OPERATORS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Add: (" + ", 1), ast.Sub: (" - ", 1), ast.Mult: (" * ", 2), ast.Div: (" / ", 2), ast.MatMult: (" @ ", 2),
    ast.Pow: ("^", 4), ast.Gt: (" > ", 0), ast.Lt: (" < ", 0), ast.GtE: (" >= ", 0), ast.LtE: (" <= ", 0),
    ast.Eq: (" == ", 0),
}  # fmt: skip
NEGATIVE, ATOM = 3, 9
"""How tightly a minus sign binds, and what cannot be taken apart."""
Values = Mapping[str, Any]
"""Names -> numbers, nested tuples of them, or text."""


class Missing(Exception):
    """A value that the formula needs is not there; the message is its name."""


def parsed(formula: str) -> ast.expr:
    """The formula's syntax tree."""
    return ast.parse(formula.replace("^", "**"), mode="eval").body


def written(formula: str, values: Values, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The formula with numbers for names; `shapes` are what `shape` and `numel` ask for. Raises: Missing."""
    return _write(parsed(formula), values, shapes)[0]


def number(value: float) -> str:
    """A number as short as it can be told: 4, not 4.0; six digits at most."""
    if isinstance(value, bool):
        return str(value)
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def listed(value: Any) -> str:
    """A number, or nested tuples of them in brackets."""
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(listed, value))}]"
    return value if isinstance(value, str) else number(value)


def _write(node: ast.expr, values: Values, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    if isinstance(node, ast.Constant):
        return number(node.value), ATOM  # type: ignore[arg-type]  # formulas hold numbers alone
    if isinstance(node, ast.Name):
        return _value(node.id, values)
    if isinstance(node, ast.Call):
        return _call(node, values, shapes), ATOM
    if isinstance(node, ast.UnaryOp):
        text, binds = _write(node.operand, values, shapes)
        return f"-{_closed(text, binds, NEGATIVE + 1)}", NEGATIVE
    sort: type[ast.AST]
    if isinstance(node, ast.Compare):
        left, right, sort = node.left, node.comparators[0], type(node.ops[0])
    else:
        assert isinstance(node, ast.BinOp)  # there is nothing else in a formula
        left, right, sort = node.left, node.right, type(node.op)
    sign, rank = OPERATORS[sort]
    first = _closed(*_write(left, values, shapes), rank + (sort is ast.Pow))
    second = _scalar(right, values) if sort is ast.Pow else None
    # After an operator a negative number stands in parentheses.
    second = second or _closed(*_write(right, values, shapes), max(rank + 1, ATOM if sort is ast.Pow else NEGATIVE + 1))
    return f"{first}{sign}{second}", rank


def _closed(text: str, binds: int, needed: int) -> str:
    return text if binds >= needed else f"({text})"


def _value(name: str, values: Values) -> tuple[str, int]:
    if name == "pi":
        return name, ATOM
    if name not in values:
        raise Missing(name)
    text = listed(values[name])
    return text, NEGATIVE if text.startswith("-") else ATOM


def _scalar(node: ast.expr, values: Values) -> str | None:
    """An exponent that is a number alone is worked out: `self^(exponent-1)` -> `2^1`."""
    try:
        found = _evaluate(node, values)
    except (Missing, TypeError, ZeroDivisionError):
        return None
    text = number(found)
    return f"({text})" if text.startswith("-") else text


def _evaluate(node: ast.expr, values: Values) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # formulas hold numbers alone
    if isinstance(node, ast.Name) and isinstance(values.get(node.id), (int, float)):
        return float(values[node.id])
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _evaluate(node.left, values), _evaluate(node.right, values)
        return left + right if isinstance(node.op, ast.Add) else left - right
    raise Missing("exponent")


def _call(node: ast.Call, values: Values, shapes: Mapping[str, tuple[int, ...]]) -> str:
    assert isinstance(node.func, ast.Name)  # formulas call functions by name
    name, asked = node.func.id, node.args[0]
    if name in ("shape", "numel"):
        assert isinstance(asked, ast.Name)  # of a tensor that has a name
        if asked.id not in shapes:
            raise Missing(asked.id)
        shape = shapes[asked.id]
        return listed(shape) if name == "shape" else str(math.prod(shape))
    return f"{name}({', '.join(_write(each, values, shapes)[0] for each in node.args)})"
