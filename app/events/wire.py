"""One line of strict JSON -> one event. Decoding trusts nothing: whoever wrote the line may be hostile.

A line holds exactly one object with `type` and every field of that event, no other and none twice. Types, sizes,
nesting and number ranges are checked against the annotations in `stream`. NaN and infinities travel as the strings
"NaN", "Infinity", "-Infinity". Source: the project's API contract; RFC 8259.
"""

import json
import math
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import EnumType
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union, cast, get_args, get_origin, get_type_hints

from . import graph, stream

MAX_LINE_BYTES = 4 * 1024 * 1024
LEAST_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
"""What 64 bits hold: whoever packs numbers need not look again."""
NONFINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
NESTED_DEPTH = 64

Check = Callable[[Any], Any]


class WireError(ValueError):
    """A line that is not one well-formed event. The message names the field, never the content."""


def decode(line: bytes, accept: Any = stream.Event, *, older: bool = False) -> Any:
    """The event a line holds, of one of the classes in the union `accept`.

    With `older`, for lines on record, a field that an earlier version did not know has its default.
    Raises: WireError where the line is not exactly one such event.
    """
    if len(line) > MAX_LINE_BYTES:
        raise WireError(f"the line is longer than {MAX_LINE_BYTES} bytes")
    try:
        record = json.loads(
            line.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant, parse_int=_small_int
        )
    except (ValueError, RecursionError) as error:
        raise WireError(f"the line is not JSON: {type(error).__name__}") from error
    if not isinstance(record, dict):
        raise WireError("the line is not an object")
    kind = record.pop("type", None)
    known = _by_type(accept)
    if not isinstance(kind, str) or kind not in known:
        raise WireError("the line has no known type")
    return _record(known[kind], older)(record)


@cache
def _by_type(accept: Any) -> dict[str, type]:
    classes = get_args(accept) or (accept,)
    return {cls.type: cls for cls in classes}


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name stands twice")
    return record


def _no_constant(_: str) -> Any:
    raise ValueError("NaN and infinities travel as strings")


def _small_int(digits: str) -> int:
    if len(digits) > 20 or not LEAST_INTEGER <= int(digits) <= MAX_INTEGER:
        raise ValueError("a whole number is too large")
    return int(digits)


def _fail(want: str) -> Any:
    raise WireError(f"expected {want}")


def _integer(value: Any) -> int:
    return value if value.__class__ is int else _fail("a whole number")


def _float(value: Any) -> float:
    if value.__class__ is float and math.isfinite(value):
        return float(value)
    if value.__class__ is int:
        return float(value)
    return NONFINITE[value] if value.__class__ is str and value in NONFINITE else _fail("a number")


def _boolean(value: Any) -> bool:
    return value if value.__class__ is bool else _fail("true or false")


def _string(value: Any, size: int = 1_000) -> str:
    if value.__class__ is not str or len(value) > size:
        _fail(f"a text of at most {size} characters")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        _fail("a text without lone surrogates")
    return str(value)


def _nested(value: Any, depth: int = 0, budget: list[int] | None = None) -> Any:
    """Tensor elements, nested no deeper than torch allows and no more than travel one by one."""
    budget = budget if budget is not None else [graph.MAX_VALUES * 4]
    budget[0] -= 1
    if budget[0] < 0 or depth > NESTED_DEPTH:
        _fail("fewer nested values")
    if isinstance(value, list):
        return tuple(_nested(item, depth + 1, budget) for item in value)
    if value.__class__ is bool:
        return value
    if value.__class__ is str:
        return NONFINITE[value] if value in NONFINITE else _string(value, 100)
    return value if value.__class__ is int else _float(value)


@cache
def _record(cls: Any, older: bool) -> Check:
    """The check for one dataclass: exactly its fields, each by its annotation; of an `older` one defaults may miss."""
    hints = get_type_hints(cls, include_extras=True)
    checks = {name: _check(hint, older) for name, hint in hints.items() if get_origin(hint) is not ClassVar}
    required = _required(cls) if older else checks.keys()

    def check(value: Any) -> Any:
        if not isinstance(value, dict) or not required <= value.keys() <= checks.keys():
            _fail(f"exactly the fields of {cls.__name__}")
        try:
            record = cls(**{name: checks[name](item) for name, item in value.items()})
            if cls is stream.Scalars and not len(record.step) == len(record.value) == len(record.wall_ms):
                _fail("lists of one length")
        except WireError as error:
            raise WireError(f"{cls.__name__}: {error}") from None
        return record

    return check


def _required(cls: Any) -> set[str]:
    return {each.name for each in fields(cls) if each.default is MISSING and each.default_factory is MISSING}


def _check(hint: Any, older: bool) -> Check:
    """The check an annotation asks for."""
    simple: dict[Any, Check] = {int: _integer, float: _float, bool: _boolean, str: _string}
    if hint in simple:
        return simple[hint]
    if isinstance(hint, EnumType):
        return lambda value: hint(value) if isinstance(value, str) and value in set(hint) else _fail("a known word")
    if is_dataclass(hint):
        return _record(cast(Any, hint), older)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _sized(args[0], args[1].size, older)
    if origin is Literal:
        return lambda value: value if isinstance(value, str) and value in args else _fail("a known word")
    if origin in (Union, types.UnionType):
        return _either(tuple(_check(arg, older) for arg in args if arg is not types.NoneType), types.NoneType in args)
    raise TypeError(f"the wire has no check for {hint}")


def _sized(hint: Any, size: int, older: bool) -> Check:
    if hint is Any:
        return _nested
    if hint is str:
        return lambda value: _string(value, size)
    if get_origin(hint) is dict:
        key_check, item_check = (_check(arg, older) for arg in get_args(hint))

        def table(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict) or len(value) > size:
                _fail(f"a table of at most {size} entries")
            return {key_check(key): item_check(item) for key, item in value.items()}

        return table
    each = _check(get_args(hint)[0], older)

    def sequence(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > size:
            _fail(f"a list of at most {size} entries")
        return tuple(each(item) for item in value)

    return sequence


def _either(checks: tuple[Check, ...], nullable: bool) -> Check:
    def check(value: Any) -> Any:
        if value is None:
            return None if nullable else _fail("a value")
        problem: WireError | None = None
        for each in checks:
            try:
                return each(value)
            except WireError as error:
                problem = error
        raise problem or WireError("expected one of several kinds")

    return check
