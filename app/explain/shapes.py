"""Exceptions about shapes and dtypes: which two things do not fit, and which of them to make otherwise."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of, written
from .facts import Facts
from .mistakes import Table, edits_of, raised
from .sources import FACTORIES
from .things import Value
from .trouble import Trouble

FLOATS = {"Float": "float32", "Double": "float64", "Half": "float16", "BFloat16": "bfloat16"}


def _product(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", trouble.message)
    left, right = ((int(found[1]), int(found[2])), (int(found[3]), int(found[4]))) if found else ((0, 0), (0, 0))
    tensors = trouble.tensors
    second = next((each for each in tensors if each.shape == right), None)
    first = next((each for each in tensors if each.shape == left and each is not second), None)
    fixed = None
    edits = edits_of(facts)
    if edits is not None and found and second is not None and second.requires_grad and second.made is not None:
        fixed = _resized(edits, second, left[1])
    if second is not None and second.name:
        fix = say("Give {name} {rows} rows.", name=second.name, rows=left[1])
    else:
        fix = say(
            "Give the layer in_features={size}, or bring the input to {wanted} columns.", size=left[1], wanted=right[0]
        )
    return raised(
        trouble,
        "matmul-shape",
        say(
            "In a matrix product the inner sizes must agree: {left} is {a}x{b}, so {right} must have {b} rows, not"
            " {c}.",
            left=(first.name if first else None) or say("the first"),
            a=left[0],
            b=left[1],
            right=(second.name if second else None) or say("the second"),
            c=right[0],
        ),
        fix,
        variable=second.name if second else None,
        fixed=fixed,
    )


def _resized(edits: Edits, value: Value, rows: int) -> str | None:
    """The weight made with another number of rows, where its size is written out."""
    call = edits.at(value.made.span if value.made else None, ast.Call)
    name = (written(call.func) or "").rpartition(".")[2] if call is not None else ""
    if call is None or name not in FACTORIES or not call.args:
        return None
    first = (
        call.args[0].elts[0] if isinstance(call.args[0], (ast.Tuple, ast.List)) and call.args[0].elts else call.args[0]
    )
    if not isinstance(first, ast.Constant) or first.value != value.shape[0]:
        return None
    return edits.replace(first, str(rows)).done()


def _sizes(facts: Facts, trouble: Trouble) -> Mistake:
    shapes = ", ".join(f"{each.name} {list(each.shape)}" for each in trouble.tensors if each.name)
    return raised(
        trouble,
        "shape-mismatch",
        say(
            "Two shapes meet that do not fit: sizes are compared from the last axis on, and must be equal or 1."
            " {shapes}",
            shapes=shapes,
        ).rstrip(),
        say(
            "Print both shapes before this line, and bring one to the other with reshape(), unsqueeze() or transpose()."
        ),
    )


def _target(facts: Facts, trouble: Trouble) -> Mistake:
    target, given = (_shape(each) for each in re.findall(r"Size\(\[([\d, ]*)\]\)", trouble.message)[:2])
    edits = edits_of(facts)
    short = next((each for each in trouble.tensors if each.shape == target and given == (*target, 1)), None)
    node = edits.at(short.span, ast.expr) if edits and short else None
    fixed = edits.after(node, ".unsqueeze(-1)").done() if edits is not None and node is not None else None
    return raised(
        trouble,
        "target-shape",
        say(
            "This loss compares each number with one target, so both must have one shape: the prediction has {given},"
            " the target {target}.",
            given=list(given),
            target=list(target),
        ),
        say("Bring both to one shape before the loss: unsqueeze(1) on the target, or squeeze(1) on the prediction."),
        variable=short.name if short else None,
        fixed=fixed,
    )


def _shape(sizes: str) -> tuple[int, ...]:
    return tuple(int(size) for size in sizes.split(",") if size.strip())


def _reshaped(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(r"shape '(\[[^\]]*\])' is invalid for input of size (\d+)", trouble.message)
    return raised(
        trouble,
        "reshape-size",
        say(
            "reshape() and view() keep the number of elements, and the shape {shape} does not hold {size}.",
            shape=found[1] if found else "?",
            size=found[2] if found else "?",
        ),
        say("Write -1 for one of the sizes, so that torch works it out."),
    )


def _not_scalar(facts: Facts, trouble: Trouble) -> Mistake:
    root = trouble.root.root if trouble.root else None
    name = root.name if root is not None and root.name else say("this tensor")
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    fixed = None
    function = call.func if call is not None else None
    is_plain = call is not None and not call.args and keyword_of(call, "gradient") is None
    if edits is not None and isinstance(function, ast.Attribute) and function.attr == "backward" and is_plain:
        fixed = edits.replace(function, re.sub(r"\.\s*backward$", ".sum().backward", edits.text(function))).done()
    return raised(
        trouble,
        "backward-on-vector",
        say(
            "backward() starts from one number, and {name} has {shape}: torch cannot know with what weights to add"
            " them up.",
            name=name,
            shape=f"[{', '.join(map(str, root.shape))}]" if root is not None else say("several"),
        ),
        say(
            "Reduce it first ({name}.sum().backward() or .mean()), or give a gradient of its shape.",
            name=root.name if root and root.name else "y",
        ),
        variable=root.name if root else None,
        fixed=fixed,
    )


def _one_sample(facts: Facts, trouble: Trouble) -> Mistake:
    return raised(
        trouble,
        "batchnorm-one-sample",
        say("BatchNorm in training takes mean and variance over the batch, and one sample has no variance."),
        say("Call model.eval() before a single sample, or give batches of at least two (drop_last=True)."),
    )


def _seed(facts: Facts, trouble: Trouble) -> Mistake:
    return raised(
        trouble,
        "grad-output-shape",
        say("What backward() is given to start with must have the shape of the tensor it starts at."),
        say("Give torch.ones_like(y), or reduce y to one number first."),
        variable=trouble.root.root.name if trouble.root else None,
    )


TABLE: Table = (
    (r"Mismatch in shape: grad_output", _seed),
    (r"mat1 and mat2 shapes cannot be multiplied|size mismatch, got|inconsistent tensor size", _product),
    (r"grad can be implicitly created only for scalar outputs", _not_scalar),
    (r"Expected more than 1 value per channel when training", _one_sample),
    (r"Using a target size .* that is different|Target size .* must be the same as input size", _target),
    (r"The size of tensor a .* must match the size of tensor b", _sizes),
    (r"shape '\[.*\]' is invalid for input of size", _reshaped),
)
