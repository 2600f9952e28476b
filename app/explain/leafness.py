"""Exceptions about what a tensor is: a leaf or computed, floating or not, inside the graph or out of reach of NumPy."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of
from .facts import Facts
from .mistakes import Table, edits_of, raised
from .sources import floating
from .trouble import Trouble


def _int_requires_grad(facts: Facts, trouble: Trouble) -> Mistake:
    value = trouble.tensor
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    fixed = None
    if edits is not None:
        made = value.made.span if value and value.made else None
        is_new = call is not None and keyword_of(call, "requires_grad") is not None
        target = call if is_new else edits.at(made, ast.Call)
        fixed = floating(edits, target).done() if target is not None else None
    name = value.name if value and value.dtype.startswith(("int", "uint", "bool")) else None
    what = (
        say("{name} holds {dtype} numbers", name=name, dtype=value.dtype)
        if name and value
        else say("numbers written without a decimal point make an integer tensor")
    )
    return raised(
        trouble,
        "int-requires-grad",
        say(
            "Gradients are real numbers, so only floating-point and complex tensors can require them, and here {what}.",
            what=what,
        ),
        say("Write floats, for example torch.tensor([1., 2., 3.], requires_grad=True), or give dtype=torch.float32."),
        variable=name,
        fixed=fixed,
    )


def _flag_of_computed(facts: Facts, trouble: Trouble) -> Mistake:
    value = trouble.tensor
    name = value.name if value and value.name else "y"
    name = name.removesuffix(".requires_grad")
    edits, fixed = edits_of(facts), None
    statement = edits.statement(edits.at(trouble.spot.span, ast.expr, ast.stmt)) if edits and trouble.spot else None
    if edits is not None and isinstance(statement, (ast.Assign, ast.Expr)) and re.fullmatch(r"[\w.]+", name):
        fixed = edits.replace(statement, f"{name} = {name}.detach()").done()
    return raised(
        trouble,
        "requires-grad-false-nonleaf",
        say(
            "{name} was computed ({grad_fn}), so whether it requires grad follows from what it was computed from;"
            " only a leaf's flag can be changed.",
            name=name,
            grad_fn=(value.grad_fn if value else None) or "it has a grad_fn",
        ),
        say(
            "For the values outside the graph take {name} = {name}.detach(), or compute it under torch.no_grad().",
            name=name,
        ),
        variable=name,
        fixed=fixed,
    )


def _leaf_in_place(facts: Facts, trouble: Trouble) -> Mistake:
    value = trouble.tensor
    name = (value.name if value else None) or say("a leaf")
    through_view = "a view of a leaf" in trouble.message
    edits = edits_of(facts)
    explanation = (
        say(
            "{name} is a leaf that requires grad, and writing to a part of it changes the leaf itself while autograd"
            " records: it would become a computed tensor and lose its place as a leaf.",
            name=name,
        )
        if through_view
        else say(
            "{name} is a leaf you asked gradients for; changing it in place while autograd records would turn it into"
            " a computed tensor and lose the leaf.",
            name=name,
        )
    )
    return raised(
        trouble,
        "inplace-leaf-view" if through_view else "inplace-leaf-update",
        explanation,
        say("Put the change under with torch.no_grad():, as optimizers do, or make it before requires_grad_()."),
        variable=value.name if value else None,
        fixed=_under_no_grad(edits, trouble, name) if edits and trouble.spot else None,
    )


def _under_no_grad(edits: Edits, trouble: Trouble, name: str) -> str | None:
    """The changing statement under no_grad; in a loop that clears nothing, the gradient is cleared behind it."""
    spot = trouble.spot
    node = edits.at(spot.span, ast.stmt, ast.expr) if spot else None
    statement = edits.statement(node)
    if isinstance(statement, ast.Assign) and node in statement.targets:
        pass
    elif not isinstance(statement, (ast.AugAssign, ast.Expr)):
        return None
    loop = edits.loop(statement)
    outer = loop
    while outer is not None and edits.loop(outer) is not None:
        outer = edits.loop(outer)
    text = edits.text(outer) if outer is not None else ""
    steps = f"{name}.grad" in edits.text(statement) and "backward(" in text
    clears = re.search(r"zero_grad|grad\s*=\s*None|grad\.(data\.)?zero_|autograd\.grad", text)
    edits.under(statement, "with torch.no_grad():")
    if steps and not clears:
        edits.behind(statement, f"{name}.grad = None")
    return edits.done()


def _deepcopy(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    value = trouble.tensor
    argument = call.args[0] if call is not None and call.args else None
    fixed = None
    if edits is not None and call is not None and argument is not None and value is not None:
        text = edits.text(argument)
        text = text if isinstance(argument, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) else f"({text})"
        fixed = edits.replace(call, f"{text}.detach().clone()").done()
    what = value.name if value and value.name else say("what is copied")
    return raised(
        trouble,
        "deepcopy-nonleaf",
        say(
            "{what} is, or holds, a computed tensor: it is tied to its graph, and a graph cannot be copied. Only"
            " leaves can.",
            what=what,
        ),
        say("Take y.detach().clone() for the values, or y.clone() for a copy that stays in the graph."),
        variable=value.name if value else None,
        fixed=fixed,
    )


def _truth(facts: Facts, trouble: Trouble) -> Mistake:
    value = trouble.tensor
    count = value.shape if value else ()
    return raised(
        trouble,
        "bool-of-tensor",
        say(
            "A condition needs one True or False, and this tensor{shape} has several elements.",
            shape=f" {list(count)}" if count else "",
        ),
        say("Choose element by element with torch.where(x > 0, a, b), or make one of them: (x > 0).all() or .any()."),
        variable=value.name if value else None,
    )


def _one_element(facts: Facts, trouble: Trouble) -> Mistake:
    value = trouble.tensor
    return raised(
        trouble,
        "item-of-many",
        say("Only a tensor with one element can become a Python number, and this one has more."),
        say("Reduce it first (x.sum().item()), take one element (x[0].item()), or take them all (x.tolist())."),
        variable=value.name if value else None,
    )


TABLE: Table = (
    (r"[Oo]nly Tensors of floating point( and complex)? dtype can require grad", _int_requires_grad),
    (r"you can only change requires_grad flags of leaf variables", _flag_of_computed),
    (r"leaf Variable that requires grad is being used in an in-place operation", _leaf_in_place),
    (r"Only Tensors created explicitly by the user .* support the deepcopy", _deepcopy),
    (r"Boolean value of Tensor with more than one value is ambiguous", _truth),
    (
        r"a Tensor with \d+ elements cannot be converted to Scalar|only one element tensors can be converted",
        _one_element,
    ),
)
