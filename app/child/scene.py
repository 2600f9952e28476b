"""Where an exception was raised: the expression at work there, and the objects its names meant."""

import ast
import contextlib
import types
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from .glimpses import Glimpse, parts, resolve
from .instrument import FILENAME, VALUE
from .operands import Operand, Operation, Operations, Span, dotted


@dataclass(slots=True)
class Scene:
    """The innermost of the learner's expressions that was at work.

    `names` are the things its names meant, by dotted name; `lacking` what an attribute was asked of that it has not.
    """

    frame: FrameType
    span: Span
    operation: Operation | None
    names: list[tuple[Operand, list[Glimpse], Any]]
    lacking: Any = None
    library: str = ""


def scene_of(error: BaseException, tree: ast.AST | None) -> Scene | None:
    """The scene of an exception, or None where it was not raised under the learner's source."""
    link, found = error.__traceback__, None
    while link is not None:
        if link.tb_frame.f_code.co_filename == FILENAME:
            found = link
        link = link.tb_next
    if found is None or tree is None:
        return None
    span = _span(found)
    node = _node_at(tree, span)
    operation, named = None, []
    if node is not None:
        if isinstance(node, ast.expr):
            operation = Operations(VALUE).of(node)
        elif isinstance(node, ast.stmt):
            operation = Operations(VALUE).statement(node)
        for operand in _names_in(node):
            thing = resolve(found.tb_frame, operand.name) if operand.name else None
            named.append((operand, parts(thing), thing))
    library = ""
    if operation is not None and operation.dotted is not None:
        head = resolve(found.tb_frame, operation.dotted.partition(".")[0])
        library = head.__name__ if isinstance(head, types.ModuleType) else ""
    lacking = error.obj if isinstance(error, AttributeError) and error.name is not None else None
    return Scene(found.tb_frame, span, operation, named, lacking, library)


def _span(link: TracebackType) -> Span:
    positions = list(link.tb_frame.f_code.co_positions())
    at = link.tb_lasti // 2
    line, end_line, column, end_column = positions[at] if 0 <= at < len(positions) else (None, None, None, None)
    return line or link.tb_lineno or 0, column or 0, end_line or line or 0, end_column or 0


def _node_at(tree: ast.AST, span: Span) -> ast.AST | None:
    """The expression or statement with exactly that span."""
    found = None
    for node in ast.walk(tree):
        if isinstance(node, (ast.expr, ast.stmt)) and not isinstance(node, ast.Expr):
            place = node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
            if place == span:
                found = node
    return found


def _names_in(node: ast.AST) -> list[Operand]:
    """Every dotted name inside, longest first where they nest: of `w.grad` both that and `w`."""
    found: dict[str, Operand] = {}
    for each in ast.walk(node):
        name = dotted(each) if isinstance(each, (ast.Name, ast.Attribute)) else None
        if name is not None and name not in found and isinstance(each, ast.expr):
            place = each.lineno, each.col_offset, each.end_lineno or each.lineno, each.end_col_offset or 0
            found[name] = Operand(place, name)
    return list(found.values())


def parsed(source: str) -> ast.AST | None:
    """The program's syntax tree, or None."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse(source)
    return None
