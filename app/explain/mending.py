"""Corrections that mend a path: take the cutting call out, or switch recording on where it was off."""

import ast
import re

from .edits import Edits, keyword_of
from .facts import Cut

METHODS = ("detach", "detach_", "item", "tolist", "numpy", "long", "int", "short", "byte", "bool")
WRAPS = (
    "tensor",
    "as_tensor",
    "from_numpy",
    "Tensor",
    "FloatTensor",
    "Parameter",
    "Variable",
    "float",
    "array",
    "asarray",
)


def joined(edits: Edits, cut: Cut) -> str | None:
    """The source with the cut taken out, or None where that is not safe."""
    node: ast.expr | None = edits.at(cut.spot.span, ast.Call, ast.Attribute)
    if node is None or not _is_mendable(cut, node):
        return None
    while True:
        outer = edits.parent(node)
        if isinstance(outer, ast.Call) and node in outer.args and _is_wrap(outer) and len(outer.args) == 1:
            node = outer
        elif isinstance(outer, ast.Attribute) and isinstance(edits.parent(outer), ast.Call) and outer.attr in _CHAIN:
            up = edits.parent(outer)
            assert isinstance(up, ast.Call)  # asked a line above
            if up.args or up.func is not outer:
                break
            node = up
        else:
            break
    inner = _core(node)
    peeled = ast.unparse(node).replace(ast.unparse(inner), "", 1)
    if re.search(r"\.(numpy|tolist)\(", peeled) and not (isinstance(node, ast.Call) and _is_wrap(node)):
        return None  # what stands around takes an array
    _unwrap_later(edits, node)
    return edits.replace(node, _grouped(edits, inner, node)).done() if inner is not node else None


def _unwrap_later(edits: Edits, node: ast.expr) -> None:
    """Takes off the call that makes a tensor again of the name this was assigned to."""
    statement = edits.statement(node)
    target: ast.expr | None = statement.target if isinstance(statement, ast.AugAssign) else None
    target = statement.targets[0] if isinstance(statement, ast.Assign) else target
    for call in edits.all(ast.Call) if isinstance(target, ast.Name) else ():
        again = call.args[0] if call.args and _is_wrap(call) else None
        if isinstance(again, ast.Name) and isinstance(target, ast.Name) and again.id == target.id:
            edits.replace(call, again.id)


_CHAIN = (*METHODS, "float", "double", "requires_grad_", "clone")


def _is_mendable(cut: Cut, node: ast.expr) -> bool:
    if cut.kind in ("detach", "data", "item", "tensor", "parameter", "integer"):
        return True
    return cut.kind == "numpy" and isinstance(node, ast.Call)


def _core(node: ast.expr) -> ast.expr:
    """What is left when calls that cut, and those that only dress what they cut, are taken off."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr == "data":
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHAIN:
            node = node.func.value
        elif isinstance(node, ast.Call) and node.args and _is_wrap(node):
            node = node.args[0]
        else:
            return node


def _is_wrap(call: ast.Call) -> bool:
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    return name in WRAPS


def _grouped(edits: Edits, inner: ast.expr, outer: ast.expr) -> str:
    """The inner text, in parentheses where it would bind to what stands around otherwise."""
    text = edits.text(inner)
    parent = edits.parent(outer)
    loose = isinstance(inner, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda))
    inside = isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript, ast.Compare))
    return f"({text})" if loose and inside else text


def recording(edits: Edits, cut: Cut) -> str | None:
    """The source with recording on where it was switched off for this; None where the block also changes leaves."""
    if cut.is_global and cut.switch is not None:
        call = edits.at(cut.switch.span, ast.Call)
        argument = call.args[0] if call is not None and call.args else None
        return edits.replace(argument, "True").done() if argument is not None else None
    node = edits.at(cut.spot.span, ast.expr, ast.stmt)
    for block in (edits.around(node, ast.With), edits.around(node, ast.FunctionDef)):
        off = _switching_off(block)
        if block is None or off is None:
            continue
        if any(isinstance(each, ast.AugAssign) for each in ast.walk(block)) or "step(" in edits.text(block):
            return None
        prefix = "torch." if "torch." in edits.text(off) else ""
        return edits.replace(off, f"{prefix or 'torch.'}enable_grad()").done()
    return None


def _switching_off(block: ast.With | ast.FunctionDef | None) -> ast.expr | None:
    """The expression of a block or a decorator that switches recording off."""
    if isinstance(block, ast.With):
        places = [item.context_expr for item in block.items]
    else:
        places = list(block.decorator_list) if block is not None else []
    pattern = re.compile(r"no_grad|inference_mode|set_grad_enabled")
    return next((each for each in places if pattern.search(ast.unparse(each)) and keyword_of_none(each)), None)


def keyword_of_none(node: ast.expr) -> bool:
    """Whether the expression is a call without keywords, or no call at all."""
    return not isinstance(node, ast.Call) or keyword_of(node, "mode") is None
