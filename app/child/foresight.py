"""What a program's text tells before it runs: which curves to expect, which assignments to read, where loops stand.

Reads the syntax tree as it was parsed, before marks are put in. Knows nothing of torch.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from .wording import distance, is_loss, is_measure

Rank = tuple[int, ...]
"""How good a source of the curve `loss` is; the least is the best."""
Place = tuple[int, int]
"""Line from 1, column from 0 in UTF-8 bytes: as both the parser and code objects count."""
LOG: Rank = (0,)
BACKWARD: Rank = (1,)
ASSIGNED, PRINTED = 2, 3
ANY: Rank = (9,)
FIXED = frozenset({"float", "math", "np", "numpy", "torch", "int"})
"""Names that an initial value may be made with: `best_loss = float("inf")` measures nothing."""
Assignment = ast.Assign | ast.AugAssign | ast.AnnAssign
Loop = ast.For | ast.AsyncFor | ast.While
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source that runs several times or perhaps not at all: `kind` loop (number `loop`), maybe, or scope.

    A scope is a function's body: what stands around it says nothing of how often it runs.
    """

    start: Place
    end: Place
    kind: str
    loop: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """An assigned name whose value is read: its function, and how good a `loss` it is, or None for other measures."""

    name: str
    function: str | None
    rank: Rank | None


@dataclass(slots=True)
class Foresight:
    """What to expect of one program. `loops` and `assignments` are keyed by syntax nodes of the tree that was read."""

    logs: bool = False
    rebinds_log: bool = False
    backwards: dict[Place, str] = field(default_factory=dict)
    """Where a call of `backward` ends -> the name of what it is called on."""
    reads: list[Read] = field(default_factory=list)
    assignments: dict[ast.AST, list[tuple[int, str]]] = field(default_factory=dict)
    loops: dict[ast.AST, int] = field(default_factory=dict)
    has_loop: bool = False
    spreads: bool = False
    """Whether some `log` takes its names from a dictionary, so that each turn of a loop may tell of another series."""
    spans: list[Span] = field(default_factory=list)

    @property
    def best(self) -> Rank:
        """The best source of a loss that the text lets expect."""
        if self.logs and not self.rebinds_log:
            return LOG
        if self.backwards:
            return BACKWARD
        return min((read.rank for read in self.reads if read.rank), default=ANY)


def foresee(tree: ast.Module) -> Foresight:
    """What the program's text tells. Raises: RecursionError where it nests too deep."""
    reader = _Reader()
    reader.visit(tree)
    return reader.told


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.told = Foresight()
        self._scope: list[str] = []
        self._skips: list[bool] = []
        """For each loop around, from the outermost, whether a `continue` cuts its turns short."""
        self._in_class = False

    def visit_Call(self, node: ast.Call) -> None:
        """A call of `log` with a loss, or of something's `backward`."""
        function = node.func
        if isinstance(function, ast.Name) and function.id == "log":
            self.told.logs |= any(keyword.arg in (None, "loss") for keyword in node.keywords)
            self.told.spreads |= any(keyword.arg is None for keyword in node.keywords)
        elif isinstance(function, ast.Attribute) and function.attr == "backward":
            self.told.backwards[_end(node)] = _root_name(node)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Whether the program has a `log` of its own."""
        self.told.rebinds_log |= node.id == "log" and not isinstance(node.ctx, ast.Load)

    def visit_alias(self, node: ast.alias) -> None:
        """Whether it imports one."""
        self.told.rebinds_log |= (node.asname or node.name) == "log"

    def visit_Assign(self, node: ast.Assign) -> None:
        """The names to read after an assignment."""
        self._assign(node, node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """As for a plain one."""
        self._assign(node, [node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """As for a plain one."""
        self._assign(node, [node.target] if node.value else [])

    def _assign(self, node: Assignment, targets: list[ast.expr]) -> None:
        measured = (self._skips or self._scope) and not self._in_class
        if measured and node.value is not None and not _is_fixed(node):
            names = [name for target in targets for name in _plain_names(target) if is_measure(name)]
            self.told.assignments[node] = [(self._read(name), name) for name in names]
        self.generic_visit(node)

    def _read(self, name: str) -> int:
        reads, function = self.told.reads, ".".join(self._scope) or None
        for at, known in enumerate(reads):
            if (known.name, known.function) == (name, function):
                return at
        rank = (ASSIGNED, distance(name), len(reads)) if is_loss(name) else None
        reads.append(Read(name, function, rank))
        return len(reads) - 1

    def visit_For(self, node: ast.For) -> None:
        """A loop whose length can be noted when it begins."""
        self.told.loops[node] = len(self.told.loops)
        self._loop(node, self.told.loops[node])

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        """A loop of unknown length."""
        self._loop(node, None)

    def visit_While(self, node: ast.While) -> None:
        """A loop of unknown length."""
        self._loop(node, None)

    def _loop(self, node: Loop, number: int | None) -> None:
        self.told.has_loop = True
        self._skips.append(False)
        self.generic_visit(node)
        self._span(node.body, "loop", None if self._skips.pop() else number)

    def visit_Continue(self, _: ast.Continue) -> None:
        """A turn that ends early: how many points the loop gives is not known then."""
        if self._skips:
            self._skips[-1] = True

    def visit_If(self, node: ast.If) -> None:
        """Branches, of which one runs."""
        self._span(node.body, "maybe")
        self._span(node.orelse, "maybe")
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """What runs only after an exception."""
        self._span(node.body, "maybe")
        self.generic_visit(node)

    def visit_match_case(self, node: ast.match_case) -> None:
        """A branch."""
        self._span(node.body, "maybe")
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class: its body assigns attributes, not variables."""
        self._enter(node, in_class=True)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A function: how often it runs is up to who calls it."""
        self.told.rebinds_log |= node.name == "log"
        self._span(node.body, "scope")
        self._enter(node, in_class=False)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """As for an ordinary function."""
        self._span(node.body, "scope")
        self._enter(node, in_class=False)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """As for a function with a name."""
        self._span([node.body], "scope")
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Everything below the node; a comprehension is a loop of unknown length."""
        if isinstance(node, COMPREHENSION):
            self.told.has_loop = True
            self._span([node], "loop")
        super().generic_visit(node)

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, *, in_class: bool) -> None:
        outer, self._in_class = self._in_class, in_class
        self._scope.append(node.name)
        self.generic_visit(node)
        self._scope.pop()
        self._in_class = outer

    def _span(self, body: Sequence[ast.stmt | ast.expr], kind: str, loop: int | None = None) -> None:
        if body:
            start = body[0].lineno, body[0].col_offset
            self.told.spans.append(Span(start, _end(body[-1]), kind, loop))


def _end(node: ast.stmt | ast.expr) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _root_name(call: ast.Call) -> str:
    """What a reader would call the thing whose `backward` is called: of several names the one that reads as a loss."""
    names = [written for node in ast.walk(call) if (written := _dotted(node)) and not written.endswith(".backward")]
    losses = [name for name in names if is_loss(name.rpartition(".")[2])]
    return (losses or names or [f"line {call.lineno}"])[0]


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := _dotted(node.value)):
        return f"{head}.{node.attr}"
    return None


def _plain_names(target: ast.expr) -> list[str]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for each in target.elts for name in _plain_names(each)]
    return [target.id] if isinstance(target, ast.Name) else []


def _is_fixed(node: Assignment) -> bool:
    """Whether what is assigned is written out: a start value, not a measurement."""
    if isinstance(node, ast.AugAssign) or node.value is None:
        return False
    return all(each.id in FIXED for each in ast.walk(node.value) if isinstance(each, ast.Name))
