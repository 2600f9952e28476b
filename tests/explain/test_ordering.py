"""Calls that came too late or too early, by the order in which they ran."""

from app.explain.facts import Call, Facts, Step
from app.explain.ordering import clipped_too_early, registered_too_late, stepped_too_early, zeroed_too_late

from .given import passed, spot, tensor

STEP = "loss.backward()\nopt.zero_grad()\nopt.step()\n"


def zeroed(at: int, with_grad: int = 0) -> Facts:
    clear = Call("zero_grad", spot(STEP, "opt.zero_grad()"), at, ())
    step = Step("opt", 5, None, 20, (1,), with_grad)
    return Facts(STEP, passes=[passed(1, spot(STEP, "loss.backward()"), leaves=(1,))], calls=[clear], steps=[step])


def test_gradients_cleared_between_backward_and_step_are_told() -> None:
    (found,) = zeroed_too_late(zeroed(15))
    assert (found.id, found.line) == ("zero-grad-after-backward", 2)
    assert found.fixed_source == "opt.zero_grad()\nloss.backward()\nopt.step()\n"


def test_gradients_cleared_before_the_backward_are_fine() -> None:
    assert list(zeroed_too_late(zeroed(5))) == []
    assert list(zeroed_too_late(zeroed(15, with_grad=1))) == []


CLIP = "clip_grad_norm_([w], 1.0)\nloss.backward()\n"


def clipped(at: int, *, had_grad: bool) -> Facts:
    call = Call("clip_grad_norm_", spot(CLIP, "clip_grad_norm_([w], 1.0)"), at, (tensor("w"),), had_grad)
    return Facts(CLIP, passes=[passed(1, spot(CLIP, "loss.backward()"))], calls=[call])


def test_clipping_goes_behind_the_backward() -> None:
    (found,) = clipped_too_early(clipped(5, had_grad=False))
    assert (found.id, found.line) == ("clip-before-backward", 1)
    assert found.fixed_source == "loss.backward()\nclip_grad_norm_([w], 1.0)\n"
    assert list(clipped_too_early(clipped(15, had_grad=True))) == []


LATE = "y.sum().backward()\ny.retain_grad()\n"


def registered(at: int, passes: tuple[int, ...] = (1,), *, is_leaf: bool = False) -> Facts:
    call = Call("retain_grad", spot(LATE, "y.retain_grad()"), at, (tensor("y", is_leaf=is_leaf),), passes=passes)
    return Facts(LATE, passes=[passed(1, spot(LATE, "y.sum().backward()"))], calls=[call])


def test_what_is_registered_after_the_backward_goes_before_it() -> None:
    (found,) = registered_too_late(registered(15))
    assert (found.id, found.line, found.fixed_source) == (
        "retain-grad-too-late",
        2,
        "y.retain_grad()\ny.sum().backward()\n",
    )


def test_what_is_registered_in_time_or_on_another_graph_is_fine() -> None:
    assert list(registered_too_late(registered(5))) == []
    assert list(registered_too_late(registered(15, passes=()))) == []


def test_a_leaf_needs_no_retaining() -> None:
    (found,) = registered_too_late(registered(5, is_leaf=True))
    assert (found.id, found.severity, found.fixed_source) == ("retain-grad-leaf", "note", "y.sum().backward()\n")


EARLY = "opt.step()\nopt.zero_grad()\nloss.backward()\n"


def stepped(standing: int) -> Facts:
    """Two turns of a loop whose loss was node 3, where autograd's counter stood at `standing` at the first step."""
    at = spot(EARLY, "opt.step()")
    steps = [Step("opt", 5, at, 5, (1,), 0, standing), Step("opt", 5, at, 15, (1,), 1, standing + 4)]
    return Facts(EARLY, passes=[passed(1, spot(EARLY, "loss.backward()"), leaves=(1,), made=3)], steps=steps)


def test_a_step_between_the_loss_and_its_backward_goes_behind_it() -> None:
    (found,) = stepped_too_early(stepped(4))
    assert (found.id, found.line) == ("step-before-backward", 1)
    assert found.fixed_source == "opt.zero_grad()\nloss.backward()\nopt.step()\n"


def test_a_step_before_the_loss_is_computed_is_in_order() -> None:
    assert list(stepped_too_early(stepped(3))) == []
