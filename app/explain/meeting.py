"""Shapes that were stretched to each other where each number was meant to meet one: [N, 1] against [N] in a loss."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits
from .facts import Facts, Meeting
from .mistakes import edits_of, mistake
from .things import Value

TORCHS_WORDS = "Using a target size"


def stretched(facts: Facts) -> Iterator[Mistake]:
    """[N, 1] against [N]: a table of all differences instead of N of them, in what a backward began at."""
    heard = next((each for each in facts.heard if TORCHS_WORDS in each.message), None)
    scalar = {each.number for each in facts.passes if each.root.shape == () or each.root.shape == (1,)}
    for each in facts.meetings:
        pair = _column_and_row(each)
        if pair is None:
            continue
        column, row = pair
        if each.kind == "loss" and heard is not None:
            yield _told(facts, each, column, row, heard.message)
            return
        one_is_target = column.requires_grad != row.requires_grad
        is_likelihood = each.words == "*" and (column.grad_fn or "").startswith("Log")
        compares = each.words == "-" or is_likelihood
        is_loss = each.kind == "broadcast" and compares and bool(scalar & set(each.roots))
        if is_loss and one_is_target and not column.is_view_of_line:
            yield _told(facts, each, column, row, None)
            return
    if heard is not None:
        spot = next((each.spot for each in facts.meetings if each.kind == "loss"), None)
        yield mistake(
            "mse-broadcast-warning",
            "warning",
            spot,
            say("The loss stretched prediction and target to each other before it compared them, as torch warns."),
            say("Bring both to one shape before the loss."),
            message=heard.message,
        )


def _column_and_row(each: Meeting) -> tuple[Value, Value] | None:
    """The operand of shape [N, 1] and the one of shape [N], in this order."""
    for column, row in ((each.left, each.right), (each.right, each.left)):
        if len(row.shape) == 1 and row.shape[0] > 1 and column.shape == (row.shape[0], 1):
            return column, row
    return None


def _told(facts: Facts, each: Meeting, column: Value, row: Value, words: str | None) -> Mistake:
    count = row.shape[0]
    return mistake(
        "mse-broadcast-warning" if each.kind == "loss" else "manual-broadcast",
        "warning",
        each.spot,
        say(
            "{column} has the shape [{count}, 1] and {row} has [{count}]: they are stretched to [{count}, {count}],"
            " so every prediction is compared with every target.",
            column=column.name or say("one side"),
            row=row.name or say("the other"),
            count=count,
        )
        + ("" if words else " " + say("torch says nothing here.")),
        say(
            "Make the shapes equal: {row}.unsqueeze(1), or {column}.squeeze(1).",
            row=row.name or "y",
            column=column.name or "pred",
        ),
        variable=row.name or column.name,
        fixed=None if each.words == "*" else _equal(edits_of(facts), column, row),  # there the target stands twice
        message=words,
    )


def _equal(edits: Edits | None, column: Value, row: Value) -> str | None:
    """The target given the prediction's shape, where it is used."""
    target, call = (column, ".squeeze(1)") if row.requires_grad else (row, ".unsqueeze(1)")
    node = edits.at(target.span, ast.expr) if edits else None
    if edits is None or node is None:
        return None
    if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        return edits.after(node, call).done()
    return edits.replace(node, f"({edits.text(node)}){call}").done()


DETECTORS = (stretched,)
