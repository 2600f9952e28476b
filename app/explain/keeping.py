"""Graphs that are kept for nothing, changes that autograd cannot see, and a forward() that nobody should call."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits, written
from .facts import Facts, Kept
from .mistakes import edits_of, mistake
from .things import spot_at


def hidden_changes(facts: Facts) -> Iterator[Mistake]:
    """Saved tensors that were changed where no version counts: the gradient is wrong, and nobody says so."""
    for each in facts.hidden:
        yield mistake(
            "data-changes-saved",
            "warning",
            each.spot,
            say(
                "{node} on line {made} had saved {name} for its backward, and this line changed the numbers"
                " where autograd"
                " does not look (through .data or NumPy): backward() used the changed ones, and its gradient is wrong.",
                node=each.node,
                made=each.made if each.made is not None else "?",
                name=each.variable or say("a tensor"),
            ),
            say("Change it after backward(), or change a .clone()."),
            variable=each.variable,
        )
        return


def kept_graphs(facts: Facts) -> Iterator[Mistake]:
    """A variable that gathers losses with their graphs."""
    edits = edits_of(facts)
    for each in facts.kept:
        place = _gathered(edits, each) if edits is not None else None
        if edits is None or place is None:
            continue
        statement, value = place
        name = each.variable
        yield mistake(
            "graphs-kept",
            "warning",
            spot_at(statement.lineno, statement.col_offset),
            say(
                "{name} holds on to the graphs of {count} backwards that are over: memory grows with every turn"
                " of the loop.",
                name=name,
                count=each.graphs,
            ),
            say("Gather numbers: loss.item(), or loss.detach() for a tensor without its graph."),
            variable=name,
            fixed=edits.after(value, ".detach()").done() if isinstance(value, (ast.Name, ast.Attribute)) else None,
        )


def _gathered(edits: Edits, each: Kept) -> tuple[ast.stmt, ast.expr] | None:
    """The statement of a loop that gathers into the variable, and what it gathers."""
    name = each.variable.rpartition(".")[2]
    for added in edits.all(ast.AugAssign):
        if edits.loop(added) is not None and written(added.target) == name:
            return added, added.value
    for call in edits.all(ast.Call):
        statement = edits.statement(call)
        if (
            edits.loop(call) is not None
            and written(call.func) == f"{name}.append"
            and call.args
            and statement is not None
        ):
            return statement, call.args[0]
    return None


def forward_called(facts: Facts) -> Iterator[Mistake]:
    """A module's forward() that is called by its name, past its hooks."""
    for call in facts.calls:
        if call.words != "forward" or not call.seen or call.seen[0].kind != "module":
            continue
        edits = edits_of(facts)
        node = edits.at(call.spot.span, ast.Call) if edits else None
        function = node.func if node is not None else None
        fixed = None
        if edits is not None and isinstance(function, ast.Attribute):
            fixed = edits.replace(function, edits.text(function.value)).done()
        yield mistake(
            "forward-called-directly",
            "note",
            call.spot,
            say("forward() is called by its name here: it computes the same, but the module's hooks do not run."),
            say("Call the module itself: {name}(x).", name=call.seen[0].name or "net"),
            variable=call.seen[0].name,
            fixed=fixed,
        )
        return


DETECTORS = (hidden_changes, kept_graphs, forward_called)
