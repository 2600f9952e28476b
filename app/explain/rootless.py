"""A backward, or a second derivative, that began at something without a history: where that was lost."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of
from .facts import Cut, Facts
from .mending import joined, recording
from .mistakes import Table, edits_of, raised
from .sources import candidates, require_all
from .things import Spot
from .trouble import Trouble
from .wording import cutting

IDS = {
    "detach": "detach-cuts", "data": "data-cuts", "item": "item-rewrap", "tolist": "item-rewrap", "numpy": "numpy-cuts",
    "tensor": "item-rewrap", "parameter": "parameter-cuts-graph", "integer": "cast-int-cuts",
    "comparison": "comparison-cuts", "position": "argmax-nondiff", "no_grad": "loss-under-no-grad",
    "gradient": "double-backward-no-create-graph", "other": "path-cut",
}  # fmt: skip
"""A cut's kind -> the mistake it makes."""


def no_history(facts: Facts, trouble: Trouble) -> Mistake | None:
    """backward() on something that does not require grad."""
    root = trouble.root
    events = root.events | root.sources if root is not None else frozenset()
    cuts = [cut for cut in facts.cuts if cut.number in events]
    cut = _telling(cuts)
    if cut is None and root is not None and (root.root.name or "").endswith(".grad"):
        return _first_order(facts, trouble, None)
    if cut is None:
        return _nothing_requires_grad(facts, trouble, events)
    if cut.kind == "gradient":
        return _first_order(facts, trouble, cut)
    return cut_of(facts, cut, trouble)


def cut_of(facts: Facts, cut: Cut, trouble: Trouble) -> Mistake:
    """The mistake that a cut made, where an exception showed it."""
    rebound = _rebound(cut)
    id = "rebind-update-no-grad" if rebound else "grad-disabled-globally" if cut.is_global else IDS[cut.kind]
    edits = edits_of(facts)
    spot = cut.switch if cut.is_global and cut.switch else cut.spot
    fixed = None
    if edits is not None:
        fixed = (
            _in_place(edits, cut) if rebound else recording(edits, cut) if cut.kind == "no_grad" else joined(edits, cut)
        )
    explanation, fix = cutting(cut, rebound=rebound)
    return raised(
        trouble,
        id,
        explanation + " " + say("So what backward() was called on has no history."),
        fix,
        spot=spot,
        variable=cut.operand.name,
        fixed=fixed,
    )


def _telling(cuts: list[Cut]) -> Cut | None:
    """The cut to blame: the last that had leaves behind it."""
    for cut in reversed(cuts):
        if cut.leaves or cut.kind == "gradient":
            return cut
    return cuts[-1] if cuts else None


def _rebound(cut: Cut) -> bool:
    """Whether a leaf's own name was bound to what was cut from it: `w = w - lr * w.grad` under no_grad()."""
    return cut.kind == "no_grad" and cut.target is not None and cut.operand.name == cut.target and cut.operand.is_leaf


def _in_place(edits: Edits, cut: Cut) -> str | None:
    """`w = w - step` -> `w -= step`, with the gradient cleared behind it where nothing else clears it."""
    name = cut.target or ""
    return in_place_update(edits, edits.statement(edits.at(cut.spot.span, ast.expr)), name, guarded=True)


def in_place_update(edits: Edits, statement: ast.stmt | None, name: str, *, guarded: bool) -> str | None:
    """An update that rebinds its name, written in place; `guarded` says that it stands under no_grad() already."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.BinOp):
        return None
    value = statement.value
    sign = {ast.Sub: "-", ast.Add: "+"}.get(type(value.op))
    if sign is None or edits.text(value.left) != name or not isinstance(statement.targets[0], ast.Name):
        return None
    right = edits.text(value.right)
    right = f"({right})" if isinstance(value.right, ast.BinOp) and not _binds_tighter(value.right) else right
    loop = edits.loop(statement)
    text = edits.text(loop) if loop is not None else ""
    clears = re.search(r"zero_grad|grad\s*=\s*None|grad\.(data\.)?zero_", text)
    indent = edits.indent(statement)
    update = f"{name} {sign}= {right}"
    with_block = edits.around(statement, ast.With)
    if not guarded:
        update = f"with torch.no_grad():\n{indent}    {update}"
        if not clears:
            edits.behind(statement, f"{name}.grad = None")
    elif not clears and with_block is not None:
        edits.behind(with_block, f"{name}.grad = None")
    return edits.replace(statement, update).done()


def _binds_tighter(node: ast.BinOp) -> bool:
    return isinstance(node.op, (ast.Mult, ast.Div, ast.MatMult, ast.Pow))


def _first_order(facts: Facts, trouble: Trouble, cut: Cut | None) -> Mistake:
    edits = edits_of(facts)
    call = edits.at(cut.spot.span, ast.Call) if edits and cut else None
    fixed = None
    if edits is not None and call is not None:
        flag = keyword_of(call, "create_graph")
        fixed = (edits.replace(flag.value, "True") if flag else edits.argue(call, "create_graph=True")).done()
    filled = [each for each in facts.passes if each.fills and not each.raised and each.spot is not None]
    spot: Spot | None = cut.spot if cut is not None else filled[-1].spot if filled else trouble.spot
    return raised(
        trouble,
        "double-backward-no-create-graph",
        say(
            "The gradient that was asked for on line {line} came without create_graph=True: it is a plain tensor with"
            " no history, so nothing can be differentiated a second time.",
            line=spot.line if spot else "?",
        ),
        say("Give the first derivative create_graph=True, so that it has a graph of its own."),
        spot=spot,
        variable=cut.result.name if cut and cut.result else None,
        fixed=fixed,
    )


def _nothing_requires_grad(facts: Facts, trouble: Trouble, behind: frozenset[int]) -> Mistake:
    found = candidates(facts, behind)
    edits = edits_of(facts)
    fixed = None
    if edits is not None and found and require_all(edits, found):
        fixed = edits.done()
    names = ", ".join(dict.fromkeys(each.value.name or "?" for each in found))
    root = trouble.root.root.name if trouble.root else None
    return raised(
        trouble,
        "no-grad-fn",
        say(
            "No tensor that {root} was computed from requires grad, so torch recorded no graph and there is nothing"
            " for backward() to go back through.",
            root=root or say("this"),
        ),
        say("Make what you want gradients for with requires_grad=True: {names}.", names=names)
        if names
        else say("Make what you want gradients for with requires_grad=True."),
        spot=found[0].spot if found else None,
        variable=found[0].value.name if found else root,
        fixed=fixed,
    )


def outside(facts: Facts, trouble: Trouble) -> Mistake:
    """retain_grad() or register_hook() on a tensor that belongs to no graph."""
    value = next((each for each in trouble.operands if each.kind in ("tensor", "parameter")), None)
    name = value.name if value and value.name else say("this tensor")
    cuts = [cut for cut in facts.cuts if cut.number in trouble.behind]
    id = "retain-grad-no-grad" if "retain_grad" in trouble.message else "hook-no-grad"
    found = candidates(facts, trouble.behind)
    edits = edits_of(facts)
    fixed = None
    if edits is not None and cuts:
        fixed = recording(edits, cuts[-1]) if cuts[-1].kind == "no_grad" else joined(edits, cuts[-1])
    elif edits is not None and found and require_all(edits, found):
        fixed = edits.done()
    elif edits is not None and not found:
        sources = [each for each in facts.sources if each.number in trouble.behind]
        fixed = edits.done() if sources and require_all(edits, sources[:1]) else None
    why = cutting(cuts[-1])[0] if cuts else say("Nothing that it was computed from requires grad.")
    return raised(
        trouble,
        id,
        say("{name} is part of no graph, so no gradient will ever come to it.", name=name) + " " + why,
        say("Give what it is computed from requires_grad=True, and keep the path whole."),
        variable=value.name if value else None,
        fixed=fixed,
    )


def number_instead(facts: Facts, trouble: Trouble) -> Mistake | None:
    """A method of tensors was asked of a number or an array: where the tensor became one."""
    found = re.search(
        r"'([\w.]+)' object has no attribute '(backward|grad|requires_grad\w*|detach|item)'", trouble.message
    )
    if found is None or found[1] not in ("float", "int", "numpy.float64", "numpy.float32", "numpy.ndarray", "list"):
        return None
    cuts = [cut for cut in facts.cuts if cut.number in trouble.behind]
    cut = _telling(cuts)
    named = [each.name for each in trouble.operands if each.name and not each.name.endswith(f".{found[2]}")]
    name = named[0] if named else None
    if cut is None and found[2] != "backward":
        return None
    edits = edits_of(facts)
    fixed = joined(edits, cut) if edits is not None and cut is not None else None
    where = (
        say("On line {line} {words} took its value out of the graph.", line=cut.spot.line, words=_written(cut))
        if cut is not None
        else say("A number has no graph.")
    )
    return raised(
        trouble,
        "item-then-backward",
        say(
            "{name} is a plain {kind}, not a tensor: it has no graph and no {method}().",
            name=name or say("This"),
            kind=found[1].rpartition(".")[2],
            method=found[2],
        )
        + " "
        + where,
        say("Keep the tensor for backward(), and take .item() only of what you print."),
        spot=cut.spot if cut is not None else None,
        variable=name,
        fixed=fixed,
    )


def _written(cut: Cut) -> str:
    return f".{cut.words}()" if cut.words in ("item", "tolist", "numpy", "detach") else f"{cut.words}()"


TABLE: Table = (
    (r"does not require grad and does not have a grad_fn", no_history),
    (r"can't retain_grad on Tensor that has requires_grad=False", outside),
    (r"cannot register a hook on a tensor that doesn't require gradient", outside),
    (r"object has no attribute '(backward|grad|requires_grad\w*|detach|item)'", number_instead),
)
