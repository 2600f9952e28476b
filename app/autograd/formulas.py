"""A node's name -> its formula, in the words of torch's own table of derivatives, read from the installed wheel.

The table is `derivatives.yaml`, from which torch's nodes are generated; a node's class follows from the operation's
name and how many entries of that name stand before it.
Source: https://github.com/pytorch/pytorch/blob/main/tools/autograd/derivatives.yaml
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import torchgen  # type: ignore[import-untyped]  # it comes without types
import yaml

from ..events import fits

TABLE = Path(torchgen.__file__).parent / "packaged" / "autograd" / "derivatives.yaml"
OTHER = {
    "AccumulateGrad": "variable: variable.grad = variable.grad + grad, or grad where variable.grad is None",
    "CopySlices": (
        "base: grad, with zeros in the slice that was written to\n"
        "value: what the operation on the slice makes of the slice of grad"
    ),
    "CopyBackwards": "src: grad",
    "UndefinedGradBackward": "self: nothing",
    "CompiledFunctionBackward": "inputs: one compiled function computes the gradients of all",
    "BackwardHookFunctionBackward": "inputs: grad",
    "CheckpointFunctionBackward": "inputs: the function is run again, and a backward through that",
}
"""Nodes that are not generated from the table."""
MAX_FORMULA = 4_000


def formula_of(node_name: str, *, custom: bool = False) -> str | None:
    """The formula of a node, a line for each input: `self: grad * other`. None for one torch says nothing of."""
    if node_name in OTHER:
        return OTHER[node_name]
    if custom:
        return f"inputs: {fits(node_name.removesuffix('Backward'), MAX_FORMULA // 2)}.backward(ctx, grad)"
    if node_name.startswith("Foreach"):
        return None
    return formulas().get(node_name.removesuffix("_copy"))


@cache
def formulas() -> dict[str, str]:
    """Every generated node's formula, by its name. Takes a fifth of a second, once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = yaml.load(TABLE.read_text("utf-8"), loader)
    return dict(_named(entries))


def _named(entries: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    counts: Counter[str] = Counter()
    for entry in entries:
        inputs = set(re.findall(r"(\w+)(?:=[^,)]*)?[,)]", entry["name"].rpartition(" -> ")[0]))
        for key, derivatives in entry.get("dispatch", {"Default": entry}).items():
            lines = [
                f"{name}: {_one_line(text)}" for name, text in derivatives.items() if _is_input(name, text, inputs)
            ]
            if not lines:
                continue
            stem = f"{_camel(entry['name'])}Backward{'' if key == 'Default' else key}"
            yield f"{stem}{counts[stem]}", "\n".join(lines)[:MAX_FORMULA]
            counts[stem] += 1


def _is_input(name: str, text: Any, inputs: set[str]) -> bool:
    """Whether it is the derivative by an input: the table also holds those of outputs, for forward mode."""
    return isinstance(text, str) and text != "non_differentiable" and inputs.issuperset(name.split(", "))


def _camel(declaration: str) -> str:
    """`addmm(Tensor self, ...)` -> `Addmm`; `add_.Tensor(...)` and `leaky_relu_forward(...)` lose their endings."""
    base = re.split(r"[.(]", declaration, maxsplit=1)[0]
    base = base.removesuffix("_forward") if base.endswith("_forward") else base.removesuffix("_")
    return "".join(part.title() for part in base.split("_"))


def _one_line(text: str) -> str:
    return " ".join(text.split())
