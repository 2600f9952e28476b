"""What optimizers and modules hold beside what got the gradients: old tensors, frozen ones, unregistered ones."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of
from .facts import Binding, Facts, Holding, Loose
from .mistakes import edits_of, mistake
from .things import Leaf, Spot, Value


def old_tensors(facts: Facts) -> Iterator[Mistake]:
    """An optimizer that holds tensors which nothing leads to any more, beside new ones that get the gradients."""
    reached = {leaf.identity for leaf in facts.leaves if leaf.reached}
    for each in facts.holdings:
        steps = [step for step in facts.steps if step.identity == each.identity]
        if not steps or any(step.with_grad for step in steps) or reached & set(each.held):
            continue
        new = [leaf for leaf in facts.leaves if leaf.reached and leaf.holder is None]
        same = [leaf for leaf in new if leaf.shape in {value.shape for value in each.nameless}]
        if not same:
            continue
        bound = _rebound(facts, each, same)
        spot = bound.spot if bound is not None else same[0].made or steps[0].spot
        name = bound.name if bound is not None else same[0].name
        yield mistake(
            "optimizer-holds-old-tensor",
            "warning",
            spot,
            say(
                "{name} names a new tensor from here on; {optimizer} was built before and still holds the old one,"
                " which gets no gradient, so its steps change nothing.",
                name=name or "?",
                optimizer=each.name,
            ),
            say("Make the tensor final first (dtype, device, values), then build the optimizer from it."),
            variable=name,
            fixed=_built_later(edits_of(facts), spot, each.name),
        )


def _rebound(facts: Facts, each: Holding, new: list[Leaf]) -> Binding | None:
    identities = {leaf.identity for leaf in new}
    held = [one for one in facts.bindings if one.before is not None and one.before.identity in each.held]
    named = {(leaf.name or "").partition(".")[0] for leaf in new}
    again = [one for one in facts.bindings if one.before is not None and one.name in named]
    given = [one for one in facts.bindings if one.now is not None and one.now.identity in identities]
    owners = {_last(leaf.owner) for leaf in new if leaf.owner}
    modules = [one for one in facts.bindings if one.now and one.now.kind == "module" and _last(one.name) in owners]
    return next(iter([*held, *again, *given, *modules[1:][-1:]]), None)  # the last of several modules of that name


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _built_later(edits: Edits | None, spot: Spot | None, name: str) -> str | None:
    """The optimizer's line moved behind the one that makes the tensor new."""
    statement = edits.statement_on(spot.line) if edits and spot else None
    if edits is None or statement is None:
        return None
    built = [
        each
        for each in edits.block(statement)
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id == name
    ]
    if len(built) != 1 or built[0].lineno > statement.lineno:
        return None
    return edits.move(built[0], behind=statement).done()


def frozen(facts: Facts) -> Iterator[Mistake]:
    """Tensors that an optimizer holds and steps over, because they do not require grad."""
    for each in facts.holdings:
        for value in each.frozen if each.steps else ():
            if value.name is None:
                continue
            spot, alone = _frozen_at(facts, value)
            if spot is None and value.kind == "parameter":
                continue
            yield mistake(
                "frozen-parameter" if spot else "optimizer-holds-constant",
                "warning" if alone else "note",
                spot or value.made,
                say(
                    "{name} does not require grad, so it gets no gradient, and {optimizer} steps over it without a"
                    " word.",
                    name=value.name,
                    optimizer=each.name,
                ),
                say(
                    "To train it, call {name}.requires_grad_(True); else give the optimizer the others alone.",
                    name=value.name,
                ),
                variable=value.name,
                fixed=_thawed(edits_of(facts), facts, spot, value),
            )


def _frozen_at(facts: Facts, value: Value) -> tuple[Spot | None, bool]:
    """Where the tensor was frozen, and whether it was alone: a whole module, or a loop over many, is meant to be."""
    edits = edits_of(facts)
    for bound in facts.bindings:
        is_flag = bound.name.endswith(".requires_grad") and bound.value is False
        if is_flag and bound.now is not None and bound.now.identity == value.identity:
            statement = edits.statement_on(bound.spot.line) if edits else None
            return bound.spot, edits is None or edits.loop(statement) is None
    for call in facts.calls:
        if call.words == "requires_grad_" and call.seen and call.seen[0].identity == value.identity:
            statement = edits.statement_on(call.spot.line) if edits else None
            return call.spot, edits is None or edits.loop(statement) is None
    whole = next(
        (
            each
            for each in facts.calls
            if each.words == "requires_grad_" and each.seen and each.seen[0].kind == "module"
        ),
        None,
    )
    return (whole.spot, False) if whole is not None else (None, value.kind != "parameter")


def _thawed(edits: Edits | None, facts: Facts, spot: Spot | None, value: Value) -> str | None:
    if edits is None:
        return None
    if spot is None:
        call = edits.at(value.made.span if value.made else None, ast.Call)
        return edits.after(call, ".requires_grad_()").done() if call is not None else None
    statement = edits.statement_on(spot.line)
    if isinstance(statement, (ast.Assign, ast.Expr)) and edits.loop(statement) is None:
        return edits.remove(statement).done()
    return None


def unregistered(facts: Facts) -> Iterator[Mistake]:
    """Tensors and layers that get gradients but are in no parameters(), so that no optimizer changes them."""
    reached = {leaf.identity for leaf in facts.leaves if leaf.reached}
    held = {identity for each in facts.holdings for identity in each.held}
    for part in facts.loose:
        inside = {value.identity for value in part.values}
        if not reached & inside or inside & held or not facts.steps:
            continue
        if part.siblings and not held & set(part.siblings):
            continue  # its module is in no optimizer either
        yield _tensor(facts, part) if part.kind == "tensor" else _layers(facts, part)


def _tensor(facts: Facts, part: Loose) -> Mistake:
    name = f"self.{part.attribute}"
    edits = edits_of(facts)
    statement = edits.at(part.spot.span, ast.Assign) if edits and part.spot else None
    fixed = None
    if edits is not None and statement is not None:
        value = statement.value
        text = edits.text(value)
        flag = keyword_of(value, "requires_grad") if isinstance(value, ast.Call) else None
        if flag is not None:
            keyword = f"requires_grad={edits.text(flag.value)}"
            text = text.replace(f", {keyword}", "").replace(keyword, "")
        fixed = edits.replace(value, f"torch.nn.Parameter({text.removesuffix('.requires_grad_()')})").done()
    return mistake(
        "tensor-not-parameter",
        "warning",
        part.spot,
        say(
            "{name} gets a gradient, but it is a plain tensor and no nn.Parameter: it is not in {owner}.parameters(),"
            " so the optimizer never changes it.",
            name=name,
            owner=part.owner,
        ),
        say("{name} = nn.Parameter(...).", name=name),
        variable=name,
        fixed=fixed,
    )


def _layers(facts: Facts, part: Loose) -> Mistake:
    name = f"self.{part.attribute}"
    edits = edits_of(facts)
    is_layers = part.kind == "layers"
    kind = ("ModuleDict" if part.container == "dict" else "ModuleList") if is_layers else "ParameterList"
    statement = edits.at(part.spot.span, ast.Assign) if edits and part.spot else None
    fixed = None
    if edits is not None and statement is not None and (is_layers or part.container != "dict"):
        made = _is_flat(statement.value)
        fixed = (
            edits.replace(statement.value, f"torch.nn.{kind}({edits.text(statement.value)})").done() if made else None
        )
    return mistake(
        "unregistered-layers",
        "warning",
        part.spot,
        say(
            "{name} holds layers in a plain {container}: {owner} does not see them, their parameters are not in"
            " parameters(), and the optimizer never changes them.",
            name=name,
            container=part.container or "list",
            owner=part.owner,
        ),
        say("Use nn.{kind}(...), which registers what it holds.", kind=kind),
        variable=name,
        fixed=fixed,
    )


def _is_flat(value: ast.expr) -> bool:
    """Whether it is written as a container of layers, not of further containers."""
    if isinstance(value, (ast.List, ast.Tuple)):
        inside = value.elts
    elif isinstance(value, ast.ListComp):
        inside = [value.elt]
    elif isinstance(value, (ast.Dict, ast.DictComp)):
        inside = value.values if isinstance(value, ast.Dict) else [value.value]
    else:
        return False
    return not any(isinstance(each, (ast.List, ast.Tuple, ast.Dict, ast.ListComp)) for each in inside)


DETECTORS = (old_tensors, frozen, unregistered)
