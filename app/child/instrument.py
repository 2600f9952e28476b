"""The learner's source -> the same program with marks: which expression made which node, which name was assigned when.

The marks are calls of a few names that live beside the built-ins while a run lasts. They return what they are given, so
the program does what it would do unmarked; every new syntax node carries its original's place, so that tracebacks and
carets stay right. Knows nothing of torch: what a mark does is up to who lends it.
"""

import ast
import re
from dataclasses import dataclass, field
from typing import cast

from .foresight import Foresight
from .operands import Operation, Operations
from .syntax import Function, calls_backward, is_function_base, is_static, makes_no_node, names_in

FILENAME = "<user>"
VALUE, DONE, ENTER, EXIT, LEAVE = "gw:value", "gw:done", "gw:enter", "gw:exit", "gw:leave"
READ, LOOP = "gw:read", "gw:loop"
"""No identifiers: no program can give something of its own such a name by mistake, nor say one in its text."""
WRAPPED = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript)
WRAPPED_ATTRIBUTES = frozenset({"T", "mT", "H", "mH", "real", "imag", "data"})


@dataclass(frozen=True, slots=True)
class Site:
    """One marked place. Lines from 1, columns from 0, in characters; `names` are what a statement there assigns.

    `operation` is what the expression or statement does, as far as its text tells.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    function: str | None
    names: tuple[str, ...] = ()
    target: str | None = None
    operation: Operation | None = None


@dataclass(slots=True)
class Marked:
    """The marked program and its places; a mark's number is a position in `sites`."""

    tree: ast.Module
    sites: list[Site] = field(default_factory=list)


def mark(tree: ast.Module, source: str, foresight: Foresight | None = None) -> Marked:
    """The program with marks put in; `foresight` says which assignments to read and which loops to measure.

    Raises: RecursionError where the program nests too deep to be rewritten.
    """
    marker = _Marker(source, foresight or Foresight())
    marker.visit(tree)
    return Marked(ast.fix_missing_locations(tree), marker.sites)


class _Marker(ast.NodeTransformer):
    def __init__(self, source: str, foresight: Foresight) -> None:
        self.sites: list[Site] = []
        self._foresight = foresight
        self._operations = Operations(VALUE)
        self._lines = re.split("\r\n|\r|\n", source)
        self._scope: list[str] = []
        self._targets: dict[ast.expr, str] = {}
        self._in_function_class = False

    # --- expressions

    def visit(self, node: ast.AST) -> ast.AST:
        """The node rewritten, wrapped in a mark where it may make a graph node."""
        if isinstance(node, (ast.JoinedStr, ast.pattern)):
            return node
        target = self._targets.pop(node, None) if isinstance(node, ast.expr) else None
        result: ast.AST = super().visit(node)
        if isinstance(node, WRAPPED) and not self._is_plain(node):
            return self._wrap(node, result, target)
        if isinstance(node, ast.Attribute) and node.attr in WRAPPED_ATTRIBUTES and isinstance(node.ctx, ast.Load):
            return self._wrap(node, result, target)
        return result

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """The call with its arguments marked, but not the function itself: `super()` and methods stay as they are."""
        if isinstance(node.func, ast.Attribute):
            node.func.value = self._expression(node.func.value)
        elif not isinstance(node.func, ast.Name):
            node.func = self._expression(node.func)
        node.args = [self._expression(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self._expression(keyword.value)
        return node

    def _expression(self, node: ast.expr) -> ast.expr:
        return cast(ast.expr, self.visit(node))

    @staticmethod
    def _is_plain(node: ast.expr) -> bool:
        """Whether the expression makes no graph node: a constant's sign, a plain call, or not a value that is read."""
        if isinstance(node, ast.Subscript):
            return not isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Call):
            return makes_no_node(node)
        return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)

    def _wrap(self, node: ast.expr, result: ast.AST, target: str | None) -> ast.expr:
        site = self._site(node, target=target, operation=self._operations.of(cast(ast.expr, result)))
        return _call(VALUE, [result, ast.Constant(site)], node)

    # --- statements

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """The assignment, then a mark with the names it assigned."""
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._targets[node.value] = node.targets[0].id
        return self._then_done(node, names_in(node.targets))

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        """The in-place statement, then a mark that claims what it made."""
        return self._then_done(node, names_in([node.target]))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | list[ast.stmt]:
        """The annotated assignment with its annotation left alone."""
        if node.value is None:
            return node
        if isinstance(node.target, ast.Name):
            self._targets[node.value] = node.target.id
        node.value = self._expression(node.value)
        return [node, self._done(node, names_in([node.target])), *self._reads(node)]

    def visit_For(self, node: ast.For) -> ast.For:
        """The loop; iterating over a tensor makes a node, which the top of the body claims for the loop's head."""
        self.generic_visit(node)
        node.body.insert(0, self._done(node.iter, names_in([node.target])))
        if node in self._foresight.loops:
            node.iter = _call(LOOP, [node.iter, ast.Constant(self._foresight.loops[node])], node.iter)
        return node

    def visit_With(self, node: ast.With) -> ast.With:
        """The block; what `as` assigned is marked at the top of its body."""
        self.generic_visit(node)
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
        if targets:
            node.body.insert(0, self._done(node.items[0].context_expr, names_in(targets)))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        """The class; one that derives from `Function` has its `forward` marked as a custom Function's."""
        outer, self._in_function_class = self._in_function_class, any(map(is_function_base, node.bases))
        self._scope.append(node.name)
        self.generic_visit(node)
        self._scope.pop()
        self._in_function_class = outer
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """The function with its body marked, and a mark when it is left, whatever way."""
        self._function(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        """As for an ordinary function."""
        self._function(node)
        return node

    def _function(self, node: Function) -> None:
        node.decorator_list = [self._expression(each) for each in node.decorator_list]
        node.args.defaults = [self._expression(each) for each in node.args.defaults]
        node.args.kw_defaults = [each and self._expression(each) for each in node.args.kw_defaults]
        of_function_class, self._in_function_class = self._in_function_class, False
        self._scope.append(node.name)
        head = 1 if ast.get_docstring(node, clean=False) is not None else 0
        docstring, statements = node.body[:head], node.body[head:]
        runs_backward = any(map(calls_backward, statements))
        body = [each for statement in statements for each in _as_list(self.visit(statement))]
        if node.name == "forward" and (of_function_class or is_static(node)):
            left = ast.copy_location(ast.Try(body, [], [], [_statement(EXIT, [], node)]), node)
            body = [_statement(ENTER, [], node), left]
        if body and runs_backward:
            leave = _statement(LEAVE, [ast.Constant(self._site(node))], node)
            body = [ast.copy_location(ast.Try(body, [], [], [leave]), body[0])]
        node.body = [*docstring, *body]
        self._scope.pop()
        self._in_function_class = of_function_class

    def _then_done(self, node: ast.Assign | ast.AugAssign, names: tuple[str, ...]) -> list[ast.stmt]:
        self.generic_visit(node)
        return [node, self._done(node, names), *self._reads(node)]

    def _reads(self, node: ast.stmt) -> list[ast.stmt]:
        """Marks that read what was assigned to names of losses."""
        found = self._foresight.assignments.get(node, ())
        return [_statement(READ, [ast.Name(name, ast.Load()), ast.Constant(at)], node) for at, name in found]

    def _done(self, place: ast.stmt | ast.expr, names: tuple[str, ...]) -> ast.stmt:
        operation = self._operations.statement(place) if isinstance(place, ast.stmt) else None
        return _statement(DONE, [ast.Constant(self._site(place, names, operation=operation))], place)

    def _site(
        self,
        node: ast.stmt | ast.expr,
        names: tuple[str, ...] = (),
        target: str | None = None,
        operation: Operation | None = None,
    ) -> int:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        line, offset = _start(node)
        column, end_column = self._column(line, offset), self._column(end_line, end_column)
        function = ".".join(self._scope) or None
        self.sites.append(Site(line, column, end_line, end_column, function, names, target, operation))
        return len(self.sites) - 1

    def _column(self, line: int, offset: int) -> int:
        """A column in characters: the parser counts UTF-8 bytes."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))


def _start(node: ast.stmt | ast.expr) -> tuple[int, int]:
    """Where a person looks for the expression: a method called on a line of its own stands there, as in tracebacks."""
    function = node.func if isinstance(node, ast.Call) else None
    if not isinstance(function, ast.Attribute) or function.end_lineno in (None, node.lineno):
        return node.lineno, node.col_offset
    return function.end_lineno or node.lineno, (function.end_col_offset or 0) - len(function.attr.encode())


def _call(name: str, arguments: list[ast.AST], place: ast.AST) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), arguments, [])  # type: ignore[arg-type]  # all are expressions
    ast.copy_location(call.func, place)
    for argument in arguments:
        if isinstance(argument, ast.Constant) and not hasattr(argument, "lineno"):
            ast.copy_location(argument, place)
    return ast.copy_location(call, place)


def _statement(name: str, arguments: list[ast.AST], place: ast.AST) -> ast.Expr:
    return ast.copy_location(ast.Expr(_call(name, arguments, place)), place)


def _as_list(visited: ast.AST | list[ast.stmt]) -> list[ast.stmt]:
    return visited if isinstance(visited, list) else [visited]  # type: ignore[list-item]  # statements stay statements
