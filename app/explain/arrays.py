"""Exceptions where a tensor of a graph was handed to NumPy, or to what draws with it."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, written
from .facts import Facts
from .mistakes import Table, edits_of, raised
from .things import Value
from .trouble import Trouble

TORCH_TOO = frozenset({
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "abs", "square", "log1p", "expm1", "floor",
    "ceil", "sign", "dot", "matmul", "sum", "mean", "maximum", "minimum", "log2", "log10", "outer", "arctan", "std",
    "var", "prod",
})  # fmt: skip
"""NumPy's functions that torch has under the same name."""


def _numpy(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    function = call.func if call is not None else None
    if trouble.where.startswith("numpy") and isinstance(function, ast.Attribute) and edits is not None:
        return _function(trouble, edits, function)
    value = _of_graph(trouble)
    return raised(
        trouble,
        "numpy-requires-grad",
        say("NumPy cannot track gradients, so torch refuses to hand it a tensor that is part of a graph."),
        say(
            "Look at the values with .detach().numpy(); inside the computation use torch's functions, which keep the"
            " path."
        ),
        variable=value.name if value else None,
        fixed=_detached(edits, call, value) if edits is not None and call is not None else None,
    )


def _of_graph(trouble: Trouble) -> Value | None:
    return next((each for each in trouble.operands if each.requires_grad), None)


def _function(trouble: Trouble, edits: Edits, function: ast.Attribute) -> Mistake:
    """One of NumPy's own functions, given a tensor."""
    value = _of_graph(trouble)
    same = function.attr in TORCH_TOO
    instead = say("Use torch.{name} instead.", name=function.attr) if same else say("Use torch's own function instead.")
    return raised(
        trouble,
        "numpy-function",
        say(
            "{function} is NumPy's and would leave the graph: NumPy cannot track gradients, so torch refuses to hand"
            " it a tensor that requires grad.",
            function=written(function) or function.attr,
        ),
        instead + " " + say("For a look at the values alone, pass x.detach()."),
        variable=value.name if value else None,
        fixed=edits.replace(function, f"torch.{function.attr}").done() if same else None,
    )


def _detached(edits: Edits, call: ast.Call, value: Value | None) -> str | None:
    """What is handed over, taken out of the graph first."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "numpy":
        return edits.replace(function, re.sub(r"\.\s*numpy$", ".detach().numpy", edits.text(function))).done()
    inside = [each for each in call.args if value is not None and value.name and written(each) == value.name]
    return edits.after(inside[0], ".detach()").done() if inside else None


def _numpy_method(facts: Facts, trouble: Trouble) -> Mistake | None:
    """NumPy's function that calls the tensor's own method of that name, in its own manner."""
    return _numpy(facts, trouble) if trouble.where.startswith("numpy") and trouble.tensor is not None else None


TABLE: Table = (
    (r"Can't call numpy\(\) on Tensor that requires grad", _numpy),
    (r"got an unexpected keyword argument|received an invalid combination of arguments", _numpy_method),
)
