"""Exceptions where a gradient was expected and there is none: not yet, not here, or never asked for."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, written
from .facts import Binding, Facts
from .mistakes import Table, edits_of, raised
from .rootless import in_place_update
from .things import Value
from .trouble import Trouble


def _missing_grad(facts: Facts, trouble: Trouble) -> Mistake | None:
    """`None` where a gradient was expected: nothing came yet, or the tensor is no leaf any more."""
    name = _owner_of_none(trouble)
    if name is None:
        return None
    owner = next((each for each in trouble.operands if each.name == name), None)
    if owner is None or owner.kind not in ("tensor", "parameter"):
        return None
    if owner.requires_grad and not owner.is_leaf:
        return _not_a_leaf(facts, trouble, owner)
    return _no_gradient_yet(facts, trouble, owner)


def _owner_of_none(trouble: Trouble) -> str | None:
    """The name before `.grad` that gave None."""
    for each in trouble.operands:
        if each.kind == "none" and each.name and each.name.endswith(".grad"):
            return each.name.removesuffix(".grad")
    return None


def _not_a_leaf(facts: Facts, trouble: Trouble, owner: Value) -> Mistake:
    name = owner.name or "?"
    bound = _rebinding(facts, name)
    edits = edits_of(facts)
    fixed = None
    if edits is not None and bound is not None:
        fixed = in_place_update(edits, edits.statement_on(bound.spot.line), name, guarded=False)
    if bound is None:
        return raised(
            trouble,
            "grad-of-nonleaf",
            say(
                "{name} was computed ({grad_fn}), so it is not a leaf, and backward() left it no .grad.",
                name=name,
                grad_fn=owner.grad_fn,
            ),
            say("Ask the leaf it was computed from, or call {name}.retain_grad() before backward().", name=name),
            variable=name,
        )
    return raised(
        trouble,
        "rebind-update",
        say(
            "On line {line} {name} is bound to a computed tensor ({grad_fn}); the leaf that gets gradients has lost"
            " its name, so {name}.grad is None.",
            line=bound.spot.line,
            name=name,
            grad_fn=owner.grad_fn,
        ),
        say("Update in place: with torch.no_grad(): {name} -= step, and clear {name}.grad behind it.", name=name),
        spot=bound.spot,
        variable=name,
        fixed=fixed,
    )


def _rebinding(facts: Facts, name: str) -> Binding | None:
    """Where a leaf's name was bound to something computed from it."""
    for each in facts.bindings:
        was_leaf = each.before is not None and each.before.is_leaf and each.before.requires_grad
        if each.name == name and was_leaf and name in each.operands:
            return each
    own = [each for each in facts.bindings if each.name == name and name in each.operands]
    return own[-1] if own else None


def _no_gradient_yet(facts: Facts, trouble: Trouble, owner: Value) -> Mistake:
    name = owner.name or "?"
    edits = edits_of(facts)
    fixed = None
    statement = edits.statement(edits.at(trouble.spot.span, ast.expr)) if edits and trouble.spot else None
    zeroes = isinstance(statement, ast.Expr) and "zero_" in trouble.message
    if edits is not None and statement is not None and zeroes:
        fixed = edits.replace(statement, f"{name}.grad = None").done()
    cut = next((cut for cut in facts.cuts if any(leaf.identity == owner.identity for leaf in cut.leaves)), None)
    if not owner.requires_grad:
        why = say("{name} does not require grad, so nothing ever fills its .grad.", name=name)
    elif any(owner.identity in each.leaves and each.fills for each in facts.passes):
        why = say("{name}.grad was cleared after backward() and before this line.", name=name)
    elif any(each.fills for each in facts.passes) and cut is not None:
        why = say("backward() did not reach {name}: the path was cut on line {line}.", name=name, line=cut.spot.line)
    elif any(each.fills for each in facts.passes):
        why = say(
            "backward() did not reach {name}: it was not used to compute what backward() was called on.", name=name
        )
    else:
        why = say("{name}.grad is None until the first backward().", name=name)
    return raised(
        trouble,
        "zero-grad-none" if "zero_" in trouble.message else "grad-is-none",
        why,
        say("Write {name}.grad = None to clear it, or ask first: if {name}.grad is not None.", name=name),
        variable=name,
        fixed=fixed,
    )


def _unused(facts: Facts, trouble: Trouble) -> Mistake:
    """autograd.grad for something that the output was not computed from."""
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    found = re.search(r"at index (\d+)", trouble.message)
    name = _asked(edits, call, int(found[1]) if found else 0)
    value = next((each for each in trouble.operands if each.name == name), None)
    if value is not None and not value.is_leaf:
        return raised(
            trouble,
            "grad-of-input-alias",
            say(
                "{name} is a new tensor ({grad_fn}) that was made from the input; the output was computed from that"
                " input, not from {name}.",
                name=name,
                grad_fn=value.grad_fn,
            ),
            say("Differentiate with respect to the input itself, and index the gradient."),
            variable=name,
        )
    fixed = edits.argue(call, "allow_unused=True").done() if edits is not None and call is not None else None
    cut = next(
        (cut for cut in facts.cuts if value and any(leaf.identity == value.identity for leaf in cut.leaves)), None
    )
    where = " " + say("The path was cut on line {line}.", line=cut.spot.line) if cut is not None else ""
    return raised(
        trouble,
        "grad-unused-input",
        say("No path leads from the output back to {name}, so there is no gradient for it.", name=name or "?") + where,
        say("Use {name} in the computation, or pass allow_unused=True, which gives None for it.", name=name or "?"),
        variable=name,
        fixed=fixed,
    )


def _asked(edits: Edits | None, call: ast.Call | None, index: int) -> str | None:
    """The name of the input that autograd.grad was asked for."""
    if edits is None or call is None:
        return None
    inputs = (
        call.args[1]
        if len(call.args) > 1
        else next((each.value for each in call.keywords if each.arg == "inputs"), None)
    )
    if isinstance(inputs, (ast.List, ast.Tuple)):
        inputs = inputs.elts[index] if index < len(inputs.elts) else None
    return written(inputs)


def _unrequired(facts: Facts, trouble: Trouble) -> Mistake:
    value = trouble.tensor
    return raised(
        trouble,
        "grad-input-no-grad",
        say("torch.autograd.grad was asked for the gradient of a tensor that does not require grad."),
        say("Make it with requires_grad=True before it is used."),
        variable=value.name if value else None,
    )


TABLE: Table = (
    (r"'NoneType'", _missing_grad),
    (r"appears? to not have been used in the graph", _unused),
    (r"One of the differentiated Tensors does not require grad", _unrequired),
)
