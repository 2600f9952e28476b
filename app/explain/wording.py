"""How a cut of the path is told: what was done on which line, to what, and what to do instead."""

from collections.abc import Callable

from ..words import say
from .facts import Cut
from .things import Leaf


def cutting(cut: Cut, *, rebound: bool = False) -> tuple[str, str]:
    """What the cut did, and what to do instead."""
    name = cut.operand.name or say("its operand")
    if rebound:
        return _rebound(cut.spot.line, name)
    if cut.kind == "no_grad":
        return _unrecorded(cut)
    tell = KINDS.get(cut.kind, _other)
    return tell(cut.spot.line, name, cut.words or "?")


KINDS: dict[str, Callable[[int, str, str], tuple[str, str]]] = {
    "detach": lambda line, name, words: (
        say("On line {line} .detach() gives a tensor outside the graph: nothing before it gets a gradient.", line=line),
        say("Leave .detach() out where gradients are to flow."),
    ),
    "data": lambda line, name, words: (
        say("On line {line} .data gives {name}'s values without their history.", line=line, name=name),
        say("Use {name} itself.", name=name),
    ),
    "item": lambda line, name, words: (
        say("On line {line} the value is taken out as a Python number, which has no graph.", line=line),
        say("Keep the tensor in the computation, and take .item() only of what you print."),
    ),
    "tolist": lambda line, name, words: (
        say("On line {line} .tolist() takes the values out as Python numbers, which have no graph.", line=line),
        say("Keep the tensor in the computation."),
    ),
    "numpy": lambda line, name, words: (
        say("On line {line} the values leave torch for NumPy, which keeps no history.", line=line),
        say("Do this step with torch's own functions."),
    ),
    "tensor": lambda line, name, words: (
        say(
            "On line {line} {words}() copies the values into a brand-new tensor with no history.",
            line=line,
            words=words,
        ),
        say("Keep the tensor as it is; to join several, use torch.stack()."),
    ),
    "parameter": lambda line, name, words: (
        say("On line {line} nn.Parameter() wraps the values in a new leaf, so the path back is gone.", line=line),
        say("Use the computed tensor itself in the forward pass."),
    ),
    "integer": lambda line, name, words: (
        say(
            "On line {line} {words}() makes integers of {name}, and they cannot require grad.",
            line=line,
            words=words,
            name=name,
        ),
        say("Stay in floating point."),
    ),
    "comparison": lambda line, name, words: (
        say("On line {line} a comparison gives True and False: a step has no slope, so it has no grad_fn.", line=line),
        say("Use a smooth version, for example torch.sigmoid(k * (x - threshold))."),
    ),
    "position": lambda line, name, words: (
        say(
            "On line {line} {words}() gives whole numbers: a position does not change smoothly with its input, so it"
            " has no grad_fn.",
            line=line,
            words=words,
        ),
        say("Use softmax probabilities, a smooth version, or the values themselves (x.max())."),
    ),
    "gradient": lambda line, name, words: (
        say("The gradient asked for on line {line} came without create_graph=True, so it has no history.", line=line),
        say("Give it create_graph=True."),
    ),
}
"""A cut's kind -> what it did, and what to do instead."""


def _other(line: int, name: str, words: str) -> tuple[str, str]:
    return (
        say(
            "On line {line} {words}() gives a tensor that does not lead back to {name}.",
            line=line,
            words=words,
            name=name,
        ),
        say("Keep the path to the loss whole."),
    )


def _rebound(line: int, name: str) -> tuple[str, str]:
    return (
        say(
            "On line {line} {name} is bound to a new tensor that was computed under torch.no_grad(): it does not"
            " require grad, and the leaf that did has lost its name.",
            line=line,
            name=name,
        ),
        say("Update in place: {name} -= step under torch.no_grad(), and clear {name}.grad behind it.", name=name),
    )


def _unrecorded(cut: Cut) -> tuple[str, str]:
    switch = cut.switch.line if cut.switch else cut.spot.line
    if cut.is_global:
        return (
            say(
                "torch.set_grad_enabled(False) on line {switch} switched recording off for good, so what line {line}"
                " computes has no grad_fn.",
                switch=switch,
                line=cut.spot.line,
            ),
            say("Use the with-form (with torch.no_grad(): …), or call torch.set_grad_enabled(True) again."),
        )
    return (
        say(
            "What line {line} computes is computed with recording switched off (torch.no_grad() or inference_mode()),"
            " so it has no grad_fn even though {name} requires grad.",
            line=cut.spot.line,
            name=leaf_names(cut.leaves) or cut.operand.name or "?",
        ),
        say("Compute the loss outside of no_grad(); keep only the update of the weights inside."),
    )


def leaf_names(leaves: tuple[Leaf, ...]) -> str:
    """The names of some leaves, as a list to read."""
    names = list(dict.fromkeys(leaf.name for leaf in leaves if leaf.name))
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")


def cut_behind(cut: Cut) -> str:
    """The sentence on a tensor that a cut left without a gradient."""
    return cutting(cut)[0]


def retained_late(name: str, line: int, backward_line: int | None) -> str:
    """retain_grad() came too late."""
    return say(
        "{name}.retain_grad() was called on line {line}, after the backward() on line {backward} had gone through it:"
        " it keeps the gradient of the next one.",
        name=name,
        line=line,
        backward=backward_line if backward_line is not None else "?",
    )


def added_again(first_line: int | None, line: int | None) -> str:
    """Two backwards went through the same graph."""
    return say(
        "The backwards on lines {first} and {line} went through the same graph, so the same gradient is in it twice.",
        first=first_line if first_line is not None else "?",
        line=line if line is not None else "?",
    )
