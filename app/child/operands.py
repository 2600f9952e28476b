"""What a marked expression or statement does, as its text says: an operation and what it works on.

The text only gives the words; what really happened is read from the objects when the mark runs. Knows nothing of torch.
"""

import ast
from dataclasses import dataclass, replace

Span = tuple[int, int, int, int]
"""Line, column, end line, end column: lines from 1, columns in UTF-8 bytes, as the parser counts."""
NOWHERE: Span = (0, 0, 0, 0)
MAX_OPERANDS = 12
SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.USub: "-", ast.UAdd: "+", ast.Not: "not", ast.Invert: "~", ast.Eq: "==", ast.NotEq: "!=",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operand:
    """One thing an operation works on: a name to look up, or the number of the mark around it.

    `role` is `receiver` for what a method is called on, `callee` for what is called, `target` for what a statement
    changes, else `argument`. `called` is the unmarked call that stands between, as `float` in `g(float(x))`.
    """

    span: Span
    name: str | None = None
    site: int | None = None
    role: str = "argument"
    called: str | None = None
    rest: tuple[str, ...] = ()
    """The attributes that are taken of what the mark made, as `bias` in `net[1].bias`."""
    many: bool = False
    """Whether the mark is a comprehension's element, which runs once for each."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`words` is a method's or function's last name, an operator's sign, an attribute, `[]` or a statement's sign.

    `dotted` is the function's whole name where it is written out; `targets` are the dotted names that a statement sets,
    and `names` those that stand in what it sets them to.
    """

    kind: str
    words: str
    operands: tuple[Operand, ...]
    span: Span = NOWHERE
    dotted: str | None = None
    targets: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    flag: str | None = None
    """`requires_grad`, `grad` or `data`, where a statement sets that of its first operand."""


class Operations:
    """Reads operations off a tree whose inner expressions are marked already; `mark` is the name of a mark's call."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def of(self, node: ast.expr) -> Operation | None:
        """What the expression does."""
        if isinstance(node, ast.BinOp):
            return self._made("operator", SYMBOLS.get(type(node.op), ""), [node.left, node.right], node)
        if isinstance(node, ast.UnaryOp):
            return self._made("operator", SYMBOLS.get(type(node.op), ""), [node.operand], node)
        if isinstance(node, ast.Compare):
            return self._made("compare", SYMBOLS.get(type(node.ops[0]), ""), [node.left, *node.comparators], node)
        if isinstance(node, ast.Subscript):
            return self._made("subscript", "[]", [node.value, node.slice], node)
        if isinstance(node, ast.Attribute):
            return self._made("attribute", node.attr, [node.value], node)
        return self._call(node) if isinstance(node, ast.Call) else None

    def statement(self, node: ast.stmt) -> Operation | None:
        """What an assignment does: its targets stand first among the operands where it changes them in place."""
        if isinstance(node, ast.AugAssign):
            words = SYMBOLS.get(type(node.op), "") + "="
            changed = self._operands([_base(node.target)], "target")
            return Operation(
                "augmented", words, changed + self._operands([node.value]), _span(node), None, _names(node)
            )
        if isinstance(node, ast.Assign):
            bases = [each.value for each in node.targets if isinstance(each, (ast.Subscript, ast.Attribute))]
            operands = self._operands(bases, "target") + self._operands([node.value])
            names, inside = _names(node), self._inside(node)
            return Operation(
                "assign", "=", operands, _span(node), targets=names, names=inside, flag=_flag(node.targets)
            )
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            operands = self._operands([node.value])
            return Operation("assign", "=", operands, _span(node), targets=_names(node), names=self._inside(node))
        return None

    def _inside(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> tuple[str, ...]:
        """The names in what an assignment gives."""
        inside = ast.walk(node.value) if node.value is not None else ()
        found = {name for each in inside if isinstance(each, (ast.Name, ast.Attribute)) and (name := dotted(each))}
        return tuple(sorted(found - {self._mark}))

    def _made(self, kind: str, words: str, operands: list[ast.expr], node: ast.expr) -> Operation:
        return Operation(kind, words, self._operands(operands), _span(node))

    def _call(self, node: ast.Call) -> Operation:
        arguments = self._operands([*node.args, *(keyword.value for keyword in node.keywords)])
        keywords = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
        function = node.func
        if isinstance(function, ast.Attribute):
            receiver = self._operands([function.value], "receiver")
            named = dotted(function)
            return Operation("call", function.attr, receiver + arguments, _span(node), named, (), keywords)
        words = function.id if isinstance(function, ast.Name) else ""
        callee = self._operands([function], "callee")
        return Operation("call", words, callee + arguments, _span(node), words or None, (), keywords)

    def _operands(
        self, nodes: list[ast.expr], role: str = "argument", called: str | None = None
    ) -> tuple[Operand, ...]:
        found: list[Operand] = []
        for node in nodes:
            found.extend(self._operand(node, role, called))
        return tuple(found[:MAX_OPERANDS])

    def _operand(self, node: ast.expr, role: str, called: str | None) -> tuple[Operand, ...]:
        site = self._site(node)
        if site is not None:
            return (Operand(_span(node), None, site, role, called),)
        name = dotted(node)
        if name is not None:
            return (Operand(_span(node), name, None, role, called),)
        if isinstance(node, ast.Attribute):
            inner = self._operand(node.value, role, called)
            return tuple(
                replace(each, span=_span(node), rest=(*each.rest, node.attr)) for each in inner if each.site is not None
            )
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            inside = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            return self._operands([*inside, *node.args], role, called or (name or "").rpartition(".")[2] or None)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            element = self._site(node.elt)  # its names mean nothing outside of it
            return (Operand(_span(node), None, element, role, called, many=True),) if element is not None else ()
        parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        is_open = isinstance(node, (ast.List, ast.Tuple, ast.Starred, ast.IfExp, ast.BoolOp, ast.Dict, ast.NamedExpr))
        return self._operands(parts, role, called) if is_open else ()

    def _site(self, node: ast.expr) -> int | None:
        """The number of the mark that the expression is wrapped in."""
        is_mark = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == self._mark
        number = node.args[1] if is_mark and isinstance(node, ast.Call) else None
        return number.value if isinstance(number, ast.Constant) and isinstance(number.value, int) else None


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` as it is written, or None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := dotted(node.value)) is not None:
        return f"{head}.{node.attr}"
    return None


def _base(target: ast.expr) -> ast.expr:
    """What an augmented assignment changes: of `w[0] += 1` that is `w`."""
    return target.value if isinstance(target, ast.Subscript) else target


def _names(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> tuple[str, ...]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return tuple(name for each in targets if (name := dotted(each)) is not None)


def _flag(targets: list[ast.expr]) -> str | None:
    """Which of a tensor's own attributes an assignment sets."""
    first = targets[0]
    is_flag = isinstance(first, ast.Attribute) and first.attr in ("requires_grad", "grad", "data")
    return first.attr if isinstance(first, ast.Attribute) and is_flag else None


def _span(node: ast.expr | ast.stmt) -> Span:
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
