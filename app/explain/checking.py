"""What the graph, a second computation or torch itself says is wrong: custom gradients, losses, its own warnings."""

import ast
from collections.abc import Iterator

from ..events import Mistake, TensorValue
from ..words import say
from .edits import Edits
from .facts import Facts
from .flow import TINY, saved
from .mistakes import edits_of, mistake
from .things import Pass, Spot, spot_at


def wrong_functions(facts: Facts) -> Iterator[Mistake]:
    """Custom Functions whose backward is not the derivative of their forward."""
    for each in facts.wrong:
        yield mistake(
            "custom-function-wrong-grad",
            "warning",
            _returns(facts, each.name),
            say(
                "{name}.backward() does not give the derivative of its forward(): for {argument} it gives {given:.6g}"
                " where finite differences give {measured:.6g}.",
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
            return spot_at(returns[-1].lineno, returns[-1].col_offset) if returns else None
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
            "{name}.grad carries a graph now that leads back to {name}: a cycle that keeps both alive until .grad is"
            " set to None.",
            name=names[0] if names else "x",
        ),
        say(
            "Use torch.autograd.grad(y, x, create_graph=True), which returns the gradient, or set .grad = None"
            " afterwards."
        ),
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
    if (
        ".grad" in edits.source.replace("autograd.grad", "")
        or not names[0].isidentifier()
        or not isinstance(call.func, ast.Attribute)
    ):
        return None
    root = edits.text(call.func.value)
    return edits.replace(
        statement, f"{names[0]}_grad, = torch.autograd.grad({root}, {names[0]}, create_graph=True)"
    ).done()


def twice_normalised(facts: Facts) -> Iterator[Mistake]:
    """A softmax before a loss that has one inside, and a sigmoid likewise: seen in the graph."""
    pairs = {
        ("LogSoftmaxBackward0", "SoftmaxBackward0"): ("softmax-before-cross-entropy", "softmax", "CrossEntropyLoss"),
        ("BinaryCrossEntropyWithLogitsBackward0", "SigmoidBackward0"): (
            "sigmoid-before-bce-logits",
            "sigmoid",
            "BCEWithLogitsLoss",
        ),
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
            place = None if inner.line is None else spot_at(inner.line, inner.column or 0)
            yield mistake(
                pair[0],
                "warning",
                place or spot,
                say(
                    "{loss} has the {inner} inside, so it is applied twice and the gradients get small.",
                    loss=pair[2],
                    inner=pair[1],
                ),
                say(
                    "Give the loss the raw scores, and apply {inner} only where you look at probabilities.",
                    inner=pair[1],
                ),
                variable=inner.variable,
                node=inner.id,
            )
            return


def raw_scores(facts: Facts) -> Iterator[Mistake]:
    """A loss that wants logarithms of probabilities, and was given numbers above 0, which no such logarithm is."""
    for graph in facts.graphs:
        for node in graph.nodes:
            given = saved(node, "self") if node.name.startswith("NllLoss") else None
            if not isinstance(given, TensorValue) or given.max is None or not given.max > TINY:
                continue
            spot = next((each.spot for each in facts.passes if each.graph == graph.index), None)
            yield mistake(
                "nll-without-log-softmax",
                "warning",
                spot if node.line is None else spot_at(node.line, node.column or 0),
                say(
                    "nll_loss() takes logarithms of probabilities, which are never above 0, and was given numbers up"
                    " to {most:.4g}: what it returns is no likelihood, and falls without bound.",
                    most=given.max,
                ),
                say("Give it log_softmax(scores, dim=1), or use cross_entropy(), which has that inside."),
                node=node.id,
            )
            return


DETECTORS = (wrong_functions, cyclic, twice_normalised, raw_scores)
