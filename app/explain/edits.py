"""Small corrections of a program's text, at places its syntax tree gives: all else stays as it was written."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from .things import Span

N = TypeVar("N", bound=ast.AST)
Place = ast.expr | ast.stmt


class Edits:
    """One source, and the corrections wanted in it.

    Raises: SyntaxError, ValueError or RecursionError where it is no program.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._lines = source.split("\n")
        self._wanted: list[tuple[int, int, str]] = []
        self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    # --- finding

    def all(self, *kinds: type[N]) -> Iterator[N]:
        """Every node of those kinds, from the top."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, kinds)]
        return iter(sorted(found, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))))

    def at(self, span: Span | None, *kinds: type[N]) -> N | None:
        """The node of one of those kinds that has exactly this span."""
        return next((node for node in self.all(*kinds) if span is not None and span_of(node) == span), None)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """What the node stands in."""
        return self._parents.get(node)

    def around(self, node: ast.AST | None, *kinds: type[N]) -> N | None:
        """The innermost node of those kinds that the node stands in."""
        while node is not None:
            node = self._parents.get(node)
            if isinstance(node, kinds):
                return node
        return None

    def statement(self, node: ast.AST | None) -> ast.stmt | None:
        """The statement that the node is or stands in."""
        return node if isinstance(node, ast.stmt) else self.around(node, ast.stmt)

    def statement_on(self, line: int | None) -> ast.stmt | None:
        """The innermost statement that begins on a line, or spans it."""
        spanning = [s for s in self.all(ast.stmt) if line and s.lineno <= line <= (s.end_lineno or s.lineno)]
        return max(spanning, key=lambda s: (s.lineno, s.col_offset), default=None)

    def loop(self, node: ast.AST | None) -> ast.For | ast.While | None:
        """The innermost loop around the node, within its function."""
        while node is not None:
            node = self._parents.get(node)
            if isinstance(node, (ast.For, ast.While)):
                return node
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
                return None
        return None

    def block(self, statement: ast.stmt) -> Sequence[ast.stmt]:
        """The statements among which it stands."""
        parent = self._parents.get(statement)
        for _, value in ast.iter_fields(parent) if parent is not None else ():
            if isinstance(value, list) and statement in value:
                return value
        return [statement]

    def text(self, node: ast.AST) -> str:
        """What is written there, without parentheses around it."""
        start, end = self._range(node)
        return self.source[start:end]

    # --- correcting

    def replace(self, node: ast.AST, text: str) -> "Edits":
        """Writes something else in the node's place."""
        start, end = self._range(node)
        self._wanted.append((start, end, text))
        return self

    def after(self, node: ast.AST, text: str) -> "Edits":
        """Writes something directly behind the node."""
        _, end = self._range(node)
        self._wanted.append((end, end, text))
        return self

    def argue(self, call: ast.Call, argument: str) -> "Edits":
        """Gives a call one more argument, behind the others."""
        start, end = self._range(call)
        written = self.source[start : end - 1].rstrip()
        comma = "" if written.endswith(("(", ",")) else ", "
        place = start + len(written)
        self._wanted.append((place, place, comma + argument))
        return self

    def before(self, statement: ast.stmt, *lines: str) -> "Edits":
        """Puts lines before a statement, as deep as it stands."""
        start, _ = self._range(statement)
        self._wanted.append((start, start, "".join(f"{line}\n{self.indent(statement)}" for line in lines)))
        return self

    def behind(self, statement: ast.stmt, *lines: str) -> "Edits":
        """Puts lines behind a statement, as deep as it stands."""
        _, end = self._range(statement)
        self._wanted.append((end, end, "".join(f"\n{self.indent(statement)}{line}" for line in lines)))
        return self

    def remove(self, statement: ast.stmt) -> "Edits":
        """Takes a statement out with its line; one that stands alone in a block, or shares a line, becomes `pass`."""
        start, end = self._range(statement)
        head = self.source[self._starts[statement.lineno - 1] : start]
        tail_end = self.source.find("\n", end)
        tail = self.source[end : tail_end if tail_end >= 0 else len(self.source)]
        alone = len(self.block(statement)) == 1 and not isinstance(self._parents.get(statement), ast.Module)
        if alone or head.strip() or tail.partition("#")[0].strip():
            return self.replace(statement, "pass")
        stop = tail_end + 1 if tail_end >= 0 else len(self.source)
        self._wanted.append((start - len(head), stop, ""))
        return self

    def move(self, statement: ast.stmt, *, before: ast.stmt | None = None, behind: ast.stmt | None = None) -> "Edits":
        """Takes a statement to another place."""
        text = self.text(statement)
        self.remove(statement)
        if before is not None:
            return self.before(before, text)
        return self.behind(behind, text) if behind is not None else self

    def under(self, statement: ast.stmt, head: str) -> "Edits":
        """Puts a statement into a block of its own."""
        indent = self.indent(statement)
        start, end = self._range(statement)
        body = self.source[start:end].replace("\n", "\n    ")
        self._wanted.append((start, end, f"{head}\n{indent}    {body}"))
        return self

    def indent(self, statement: ast.stmt) -> str:
        """The white space before the statement; of one that shares its line, what stands before the line."""
        found = re.match(r"\s*", self._lines[statement.lineno - 1])
        return found[0] if found else ""

    def done(self) -> str | None:
        """The corrected source, or None where nothing was wanted or it would not be Python."""
        text, last = self.source, len(self.source) + 1
        for start, end, new in sorted(self._wanted, key=lambda each: each[:2], reverse=True):
            if end > last:
                return None
            text, last = text[:start] + new + text[end:], start
        try:
            compile(text, "<fixed>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            return None
        return text if text != self.source else None

    def _range(self, node: ast.AST) -> tuple[int, int]:
        line, column, end_line, end_column = span_of(node)
        return self._offset(line, column), self._offset(end_line, end_column)

    def _offset(self, line: int, column: int) -> int:
        text = self._lines[line - 1]
        characters = column if text.isascii() else len(text.encode()[:column].decode("utf-8", "ignore"))
        return self._starts[line - 1] + characters


def span_of(node: ast.AST) -> Span:
    """Where a node stands."""
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return line, column, getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or column


def written(node: ast.AST | None) -> str | None:
    """A name or a dotted name as it is written, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := written(node.value)) is not None:
        return f"{head}.{node.attr}"
    return None


def keyword_of(call: ast.Call, name: str) -> ast.keyword | None:
    """The keyword argument of that name."""
    return next((each for each in call.keywords if each.arg == name), None)
