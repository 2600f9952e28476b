"""Exceptions about dtypes and about what a loss takes: classes, probabilities, floats."""

import ast
import re

from ..events import Mistake
from ..words import say
from .edits import Edits, written
from .facts import Facts
from .mistakes import Table, edits_of, first_line, raised
from .things import Value
from .trouble import Trouble


def _dtypes(facts: Facts, trouble: Trouble) -> Mistake:
    tensors = trouble.tensors
    floats = [each for each in tensors if each.dtype.startswith(("float", "bfloat"))]
    data = [each for each in tensors if not each.requires_grad]
    odd = next((each for each in data if each.dtype == "float64"), None)
    odd = odd or next((each for each in data if not each.dtype.startswith("float32")), None)
    edits = edits_of(facts)
    fixed = _cast(edits, odd, ".float()") if edits is not None and odd is not None else None
    return raised(
        trouble,
        "dtype-mismatch",
        say(
            "Both sides must have the same dtype, and here {what}. NumPy's floats are float64, torch's layers are"
            " float32.",
            what=", ".join(say("{name} is {dtype}", name=each.name, dtype=each.dtype) for each in tensors if each.name)
            or first_line(trouble),
        ),
        say("Cast the data once, where it is made: .float()."),
        spot=odd.made if odd else None,
        variable=odd.name if odd else floats[0].name if floats else None,
        fixed=fixed,
    )


def _cast(edits: Edits, value: Value, call: str) -> str | None:
    """The value cast where it is made, or where it is used."""
    made = edits.at(value.made.span if value.made else None, ast.Call)
    if made is not None:
        return edits.after(made, call).done()
    used = edits.at(value.span, ast.Name, ast.Attribute)
    return edits.after(used, call).done() if used is not None else None


def _classes(facts: Facts, trouble: Trouble) -> Mistake:
    floats = [each for each in trouble.tensors if each.dtype.startswith("float") and not each.requires_grad]
    target = floats[-1] if floats else None
    edits = edits_of(facts)
    fixed = _cast(edits, target, ".long()") if edits is not None and target is not None else None
    name = target.name if target is not None and target.name else say("the target")
    return raised(
        trouble,
        "cross-entropy-float-target",
        say(
            "{name} holds {dtype} numbers{shape}: class indices must be whole numbers (long), and class probabilities"
            " must have the shape of the scores.",
            name=name,
            dtype=target.dtype if target else "float",
            shape=f" {list(target.shape)}" if target else "",
        ),
        say("{name} = {name}.long()", name=target.name if target and target.name else "target"),
        spot=target.made if target else None,
        variable=target.name if target else None,
        fixed=fixed,
    )


def _probabilities(facts: Facts, trouble: Trouble) -> Mistake:
    edits = edits_of(facts)
    fixed = None
    calls = (
        [each for each in edits.all(ast.Call) if _called(each) in ("BCELoss", "binary_cross_entropy")] if edits else []
    )
    sigmoid = re.search(r"[sS]igmoid", facts.source)
    if edits is not None and len(calls) == 1 and not sigmoid:
        other = {"BCELoss": "BCEWithLogitsLoss", "binary_cross_entropy": "binary_cross_entropy_with_logits"}
        function = calls[0].func
        text = edits.text(function)
        name = _called(calls[0])
        fixed = edits.replace(function, text[: -len(name)] + other[name]).done()
    return raised(
        trouble,
        "bce-logits",
        say("BCELoss takes probabilities between 0 and 1, and a raw score can be any number."),
        say("Use nn.BCEWithLogitsLoss() on the raw score: it has the sigmoid inside."),
        variable=next((each.name for each in trouble.tensors if each.requires_grad), None),
        fixed=fixed,
    )


def _called(call: ast.Call) -> str:
    return (written(call.func) or "").rpartition(".")[2]


def _class_number(facts: Facts, trouble: Trouble) -> Mistake:
    found = re.search(r"Target (-?\d+) is out of bounds", trouble.message)
    return raised(
        trouble,
        "class-out-of-range",
        say(
            "A target says class {number}, but the scores have no such column: classes count from 0.",
            number=found[1] if found else "?",
        ),
        say("Give the last layer as many outputs as there are classes, and count classes from 0."),
    )


def _class_probabilities(facts: Facts, trouble: Trouble) -> Mistake:
    whole = [each for each in trouble.tensors if each.dtype.startswith(("int", "uint")) and len(each.shape) > 1]
    name = whole[-1].name if whole else None
    return raised(
        trouble,
        "cross-entropy-float-target",
        say(
            "{name} has the shape of the scores, so its numbers are taken for class probabilities, which must be"
            " floats.",
            name=name or say("the target"),
        ),
        say("Give the numbers of the classes instead, one for each row; or call .float() on the one-hot rows."),
        variable=name,
    )


def _index_floats(facts: Facts, trouble: Trouble) -> Mistake:
    value = next((each for each in trouble.tensors if each.dtype.startswith(("float", "bfloat"))), None)
    edits = edits_of(facts)
    return raised(
        trouble,
        "index-not-whole",
        say(
            "{name} holds {dtype} numbers, and what is looked up by its place needs whole numbers (long).",
            name=value.name if value is not None and value.name else say("the index"),
            dtype=value.dtype if value is not None else "float",
        ),
        say("Make the indices whole numbers where they are made: torch.tensor([1, 2]), or call .long()."),
        variable=value.name if value is not None else None,
        fixed=_cast(edits, value, ".long()") if edits is not None and value is not None else None,
    )


MIXED = (
    r"must have the same dtype|expected m1 and m2|Input type .* and (weight|bias) type"
    r"|expected scalar type \w+ but found (Double|Float|Long|Int|Half)|Found dtype \w+ but expected \w+"
)
TABLE: Table = (
    (r"expected target dtype to be Long or Byte|expected scalar type Long but found", _classes),
    (r"Expected floating point type for target with class probabilities", _class_probabilities),
    (
        r"tensors used as indices must be|argument #\d+ 'indices' to have one of the following scalar types",
        _index_floats,
    ),
    (MIXED, _dtypes),
    (r"all elements of input should be between 0 and 1", _probabilities),
    (r"Target -?\d+ is out of bounds", _class_number),
)
