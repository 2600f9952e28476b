"""Gradients that no optimizer uses: it was built from other tensors than those that the loss is computed from."""

from collections.abc import Iterator

from ..events import Mistake
from ..words import say
from .facts import Binding, Facts, Holding
from .holding import old_tensors
from .mistakes import mistake
from .things import Leaf
from .wording import leaf_names


def others_held(facts: Facts) -> Iterator[Mistake]:
    """An optimizer none of whose tensors ever got a gradient, while tensors that no optimizer holds got them."""
    reached = {leaf.identity for leaf in facts.leaves if leaf.reached}
    for each in facts.holdings:
        steps = [step for step in facts.steps if step.identity == each.identity]
        strangers = _strangers(facts)
        idle = len(steps) > 1 and not any(step.with_grad for step in steps) and not reached & set(each.held)
        if not idle or not strangers or any(old_tensors(facts)):
            continue
        spot = _replaced(facts, each, strangers) or _built(facts, each) or steps[0]
        yield mistake(
            "optimizer-holds-others",
            "warning",
            spot.spot,
            say(
                "No backward() brings a gradient to anything {optimizer} holds, so its steps change nothing. The"
                " gradients come to {names}, which no optimizer holds.",
                optimizer=each.name,
                names=leaf_names(tuple(strangers)) or "?",
            ),
            say("Build the optimizer last, from the parameters that the loss is computed from."),
            variable=each.name,
        )
        return


def part_replaced(facts: Facts) -> Iterator[Mistake]:
    """Layers put in place of others that an optimizer holds: it steps, but knows nothing of the new ones."""
    strangers = [leaf for leaf in _strangers(facts) if leaf.kind == "parameter"]
    for each in facts.holdings:
        bound = _replaced(facts, each, strangers)
        if not each.steps or not each.nameless or bound is None:
            continue
        if not _works(facts, each):
            continue
        yield mistake(
            "optimizer-holds-old-tensor",
            "warning",
            bound.spot,
            say(
                "{optimizer} was built before this line and still holds what stood here: {names} get gradients, and"
                " no step changes them.",
                optimizer=each.name,
                names=leaf_names(tuple(strangers)) or "?",
            ),
            say("Make the tensor final first (dtype, device, values), then build the optimizer from it."),
            variable=each.name,
        )
        return


def left_out(facts: Facts) -> Iterator[Mistake]:
    """Parameters that get gradients beside those an optimizer steps: frozen on purpose perhaps, but not said so."""
    strangers = [leaf for leaf in _strangers(facts) if leaf.kind == "parameter" and leaf.name]
    loose = {value.identity for part in facts.loose for value in part.values}
    working = [each for each in facts.holdings if not each.nameless and _works(facts, each)]
    if not working or not strangers or loose & {leaf.identity for leaf in strangers}:
        return
    bound = _built(facts, working[0])
    yield mistake(
        "optimizer-misses-parameters",
        "note",
        bound.spot if bound else None,
        say(
            "{names} get gradients, but no optimizer holds them, so they stay as they are.",
            names=leaf_names(tuple(strangers)),
        ),
        say(
            "To train them, give them to {optimizer} too; else call requires_grad_(False) on them, which saves the"
            " work.",
            optimizer=working[0].name,
        ),
        variable=working[0].name,
    )


def _strangers(facts: Facts) -> list[Leaf]:
    """Leaves that got gradients in several backwards, that no optimizer holds and no line changes in place."""
    known = {identity for identity, *_ in facts.changes} | {held for each in facts.holdings for held in each.held}
    return [leaf for leaf in facts.leaves if leaf.reached > 1 and leaf.identity not in known and not leaf.asked]


def _built(facts: Facts, each: Holding) -> Binding | None:
    """Where the optimizer was made."""
    return next((one for one in facts.bindings if one.now is not None and one.now.identity == each.identity), None)


def _works(facts: Facts, holding: Holding) -> bool:
    """Whether this optimizer ever stepped with a gradient."""
    return any(step.with_grad for step in facts.steps if step.identity == holding.identity)


def _replaced(facts: Facts, each: Holding, strangers: list[Leaf]) -> Binding | None:
    """The assignment that put the strangers into place, after the optimizer was made."""
    built = _built(facts, each)
    later = [
        one for one in facts.bindings if built is not None and one.moment > built.moment and one.name != built.name
    ]
    places = [(one, one.name.removesuffix("[]")) for one in later]
    return next((one for one, place in places if any(_is_inside(leaf.name, place) for leaf in strangers)), None)


def _is_inside(name: str | None, place: str) -> bool:
    return name is not None and name.startswith((f"{place}.", f"{place}["))


DETECTORS = (others_held, part_replaced, left_out)
