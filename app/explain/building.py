"""Exceptions around what programs are built of: modules, optimizers, custom Functions, `.grad` that is not there."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, written
from .facts import Facts
from .mistakes import Table, edits_of, raised
from .trouble import Trouble


def _legacy_function(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    inner = call.func if call is not None else None
    fixed, name = None, None
    if isinstance(inner, ast.Call) and edits is not None:
        name = written(inner.func)
        fixed = edits.replace(inner, f"{edits.text(inner.func)}.apply").done()
    elif edits is not None and isinstance(inner, ast.Name):
        name = inner.id
        made = [
            each
            for each in edits.all(ast.Assign)
            if written(each.targets[0]) == name and isinstance(each.value, ast.Call)
        ]
        if made and isinstance(made[0].value, ast.Call):
            value = made[0].value
            fixed = edits.replace(value, f"{edits.text(value.func)}.apply").done()
    return raised(
        trouble,
        "custom-function-called-directly",
        say("A Function is never instantiated: apply() makes the node and calls forward()."),
        say("Call {name}.apply(x).", name=name or "MyFunction"),
        variable=name,
        fixed=fixed,
    )


def _gradient_count(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(
        r"function (\w+?)(?:Backward)? returned an (incorrect number of gradients|invalid gradient)", trouble.message
    )
    wrong_shape = "invalid gradient" in trouble.message
    return raised(
        trouble,
        "custom-function-grad-shape" if wrong_shape else "custom-function-grad-count",
        say("{name}'s backward() gave a gradient of another shape than its input has.", name=found[1] if found else "?")
        if wrong_shape
        else say(
            "{name}'s backward() must return one gradient for each argument of forward(), None where there is none.",
            name=found[1] if found else "?",
        ),
        say("Compare what backward() returns with forward()'s arguments, and test it with torch.autograd.gradcheck."),
    )


def _no_parameters(facts: Facts, trouble: Trouble) -> Mistake:
    used_up = next((each.name for each in trouble.operands if each.kind == "generator"), None)
    if used_up is not None:
        return raised(
            trouble,
            "parameters-used-up",
            say(
                "{name} is a generator, and something before went through it: a second time it gives nothing.",
                name=used_up,
            ),
            say("Make a list of it once: {name} = list(model.parameters()).", name=used_up),
            variable=used_up,
        )
    return raised(
        trouble,
        "unregistered-layers",
        say(
            "The module told of no parameters: layers in a plain list or dictionary, tensors that are no"
            " nn.Parameter, or a generator that was used up before."
        ),
        say("Put layers into nn.ModuleList or nn.ModuleDict, and tensors into nn.Parameter."),
        fixed=_listed(edits_of(facts)),
    )


def _listed(edits: Edits | None) -> str | None:
    """Layers of a list or dictionary in an attribute, given to the container that registers them."""
    found = []
    for statement in edits.all(ast.Assign) if edits is not None else ():
        target, value = statement.targets[0], statement.value
        holds = any(
            isinstance(each, ast.Call) and re.search(r"nn\.\w+$", written(each.func) or "") for each in ast.walk(value)
        )
        if isinstance(target, ast.Attribute) and written(target.value) == "self" and holds:
            kind = {ast.List: "ModuleList", ast.ListComp: "ModuleList", ast.Dict: "ModuleDict"}.get(type(value))
            found.append((value, kind))
    found = [(value, kind) for value, kind in found if kind]
    for value, kind in found:
        assert edits is not None  # only then something was found
        edits.replace(value, f"torch.nn.{kind}({edits.text(value)})")
    return edits.done() if edits is not None and found else None


def _nonleaf_in_optimizer(facts: Facts, trouble: Trouble) -> Mistake:
    value = next((each for each in trouble.operands if not each.is_leaf), None)
    return raised(
        trouble,
        "optimizer-nonleaf",
        say(
            "An optimizer changes leaves, and {name} was computed: its next value would be computed anew all the same.",
            name=value.name if value and value.name else say("one of these tensors"),
        ),
        say("Make it a leaf after it is computed: w = (...).detach().requires_grad_(), and give the optimizer that."),
        variable=value.name if value else None,
    )


def _before_init(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    statement = edits.statement_on(trouble.spot.line) if edits and trouble.spot else None
    function = edits.around(statement, ast.FunctionDef) if edits else None
    fixed = None
    if edits is not None and function is not None and function.name == "__init__":
        fixed = edits.before(function.body[0], "super().__init__()").done()
    return raised(
        trouble,
        "missing-super-init",
        say("nn.Module keeps its list of layers and parameters in what its own __init__ makes, and that has not run."),
        say("Begin __init__ with super().__init__()."),
        fixed=fixed,
    )


def _assigned_parameter(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    statement = edits.statement_on(trouble.spot.line) if edits and trouble.spot else None
    fixed = None
    if edits is not None and isinstance(statement, ast.Assign):
        fixed = edits.replace(statement.value, f"torch.nn.Parameter({edits.text(statement.value)})").done()
    return raised(
        trouble,
        "parameter-assigned-tensor",
        say("A registered parameter can only be replaced by an nn.Parameter, or the module would lose it."),
        say(
            "Wrap it: nn.Parameter(...); or change its values in place under torch.no_grad(): layer.weight.copy_(...)."
        ),
        fixed=fixed,
    )


def _inference(facts: Facts, trouble: Trouble) -> Mistake:
    return raised(
        trouble,
        "inference-tensor",
        say("A tensor made under torch.inference_mode() can never take part in a graph, also outside of it."),
        say("Make it under torch.no_grad() instead, or take a .clone() outside of inference_mode()."),
        variable=trouble.tensor.name if trouble.tensor else None,
    )


TABLE: Table = (
    (r"[Ii]nference tensor", _inference),
    (r"Legacy autograd function with non-static forward", _legacy_function),
    (r"returned an (incorrect number of gradients|invalid gradient)", _gradient_count),
    (r"optimizer got an empty parameter list", _no_parameters),
    (r"can't optimize a non-leaf Tensor", _nonleaf_in_optimizer),
    (r"before Module.__init__\(\) call", _before_init),
    (r"cannot assign '.*' as parameter", _assigned_parameter),
)
