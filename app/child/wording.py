"""What a variable's or a printed name reads as: a loss, another measure of a training, a count of its steps.

A name is read by its parts: `valLoss2` is val, loss, 2. Knows nothing of values or of programs.
"""

import re
from functools import cache

LOSSES = frozenset({
    "loss", "losses", "cost", "costs", "err", "error", "errors", "mse", "rmse", "mae", "nll", "bce", "ce",
    "xent", "objective", "perplexity", "ppl", "risk", "residual",
})  # fmt: skip
MEASURES = frozenset({
    "acc", "accuracy", "accuracies", "score", "scores", "metric", "metrics", "f1", "auc", "precision",
    "recall", "r2", "iou", "dice", "reward", "bleu",
})  # fmt: skip
STEPS = frozenset({
    "epoch", "epochs", "step", "steps", "iter", "iters", "iteration", "iterations", "batch", "batches", "t",
    "i", "it", "idx", "index", "n",
})  # fmt: skip
LATER = frozenset({
    "val", "valid", "validation", "eval", "test", "dev", "best", "min", "prev", "old", "last", "running",
    "total", "epoch", "avg", "mean",
})  # fmt: skip
"""Parts of names of losses that are not the one a training goes down by at every step."""


@cache
def parts(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters; a number stays with the letter before it where that is a known word."""
    words = re.findall(r"[a-z]+\d|[a-z]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    known = LOSSES | MEASURES
    return tuple(word if word in known or word.isalpha() else word.rstrip("0123456789") or word for word in words)


def is_loss(name: str) -> bool:
    """Whether the name reads as something a training makes small."""
    return not LOSSES.isdisjoint(parts(name))


def is_measure(name: str) -> bool:
    """Whether the name reads as a loss or as another measure of how well a training goes."""
    return is_loss(name) or not MEASURES.isdisjoint(parts(name))


def is_step(name: str) -> bool:
    """Whether the name counts a training's steps."""
    return len(parts(name)) == 1 and parts(name)[0] in STEPS


def distance(name: str) -> int:
    """How far a loss's name is from being `loss` itself: 0 for it, 1 for others, 2 for those of another set or sum."""
    if name.lower() == "loss":
        return 0
    return 1 if LATER.isdisjoint(parts(name)) else 2
