"""Exceptions about shapes and dtypes: which two things do not fit, and which of them to make otherwise."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of, written
from .facts import Facts, Trouble, Value
from .mistakes import Table, edits_of, first_line, mistake
from .sources import FACTORIES

FLOATS = {"Float": "float32", "Double": "float64", "Half": "float16", "BFloat16": "bfloat16"}


def _tensors(trouble: Trouble) -> list[Value]:
    return [each for each in trouble.operands if each.kind in ("tensor", "parameter")]


def _product(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", trouble.message)
    left, right = ((int(found[1]), int(found[2])), (int(found[3]), int(found[4]))) if found else ((0, 0), (0, 0))
    tensors = _tensors(trouble)
    second = next((each for each in tensors if each.shape == right), None)
    first = next((each for each in tensors if each.shape == left and each is not second), None)
    fixed = None
    edits = edits_of(facts)
    if edits is not None and found and second is not None and second.requires_grad and second.made is not None:
        fixed = _resized(edits, second, left[1])
    if second is not None and second.name:
        fix = say("Give {name} {rows} rows.", name=second.name, rows=left[1])
    else:
        fix = say("Give the layer in_features={size}, or bring the input to {wanted} columns.", size=left[1], wanted=right[0])
    return mistake(
        "matmul-shape",
        "error",
        trouble.spot,
        say(
            "In a matrix product the inner sizes must agree: {left} is {a}x{b}, so {right} must have {b} rows, not {c}.",
            left=(first.name if first else None) or say("the first"),
            a=left[0],
            b=left[1],
            right=(second.name if second else None) or say("the second"),
            c=right[0],
        ),
        fix,
        variable=second.name if second else None,
        fixed=fixed,
        message=first_line(trouble),
    )


def _resized(edits: Edits, value: Value, rows: int) -> str | None:
    """The weight made with another number of rows, where its size is written out."""
    call = edits.at(value.made.span if value.made else None, ast.Call)
    name = (written(call.func) or "").rpartition(".")[2] if call is not None else ""
    if call is None or name not in FACTORIES or not call.args:
        return None
    first = call.args[0].elts[0] if isinstance(call.args[0], (ast.Tuple, ast.List)) and call.args[0].elts else call.args[0]
    if not isinstance(first, ast.Constant) or first.value != value.shape[0]:
        return None
    return edits.replace(first, str(rows)).done()


def _dtypes(facts: Facts, trouble: Trouble) -> Mistake:
    tensors = _tensors(trouble)
    floats = [each for each in tensors if each.dtype.startswith(("float", "bfloat"))]
    data = [each for each in tensors if not each.requires_grad]
    odd = next((each for each in data if each.dtype == "float64"), None)
    odd = odd or next((each for each in data if not each.dtype.startswith("float32")), None)
    edits = edits_of(facts)
    fixed = _cast(edits, odd, ".float()") if edits is not None and odd is not None else None
    return mistake(
        "dtype-mismatch",
        "error",
        odd.made if odd is not None and odd.made is not None else trouble.spot,
        say(
            "Both sides must have the same dtype, and here {what}. NumPy's floats are float64, torch's layers are float32.",
            what=", ".join(say("{name} is {dtype}", name=each.name, dtype=each.dtype) for each in tensors if each.name)
            or first_line(trouble),
        ),
        say("Cast the data once, where it is made: .float()."),
        variable=odd.name if odd else floats[0].name if floats else None,
        fixed=fixed,
        message=first_line(trouble),
    )


def _cast(edits: Edits, value: Value, call: str) -> str | None:
    """The value cast where it is made, or where it is used."""
    made = edits.at(value.made.span if value.made else None, ast.Call)
    if made is not None:
        return edits.after(made, call).done()
    used = edits.at(value.span, ast.Name, ast.Attribute)
    return edits.after(used, call).done() if used is not None else None


def _sizes(facts: Facts, trouble: Trouble) -> Mistake:
    shapes = ", ".join(f"{each.name} {list(each.shape)}" for each in _tensors(trouble) if each.name)
    return mistake(
        "shape-mismatch",
        "error",
        trouble.spot,
        say(
            "Two shapes meet that do not fit: sizes are compared from the last axis on, and must be equal or 1. {shapes}",
            shapes=shapes,
        ).rstrip(),
        say("Print both shapes before this line, and bring one to the other with reshape(), unsqueeze() or transpose()."),
        message=first_line(trouble),
    )


def _reshaped(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(r"shape '(\[[^\]]*\])' is invalid for input of size (\d+)", trouble.message)
    return mistake(
        "reshape-size",
        "error",
        trouble.spot,
        say(
            "reshape() and view() keep the number of elements, and the shape {shape} does not hold {size}.",
            shape=found[1] if found else "?",
            size=found[2] if found else "?",
        ),
        say("Write -1 for one of the sizes, so that torch works it out."),
        message=first_line(trouble),
    )


def _classes(facts: Facts, trouble: Trouble) -> Mistake:
    floats = [each for each in _tensors(trouble) if each.dtype.startswith("float") and not each.requires_grad]
    target = floats[-1] if floats else None
    edits = edits_of(facts)
    fixed = _cast(edits, target, ".long()") if edits is not None and target is not None else None
    name = target.name if target is not None and target.name else say("the target")
    return mistake(
        "cross-entropy-float-target",
        "error",
        target.made if target is not None and target.made is not None else trouble.spot,
        say(
            "{name} holds {dtype} numbers{shape}: class indices must be whole numbers (long), and class probabilities must have"
            " the shape of the scores.",
            name=name,
            dtype=target.dtype if target else "float",
            shape=f" {list(target.shape)}" if target else "",
        ),
        say("{name} = {name}.long()", name=target.name if target and target.name else "target"),
        variable=target.name if target else None,
        fixed=fixed,
        message=first_line(trouble),
    )


def _probabilities(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    fixed = None
    calls = [each for each in edits.all(ast.Call) if _called(each) in ("BCELoss", "binary_cross_entropy")] if edits else []
    sigmoid = re.search(r"[sS]igmoid", facts.source)
    if edits is not None and len(calls) == 1 and not sigmoid:
        other = {"BCELoss": "BCEWithLogitsLoss", "binary_cross_entropy": "binary_cross_entropy_with_logits"}
        function = calls[0].func
        text = edits.text(function)
        name = _called(calls[0])
        fixed = edits.replace(function, text[: -len(name)] + other[name]).done()
    return mistake(
        "bce-logits",
        "error",
        trouble.spot,
        say("BCELoss takes probabilities between 0 and 1, and a raw score can be any number."),
        say("Use nn.BCEWithLogitsLoss() on the raw score: it has the sigmoid inside."),
        variable=next((each.name for each in _tensors(trouble) if each.requires_grad), None),
        fixed=fixed,
        message=first_line(trouble),
    )


def _called(call: ast.Call) -> str:
    return (written(call.func) or "").rpartition(".")[2]


def _class_number(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(r"Target (-?\d+) is out of bounds", trouble.message)
    return mistake(
        "class-out-of-range",
        "error",
        trouble.spot,
        say(
            "A target says class {number}, but the scores have no such column: classes count from 0.",
            number=found[1] if found else "?",
        ),
        say("Give the last layer as many outputs as there are classes, and count classes from 0."),
        message=first_line(trouble),
    )


def _not_scalar(facts: Facts, trouble: Trouble) -> Mistake:
    root = trouble.root.root if trouble.root else None
    name = root.name if root is not None and root.name else say("this tensor")
    edits = edits_of(facts)
    call = edits.at(trouble.spot.span, ast.Call) if edits and trouble.spot else None
    fixed = None
    if edits is not None and call is not None and isinstance(call.func, ast.Attribute) and call.func.attr == "backward":
        if not keyword_of(call, "gradient") and not call.args:
            fixed = edits.replace(call.func, re.sub(r"\.\s*backward$", ".sum().backward", edits.text(call.func))).done()
    return mistake(
        "backward-on-vector",
        "error",
        trouble.spot,
        say(
            "backward() starts from one number, and {name} has {shape}: torch cannot know with what weights to add them up.",
            name=name,
            shape=f"[{', '.join(map(str, root.shape))}]" if root is not None else say("several"),
        ),
        say("Reduce it first ({name}.sum().backward() or .mean()), or give a gradient of its shape.", name=root.name if root and root.name else "y"),
        variable=root.name if root else None,
        fixed=fixed,
        message=first_line(trouble),
    )


def _one_sample(facts: Facts, trouble: Trouble) -> Mistake:
    return mistake(
        "batchnorm-one-sample",
        "error",
        trouble.spot,
        say("BatchNorm in training takes mean and variance over the batch, and one sample has no variance."),
        say("Call model.eval() before a single sample, or give batches of at least two (drop_last=True)."),
        message=first_line(trouble),
    )


TABLE: Table = (
    (r"mat1 and mat2 shapes cannot be multiplied|size mismatch, got|inconsistent tensor size", _product),
    (r"must have the same dtype|expected m1 and m2|Input type .* and (weight|bias) type|expected scalar type \w+ but found (Double|Float|Long|Int|Half)", _dtypes),
    (r"expected target dtype to be Long or Byte|expected scalar type Long but found", _classes),
    (r"Found dtype \w+ but expected \w+", _dtypes),
    (r"all elements of input should be between 0 and 1", _probabilities),
    (r"Target -?\d+ is out of bounds", _class_number),
    (r"grad can be implicitly created only for scalar outputs", _not_scalar),
    (r"Expected more than 1 value per channel when training", _one_sample),
    (r"The size of tensor a .* must match the size of tensor b", _sizes),
    (r"shape '\[.*\]' is invalid for input of size", _reshaped),
)
