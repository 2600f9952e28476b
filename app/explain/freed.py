"""A backward that met what an earlier one had freed: which one, what they share, and since when."""

import ast

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of
from .facts import Facts
from .mistakes import Table, edits_of, raised
from .trouble import Shared, Trouble


def second_time(facts: Facts, trouble: Trouble) -> Mistake | None:
    """Trying to backward through the graph a second time."""
    shared, root = trouble.shared, trouble.root
    if shared is None or root is None:
        return None
    edits = edits_of(facts)
    here = edits.at(root.spot.span, ast.Call) if edits and root.spot else None
    loop = edits.loop(here) if edits else None
    same_line = shared.by_spot is not None and root.spot is not None and shared.by_spot.line == root.spot.line
    if shared.again:
        return _same_graph(trouble, shared, edits, in_loop=same_line and loop is not None)
    if same_line and loop is not None:
        made = edits.statement_on(shared.made.line) if edits and shared.made else None
        inside = made is not None and edits is not None and _is_inside(edits, made, loop)
        made_in_call = shared.made is not None and root.spot is not None and shared.made.function != root.spot.function
        if inside or (made_in_call and shared.is_turned):
            return _hidden_state(trouble, shared, edits, loop)
        return _before_loop(trouble, shared, edits, loop)
    return _two_losses(facts, trouble, shared, edits)


def _is_inside(edits: Edits, node: ast.AST, loop: ast.AST) -> bool:
    around: ast.AST | None = node
    while around is not None and around is not loop:
        around = edits.parent(around)
    return around is loop


def _line(shared: Shared) -> object:
    return shared.by_spot.line if shared.by_spot else "?"


def _same_graph(trouble: Trouble, shared: Shared, edits: Edits | None, *, in_loop: bool) -> Mistake:
    root = trouble.root
    name = (root.root.name if root else None) or say("The tensor")
    fixed = _once(edits, trouble, shared) if edits is not None and not in_loop else None
    return raised(
        trouble,
        "graph-outside-loop" if in_loop else "backward-twice",
        say(
            "{name} was computed once, and backward() on line {line} freed what its graph had saved ({node} needs it"
            " again).",
            name=name,
            line=_line(shared),
            node=shared.node,
        ),
        say("Compute it anew in every turn of the loop.")
        if in_loop
        else say("Call backward() once, or give the call on line {line} retain_graph=True.", line=_line(shared)),
        spot=shared.made if in_loop else None,
        variable=root.root.name if root else None,
        fixed=fixed,
    )


def _once(edits: Edits, trouble: Trouble, shared: Shared) -> str | None:
    """The graph kept by the earlier call."""
    return _keeping(edits, shared)


def _keeping(edits: Edits, shared: Shared) -> str | None:
    call = edits.at(shared.by_spot.span, ast.Call) if shared.by_spot else None
    if call is None:
        return None
    flag = keyword_of(call, "retain_graph")
    if flag is not None:
        return edits.replace(flag.value, "True").done()
    return edits.argue(call, "retain_graph=True").done()


def _hidden_state(trouble: Trouble, shared: Shared, edits: Edits | None, loop: ast.For | ast.While | None) -> Mistake:
    name = shared.variable
    fixed = None
    if edits is not None and loop is not None and name is not None and name.isidentifier():
        fixed = edits.behind(loop.body[-1], f"{name} = {name}.detach()").done() if _is_rebound(loop, name) else None
    return raised(
        trouble,
        "rnn-hidden-not-detached",
        say(
            "{name} still points into the graph of the loop's turn before, and what that graph had saved ({node}) was"
            " freed by that turn's backward() on line {line}.",
            name=name or say("Something"),
            node=shared.node,
            line=_line(shared),
        ),
        say(
            "Cut the graph at each turn: {name} = {name}.detach() before it is used again (truncated backpropagation).",
            name=name or "h",
        ),
        spot=shared.consumer or shared.made,
        variable=name,
        fixed=fixed,
    )


def _is_rebound(loop: ast.For | ast.While, name: str) -> bool:
    """Whether the loop assigns the name by itself, so that it is a tensor at the end of a turn."""
    assigned = [target for node in ast.walk(loop) if isinstance(node, ast.Assign) for target in node.targets]
    plain = [each for target in assigned for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return any(isinstance(each, ast.Name) and each.id == name for each in plain)


def _before_loop(trouble: Trouble, shared: Shared, edits: Edits | None, loop: ast.For | ast.While | None) -> Mistake:
    made = edits.statement_on(shared.made.line) if edits and shared.made else None
    fixed = None
    movable = isinstance(made, ast.Assign) and made.lineno == made.end_lineno
    if edits is not None and loop is not None and made is not None and movable and made in edits.block(loop):
        fixed = edits.move(made, before=loop.body[0]).done()
    return raised(
        trouble,
        "graph-outside-loop",
        say(
            "{name} is computed once, before the loop, and every turn goes back through it; the first backward() on"
            " line {line} freed what it had saved ({node}).",
            name=shared.variable or say("A part of the graph"),
            line=_line(shared),
            node=shared.node,
        ),
        say("Compute it inside the loop, or, where nothing before it is to learn, take its .detach()."),
        spot=shared.made,
        variable=shared.variable,
        fixed=fixed,
    )


def _two_losses(facts: Facts, trouble: Trouble, shared: Shared, edits: Edits | None) -> Mistake:
    by = next((each for each in facts.passes if each.number == shared.by), None)
    stepped = by is not None and any(step.moment > by.moment for step in facts.steps)
    fixed = _keeping(edits, shared) if edits is not None and not stepped else None
    return raised(
        trouble,
        "two-losses-shared-graph",
        say(
            "backward() on line {line} freed what {name} had saved ({node}, made on line {made}), and this backward()"
            " goes through the same part.",
            line=_line(shared),
            name=shared.variable or say("the shared part"),
            node=shared.node,
            made=shared.made.line if shared.made else "?",
        ),
        say("Detach what the first loss takes of the shared part, or add both losses and call backward() once.")
        if stepped
        else say("Add the losses and call backward() once, or give the first call retain_graph=True."),
        spot=shared.by_spot,
        variable=shared.variable,
        fixed=fixed,
    )


TABLE: Table = ((r"Trying to backward through the graph a second time", second_time),)
