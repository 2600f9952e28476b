"""Smaller finds: second names for one tensor, wrong custom gradients, torch's own warnings, behaviour that surprises."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of
from .facts import Binding, Call, Facts, Pass, Spot, Value
from .mistakes import edits_of, mistake

SMALL = 30
"""Nodes up to which a graph's shape is told of."""


def aliased(facts: Facts) -> Iterator[Mistake]:
    """A tensor compared with itself under another name, after it was changed in place."""
    for call in facts.calls:
        pair = _same_pair(call)
        if pair is None:
            continue
        changed = [moment for identity, _, moment in facts.changes if identity == pair[0].identity and moment < call.moment]
        bound = _alias(facts, pair, changed)
        if not changed or bound is None:
            continue
        other = pair[1].name if bound.name == pair[0].name else pair[0].name
        edits = edits_of(facts)
        statement = edits.at(bound.spot.span, ast.Assign) if edits else None
        yield mistake(
            "alias-not-copy",
            "warning",
            bound.spot,
            say(
                "This gives one tensor a second name: {name} is {other}, so it changes with it, and line {line} compares the"
                " tensor with itself.",
                name=bound.name,
                other=other,
                line=call.spot.line,
            ),
            say("Take a copy: {name} = {other}.detach().clone().", name=bound.name, other=other),
            variable=bound.name,
            fixed=edits.replace(statement.value, f"{other}.detach().clone()").done()
            if edits is not None and statement is not None
            else None,
        )
        return


def _same_pair(call: Call) -> tuple[Value, Value] | None:
    tensors = [each for each in call.seen if each.kind in ("tensor", "parameter") and each.name]
    if call.words not in ("-", "==", "!=", "equal", "allclose", "isclose", "dist") or len(tensors) != 2:
        return None
    one, other = tensors
    return (one, other) if one.identity == other.identity and one.name != other.name else None


def _alias(facts: Facts, pair: tuple[Value, Value], changed: list[int]) -> Binding | None:
    """The assignment that gave the tensor its second name, before it was changed."""
    names = {pair[0].name, pair[1].name}
    for each in facts.bindings:
        is_it = each.now is not None and each.now.identity == pair[0].identity
        if is_it and each.name in names and set(each.operands) & (names - {each.name}) and any(each.moment < at for at in changed):
            return each
    return None


def wrong_functions(facts: Facts) -> Iterator[Mistake]:
    """Custom Functions whose backward is not the derivative of their forward."""
    for each in facts.wrong:
        yield mistake(
            "custom-function-wrong-grad",
            "warning",
            _returns(facts, each.name) or each.spot,
            say(
                "{name}.backward() does not give the derivative of its forward(): for {argument} it gives {given:.6g} where"
                " finite differences give {measured:.6g}.",
                name=each.name,
                argument=each.argument,
                given=each.given,
                measured=each.measured,
            ),
            say("Correct the formula that backward() returns, and test it with torch.autograd.gradcheck in float64."),
            variable=each.name,
        )


def _returns(facts: Facts, name: str) -> Spot | None:
    """Where the Function's backward gives its result."""
    edits = edits_of(facts)
    classes = [each for each in edits.all(ast.ClassDef) if each.name == name] if edits else []
    for each in ast.walk(classes[-1]) if classes else ():
        if isinstance(each, ast.FunctionDef) and each.name == "backward":
            returns = [inner for inner in ast.walk(each) if isinstance(inner, ast.Return)]
            return _spot(returns[-1].lineno, returns[-1].col_offset) if returns else None
    return None


def cyclic(facts: Facts) -> Iterator[Mistake]:
    """backward(create_graph=True): torch's warning of a leak."""
    heard = next((each for each in facts.heard if "create a reference cycle" in each.message), None)
    found = next((each for each in facts.passes if each.create_graph and each.fills), None)
    if heard is None or found is None:
        return
    names = [leaf.name for leaf in facts.leaves if leaf.identity in found.leaves and leaf.name]
    yield mistake(
        "create-graph-backward-warning",
        "warning",
        found.spot,
        say(
            "{name}.grad carries a graph now that leads back to {name}: a cycle that keeps both alive until .grad is set to None.",
            name=names[0] if names else "x",
        ),
        say("Use torch.autograd.grad(y, x, create_graph=True), which returns the gradient, or set .grad = None afterwards."),
        variable=names[0] if names else None,
        fixed=_asked(edits_of(facts), found, names),
        message=heard.message.partition(" (Triggered internally")[0],
    )


def _asked(edits: Edits | None, found: Pass, names: list[str]) -> str | None:
    """The gradient asked for instead, where nothing else uses `.grad`."""
    call = edits.at(found.spot.span, ast.Call) if edits and found.spot else None
    statement = edits.parent(call) if edits is not None and call is not None else None
    if edits is None or call is None or not isinstance(statement, ast.Expr) or len(names) != 1:
        return None
    if ".grad" in edits.source.replace("autograd.grad", "") or not names[0].isidentifier() or not isinstance(call.func, ast.Attribute):
        return None
    root = edits.text(call.func.value)
    return edits.replace(statement, f"{names[0]}_grad, = torch.autograd.grad({root}, {names[0]}, create_graph=True)").done()


def overwritten_quietly(facts: Facts) -> Iterator[Mistake]:
    """An in-place operation whose result got a second name: the value before it is gone, which did no harm."""
    for each in facts.bindings:
        now = each.now
        if now is None or now.is_leaf or not now.requires_grad or each.before is not None:
            continue
        earlier = [one for one in facts.bindings if one.now and one.now.identity == now.identity and one.moment < each.moment]
        changed = any(identity == now.identity and spot.line == each.spot.line for identity, spot, _ in facts.changes)
        if not earlier or not changed or earlier[0].name == each.name:
            continue
        edits = edits_of(facts)
        statement = edits.at(each.spot.span, ast.Assign) if edits else None
        call = statement.value if statement is not None and isinstance(statement.value, ast.Call) else None
        flag = keyword_of(call, "inplace") if call is not None else None
        is_relu = edits is not None and statement is not None and "relu" in edits.text(statement).lower()
        yield mistake(
            "inplace-relu-ok" if is_relu else "inplace-harmless",
            "note",
            each.spot,
            say(
                "{name} and {other} are one tensor now: it was changed in place, and what {other} held before is gone. No node"
                " had saved that, so backward() does not mind.",
                name=each.name,
                other=earlier[0].name,
            ),
            say("Leave inplace out when you want to look at {other} later.", other=earlier[0].name),
            variable=each.name,
            fixed=edits.replace(flag.value, "False").done() if edits is not None and flag is not None else None,
        )
        return


def several_paths(facts: Facts) -> Iterator[Mistake]:
    """A leaf that reaches the root along several paths: its gradient is the sum over them."""
    first = next((each for each in facts.passes if each.fills and not each.raised), None)
    graph = next((each for each in facts.graphs if first is not None and each.index == first.graph), None)
    if first is None or graph is None or len(graph.nodes) > SMALL or facts.holdings:
        return
    turns = [each for each in facts.passes if each.spot == first.spot]
    for node in graph.nodes:
        edges = [edge for edge in graph.edges if edge.head == node.id]
        if node.kind != "accumulate_grad" or len(edges) < 2 or node.variable is None or len(turns) > 1:
            continue
        tails = [tail for tail in graph.nodes if any(edge.tail == tail.id for edge in edges) and tail.line is not None]
        spot = _spot(tails[0].line or 0, tails[0].column or 0) if tails else first.spot
        yield mistake(
            "same-tensor-twice",
            "note",
            spot,
            say(
                "{name} is used at {count} places on the way to {root}, and its gradient is the sum over all of these paths.",
                name=node.variable,
                count=len(edges),
                root=first.root.name or say("the root"),
            ),
            say("This is correct: gradients of all paths are added."),
            variable=node.variable,
            node=node.id,
        )
        return


def twice_normalised(facts: Facts) -> Iterator[Mistake]:
    """A softmax before a loss that has one inside, and a sigmoid likewise: seen in the graph."""
    pairs = {
        ("LogSoftmaxBackward0", "SoftmaxBackward0"): ("softmax-before-cross-entropy", "softmax", "CrossEntropyLoss"),
        ("BinaryCrossEntropyWithLogitsBackward0", "SigmoidBackward0"): ("sigmoid-before-bce-logits", "sigmoid", "BCEWithLogitsLoss"),
    }
    for graph in facts.graphs:
        names = {node.id: node for node in graph.nodes}
        heads = {edge.tail: names.get(edge.head) for edge in graph.edges if edge.input_nr == 0}
        for node in graph.nodes:
            inner = heads.get(node.id)
            pair = pairs.get((node.name, inner.name)) if inner is not None else None
            if pair is None or inner is None:
                continue
            spot = next((each.spot for each in facts.passes if each.graph == graph.index), None)
            place = None if inner.line is None else _spot(inner.line, inner.column or 0)
            yield mistake(
                pair[0],
                "warning",
                place or spot,
                say("{loss} has the {inner} inside, so it is applied twice and the gradients get small.", loss=pair[2], inner=pair[1]),
                say("Give the loss the raw scores, and apply {inner} only where you look at probabilities.", inner=pair[1]),
                variable=inner.variable,
                node=inner.id,
            )
            return


def _spot(line: int, column: int) -> Spot:
    return Spot(line, column, (line, column, line, column))


def told_by_torch(facts: Facts) -> Iterator[Mistake]:
    """Warnings of torch's that name a mistake by themselves."""
    for each in facts.heard:
        spot = _spot(each.line, 0) if each.line is not None else None
        if "Detected call of `lr_scheduler.step()` before" in each.message:
            yield mistake(
                "scheduler-before-step",
                "warning",
                spot,
                say("The learning rate was moved on before the optimizer's first step, so its first value is never used."),
                say("Call optimizer.step() first, then scheduler.step()."),
                message=each.message,
            )
        elif "that is not a leaf Tensor is being accessed" in each.message:
            yield mistake(
                "grad-of-nonleaf",
                "note",
                spot,
                say("The .grad of a computed tensor was read: backward() passes its gradient on and keeps none there."),
                say("Read the leaf's .grad, or call retain_grad() on the tensor before backward()."),
                message=each.message,
            )


DETECTORS = (
    aliased,
    wrong_functions,
    cyclic,
    overwritten_quietly,
    several_paths,
    twice_normalised,
    told_by_torch,
)
