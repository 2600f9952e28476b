"""Paths that were cut without a word: a leaf that was to get a gradient, and the line after which none could come."""

import ast
from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .edits import Edits, keyword_of, written
from .facts import Binding, Cut, Facts
from .mending import joined, recording
from .mistakes import edits_of, mistake
from .rootless import IDS
from .things import Leaf, Span
from .wording import cutting, leaf_names

SILENT = frozenset(IDS) - {"gradient", "other"}


def cut_paths(facts: Facts) -> Iterator[Mistake]:
    """Leaves that no gradient reached, where what was computed from them went on into a loss, or was meant to."""
    told: set[int] = set()
    places: dict[Span, tuple[Cut, list[Leaf]]] = {}
    for cut in facts.cuts:
        lost = [leaf for leaf in cut.leaves if _is_missed(facts, leaf, cut) and leaf.identity not in told]
        if not lost or cut.kind not in SILENT or not _matters(facts, cut):
            continue
        told.update(leaf.identity for leaf in lost)
        places.setdefault(cut.spot.span, (cut, []))[1].extend(lost)
    for cut, lost in places.values():
        yield _lost(facts, cut, lost)


def _lost(facts: Facts, cut: Cut, lost: list[Leaf]) -> Mistake:
    explanation, fix = cutting(cut)
    edits = edits_of(facts)
    mend = recording if cut.kind == "no_grad" else joined
    return mistake(
        "no-grad-cuts" if cut.kind == "no_grad" else IDS[cut.kind],
        "warning",
        cut.spot,
        explanation
        + " "
        + say("No gradient can come to {names} on this way, and none did.", names=leaf_names(tuple(lost)) or "?"),
        fix,
        variable=lost[0].name or cut.operand.name,
        fixed=mend(edits, cut) if edits is not None else None,
    )


def _is_missed(facts: Facts, leaf: Leaf, cut: Cut) -> bool:
    """Whether the leaf was to get a gradient and got none: made to require grad by itself, or held by an optimizer."""
    if leaf.reached or leaf.asked or leaf.follows:
        return False
    if leaf.holder is not None:
        return True
    if leaf.kind == "parameter" and facts.holdings:
        return False
    if leaf.kind == "parameter" and leaf.owner is not None:
        if cut.kind == "no_grad" or not leaf.name:
            return False
        return any(each.reached and each.owner and _root(each.owner) == _root(leaf.owner) for each in facts.leaves)
    return True


def _root(owner: str) -> str:
    return owner.partition(".")[0]


def _matters(facts: Facts, cut: Cut) -> bool:
    """Whether a backward began at something computed from the result; of a cast also that floats were made again."""
    fills = {each.number for each in facts.passes if each.fills and not each.raised}
    if fills & set(cut.roots):
        return True
    return cut.kind == "integer" and cut.floats and not facts.passes and cut.operand.name is not None


def computed_weights(facts: Facts) -> Iterator[Mistake]:
    """A name that was to be a leaf, but was computed in the line that made it: the leaf itself has no name."""
    roots = {each.root.identity for each in facts.passes}
    for leaf in facts.leaves:
        bound = _binding_around(facts, leaf)
        if bound is None or bound.now is None or bound.now.is_leaf or not bound.now.requires_grad:
            continue
        if not leaf.reached or bound.now.identity in roots or bound.now.has_grad:
            continue
        casts = bound.now.dtype != leaf.dtype
        yield mistake(
            "to-dtype-nonleaf" if casts else "init-scale-nonleaf",
            "warning",
            bound.spot,
            say(
                "The leaf is what was made inside this line; {name} names what was computed from it, so {name}.grad"
                " stays None and the gradient goes to a tensor without a name.",
                name=bound.name,
            ),
            say("Compute first, then ask for gradients: {name} = (...).requires_grad_().", name=bound.name),
            variable=bound.name,
            fixed=_required_last(edits_of(facts), bound, leaf),
        )


def _binding_around(facts: Facts, leaf: Leaf) -> Binding | None:
    """The assignment in whose line the leaf was made, where the leaf itself has no name."""
    if leaf.name is not None or leaf.made is None:
        return None
    line, column, end_line, end_column = leaf.made.span
    for each in facts.bindings:
        start, end = each.spot.span[:2], each.spot.span[2:]
        if start < (line, column) and (end_line, end_column) <= end and each.before is None:
            return each
    return None


def _required_last(edits: Edits | None, bound: Binding, leaf: Leaf) -> str | None:
    statement = edits.at(bound.spot.span, ast.stmt) if edits else None
    call = edits.at(leaf.made.span if leaf.made else None, ast.Call) if edits else None
    if (
        edits is None
        or not isinstance(statement, (ast.Assign, ast.AnnAssign))
        or call is None
        or statement.value is None
    ):
        return None
    value = statement.value
    whole, part = edits.text(value), edits.text(call)
    flag = keyword_of(call, "requires_grad")
    name = written(call.func) or ""
    if flag is not None:
        keyword = f"requires_grad={edits.text(flag.value)}"
        bare = part.replace(f", {keyword}", "").replace(f"{keyword}, ", "").replace(keyword, "")
        inside = whole.replace(part, bare, 1)
    elif name.endswith("Parameter") and call.args:
        return edits.replace(value, f"{name}({whole.replace(part, edits.text(call.args[0]), 1)})").done()
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "requires_grad_":
        inside = whole.replace(part, edits.text(call.func.value), 1)
    else:
        return None
    grouped = inside if isinstance(value, ast.Call) else f"({inside})"
    return edits.replace(value, f"{grouped}.requires_grad_()").done()


DETECTORS = (cut_paths, computed_weights)
