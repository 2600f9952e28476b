"""A backward that met a saved tensor which had changed: what changed it, on which line, and what needed it."""

import ast

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of, written
from .facts import Facts
from .mistakes import Table, edits_of, raised
from .trouble import Changed, Trouble

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}


def changed_in_place(facts: Facts, trouble: Trouble) -> Mistake | None:
    """One of the variables needed for gradient computation has been modified by an inplace operation."""
    changed = trouble.changed
    if changed is None:
        return None
    edits = edits_of(facts)
    if changed.optimizer is not None:
        return _stepped(trouble, changed, edits)
    in_loop = _fills_in_loop(edits, changed)
    fixed = None
    if edits is not None:
        fixed = _copied(edits, changed) if in_loop else _anew(edits, changed) or _copied(edits_of(facts), changed)
    what = changed.variable or say("A tensor")
    return raised(
        trouble,
        "inplace-loop-index" if in_loop else "inplace-changes-saved",
        say(
            "{node} (line {made}) saved {kind} {what} for its backward, and line {line} changed it in place"
            " afterwards: version {version} instead of {saved}.",
            node=changed.node,
            made=changed.made.line if changed.made else "?",
            kind=say("its result") if changed.is_result else say("its operand"),
            what=what if changed.variable else "",
            line=changed.spot.line if changed.spot else say("unknown"),
            version=changed.version,
            saved=changed.saved_version if changed.saved_version is not None else "?",
        ).replace("  ", " "),
        say("Collect the pieces in a list and torch.stack() them at the end, or save a copy: .clone().")
        if in_loop
        else say("Write the change as a new tensor (y = y + 1 instead of y += 1), or change a .clone()."),
        spot=changed.spot or changed.made,
        variable=changed.variable,
        fixed=fixed,
    )


def _stepped(trouble: Trouble, changed: Changed, edits: Edits | None) -> Mistake:
    fixed = None
    step = edits.statement_on(changed.spot.line) if edits and changed.spot else None
    here = edits.statement_on(trouble.spot.line) if edits and trouble.spot else None
    if edits is not None and step is not None and here is not None and here in edits.block(step):
        fixed = edits.move(step, behind=here).done()
    return raised(
        trouble,
        "param-step-between",
        say(
            "{optimizer}.step() on line {line} changed {what} in place after the forward pass had saved it for"
            " {node}: this backward() would use the wrong weights.",
            optimizer=changed.optimizer,
            line=changed.spot.line if changed.spot else "?",
            what=changed.variable or say("the weights"),
            node=changed.node,
        ),
        say("Run every backward() before step(), or do the forward pass again after it."),
        spot=changed.spot,
        variable=changed.variable,
        fixed=fixed,
    )


def _fills_in_loop(edits: Edits | None, changed: Changed) -> bool:
    """Whether a loop writes into the tensor it reads from."""
    if edits is None or changed.spot is None or changed.made is None:
        return False
    statement = edits.statement_on(changed.spot.line)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    is_index = any(isinstance(each, ast.Subscript) for each in targets)
    return is_index and edits.loop(statement) is not None


def _anew(edits: Edits, changed: Changed) -> str | None:
    """`y += 1` -> `y = y + 1`; an inplace=True taken out; `y.add_(1)` -> `y = y.add(1)`."""
    statement = edits.statement_on(changed.spot.line) if changed.spot else None
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        sign = SIGNS.get(type(statement.op))
        name, value = statement.target.id, edits.text(statement.value)
        if sign is None or changed.variable not in (None, name):
            return None
        value = f"({value})" if isinstance(statement.value, (ast.BinOp, ast.IfExp)) else value
        return edits.replace(statement, f"{name} = {name} {sign} {value}").done()
    call = edits.at(changed.spot.span, ast.Call) if changed.spot else None
    if call is None:
        return None
    flag = keyword_of(call, "inplace")
    if flag is not None:
        return edits.replace(flag.value, "False").done()
    function = call.func
    if not isinstance(function, ast.Attribute) or not function.attr.endswith("_"):
        return None
    base = written(function.value)
    whole = f"{edits.text(function)[:-1]}{edits.text(call)[len(edits.text(function)) :]}"
    if isinstance(edits.parent(call), ast.Expr):
        return edits.replace(call, f"{base} = {whole}").done() if base and changed.variable in (None, base) else None
    return edits.replace(call, whole).done()


def _copied(edits: Edits | None, changed: Changed) -> str | None:
    """What was saved, saved as a copy: of a result behind the expression, of an operand where it is written."""
    if edits is None or changed.made is None:
        return None
    node = edits.at(changed.made.span, ast.expr)
    if node is None:
        return None
    if changed.is_result:
        text = edits.text(node)
        plain = isinstance(node, (ast.Call, ast.Name, ast.Subscript))
        return edits.replace(node, f"{text}.clone()" if plain else f"({text}).clone()").done()
    if changed.variable is None:
        return None
    root = changed.variable.partition("[")[0]
    operands = [each for each in ast.walk(node) if isinstance(each, (ast.Name, ast.Subscript)) and _base(each) == root]
    outer = [each for each in operands if edits.parent(each) not in operands]
    for each in outer:
        edits.after(each, ".clone()")
    return edits.done() if outer else None


def _base(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript):
        node = node.value
    return written(node)


def view_of_many(facts: Facts, trouble: Trouble) -> Mistake:
    """A change through one of several views that one call made."""
    return raised(
        trouble,
        "inplace-view-of-many",
        say(
            "This is one of several views that one call made (unbind, split, chunk, or a loop over a tensor), and"
            " changing one of them in place would change what the others share."
        ),
        say("Make a new tensor (v = v + 1), or change a .clone()."),
        variable=next((each.name for each in trouble.operands if each.name), None),
    )


TABLE: Table = (
    (r"modified by an inplace operation", changed_in_place),
    (r"is a view and .*(inplace|in-place)", view_of_many),
)
