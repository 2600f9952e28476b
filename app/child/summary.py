"""torchsummary's `summary`, answered by torchinfo: the call that learners know, a table of ours, nothing left behind.

torchsummary itself has had no release since 2018 and fails on embeddings, several inputs and tied layers. torchinfo
under its own name keeps its own meaning. Source: the documentation of torchinfo 1.8 and of torchsummary 1.5.
"""

import sys
import types
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import torch

NAME = "torchsummary"
WIDTH = 64
BATCH = 2
"""Batch norms in training need more than one example."""
DEPTH = 100


def summary(
    model: torch.nn.Module,
    input_size: Sequence[Any],
    batch_size: int = -1,
    device: Any = "cpu",
    dtypes: Sequence[torch.dtype] | None = None,
) -> None:
    """Prints a table of the model's layers, the shape each gives and its parameters.

    Shapes: `input_size` is one example's shape without the batch, or a list of such shapes for several inputs;
    `batch_size` is only shown. The model's mode, gradients and buffers and the random state stay as they were.
    Raises: what the model raises for such an input; TypeError where `input_size` is no shape.
    """
    import torchinfo

    sizes = _sizes(input_size)
    kinds = dtypes or [torch.long if _takes_indices(model) else torch.float] * len(sizes)
    inputs = [torch.zeros(BATCH, *size, dtype=kind) for size, kind in zip(sizes, kinds, strict=True)]
    try:
        found = torchinfo.summary(model, input_data=inputs, depth=DEPTH, verbose=0, col_names=("output_size",))
    except RuntimeError as error:
        raise error.__cause__ or error from None
    print("\n".join(_table(found, batch_size)))


def offer() -> None:
    """Has `import torchsummary` find this, and makes torchinfo's own summary leave the random state alone."""
    module = types.ModuleType(NAME, "torchsummary's summary, answered by torchinfo")
    vars(module).update(summary=summary, __all__=["summary"])
    sys.modules[NAME] = module
    try:
        import torchinfo
    except ImportError:
        return
    if not hasattr(torchinfo.summary, "__wrapped__"):
        torchinfo.summary = _leaving_chance_alone(torchinfo.summary)


def _leaving_chance_alone(answer: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(answer)
    def calm(*args: Any, **kwargs: Any) -> Any:
        with torch.random.fork_rng(devices=[]):
            return answer(*args, **kwargs)

    return calm


def _sizes(asked: Any) -> list[tuple[int, ...]]:
    """One shape for each input."""
    shapes = list(asked) if isinstance(asked, (list, tuple)) else [asked]
    if shapes and all(isinstance(each, int) for each in shapes):
        shapes = [shapes]
    if not shapes or not all(
        isinstance(each, (list, tuple)) and all(isinstance(n, int) for n in each) for each in shapes
    ):
        raise TypeError(
            f"summary() takes one example's shape, such as (1000,) or (3, 32, 32), or a list of shapes; got {asked!r}."
        )
    return [tuple(each) for each in shapes]


def _takes_indices(model: torch.nn.Module) -> bool:
    """Whether the first layer looks its input up in a table."""
    first = next((each for each in model.modules() if not list(each.children())), None)
    return isinstance(first, (torch.nn.Embedding, torch.nn.EmbeddingBag))


def _table(found: Any, batch_size: int) -> list[str]:
    layers = [layer for layer in found.summary_list if not layer.children]
    lines = ["-" * WIDTH, f"{'Layer (type)':>20}{'Output Shape':>26}{'Param #':>16}", "=" * WIDTH]
    for number, layer in enumerate(layers, 1):
        shape = [batch_size, *layer.output_size[1:]] if layer.output_size else []
        count = "(again)" if layer.is_recursive else f"{max(layer.num_params, 0):,}"
        lines.append(f"{f'{layer.class_name}-{number}':>20}{shape!s:>26}{count:>16}")
    lines += [
        "=" * WIDTH,
        f"Total params: {found.total_params:,}",
        f"Trainable params: {found.trainable_params:,}",
        f"Non-trainable params: {found.total_params - found.trainable_params:,}",
        "-" * WIDTH,
    ]
    return lines
