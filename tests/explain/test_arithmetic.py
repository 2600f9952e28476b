"""A node's arithmetic, from graphs and steps written by hand."""

from typing import Any

from app.events import GradChange, Node, Saved, Step, TensorValue
from app.explain import Line, arithmetic, change_of


def value(data: Any, *shape: int) -> TensorValue:
    return TensorValue(shape=shape, dtype="float32", data=data)


POW = Node(
    id=1,
    name="PowBackward0",
    kind="function",
    formula="self: pow_backward(grad, self, exponent)",
    saved=(Saved(name="exponent", value=2.0), Saved(name="self", value=value(2.0))),
)
POW_STEP = Step(node=1, grad_outputs=(value(1.0),), grad_inputs=(value(4.0),))
MUL = Node(
    id=0,
    name="MulBackward0",
    kind="function",
    formula="self: mul_tensor_backward(grad, other, self.scalar_type())\nother: mul_tensor_backward(grad, self)",
    saved=(Saved(name="other", value=value((3.0, 4.0), 2)), Saved(name="self", value=value(2.0))),
)


def test_the_first_example() -> None:
    assert arithmetic(POW, POW_STEP) == [
        Line(
            input="self",
            input_nr=0,
            variable=None,
            formula="grad * exponent * self^(exponent-1)",
            numbers="1 * 2 * 2^1",
            result="4",
            table="pow_backward(grad, self, exponent)",
            note=None,
        )
    ]


def test_a_broadcast_input_is_said_to_be_summed() -> None:
    step = Step(node=0, grad_outputs=(value((1.0, 1.0), 2),), grad_inputs=(value(7.0), None))
    (line,) = arithmetic(MUL, step)
    assert (line.numbers, line.result) == ("sum([1, 1] * [3, 4])", "7")
    assert line.note == "self was broadcast, so its gradient is summed over the broadcast dimension."


def test_each_input_that_got_a_gradient_has_a_line() -> None:
    step = Step(node=0, grad_outputs=(value((1.0, 1.0), 2),), grad_inputs=(value(7.0), value((2.0, 2.0), 2)))
    assert [(line.input, line.input_nr, line.formula) for line in arithmetic(MUL, step)] == [
        ("self", 0, "grad * other"),
        ("other", 1, "grad * self"),
    ]


def test_without_a_step_there_are_formulas_alone() -> None:
    (line,) = arithmetic(POW, None)
    assert (line.formula, line.numbers, line.result) == ("grad * exponent * self^(exponent-1)", None, None)
    assert line.note == "This node's work was not recorded, so there are no numbers to put in."


def test_what_was_freed_is_said_to_be_gone() -> None:
    freed = Node(id=1, name="ExpBackward0", kind="function", saved=(Saved(name="result", freed=True),))
    (line,) = arithmetic(freed, POW_STEP)
    assert (line.numbers, line.note) == (None, "result was freed by an earlier backward, so its numbers are gone.")


def test_values_of_an_earlier_backward_are_not_put_in() -> None:
    (line,) = arithmetic(POW, POW_STEP, fresh=False)
    assert line.numbers is None
    assert line.result == "4"
    assert line.note is not None
    assert line.note.startswith("self was read when this graph was first seen, in an earlier backward")


def test_what_is_too_large_to_write_out_is_said_to_be() -> None:
    many = value(tuple(float(each) for each in range(20)), 20)
    node = Node(id=0, name="ExpBackward0", kind="function", saved=(Saved(name="result", value=many),))
    (line,) = arithmetic(node, Step(node=0, grad_outputs=(value((1.0,), 1),), grad_inputs=(many,)))
    assert (line.numbers, line.result, line.note) == (None, None, "result has too many elements to be written out.")


def test_a_node_nobody_wrote_of_has_torchs_formula() -> None:
    node = Node(id=0, name="LgammaBackward0", kind="function", formula="self: grad * digamma(self)")
    (line,) = arithmetic(node, Step(node=0, grad_outputs=(value(1.0),), grad_inputs=(value(0.5),)))
    assert (line.input, line.formula, line.table, line.result) == ("self", None, "grad * digamma(self)", "0.5")


LEAF = Node(id=2, name="AccumulateGrad", kind="accumulate_grad", variable="x", formula="variable: variable.grad + grad")
LEAF_STEP = Step(node=2, grad_outputs=(value(4.0),), grad_inputs=())


def test_a_leaf_adds_to_its_grad() -> None:
    change = GradChange(old=value(3.0), added=value(-4.0), new=value(-1.0))
    (line,) = arithmetic(LEAF, LEAF_STEP, change=change)
    assert (line.variable, line.formula, line.numbers, line.result) == ("x", "variable.grad + grad", "3 + (-4)", "-1")


def test_a_leaf_without_a_grad_takes_the_gradient_itself() -> None:
    (line,) = arithmetic(LEAF, LEAF_STEP, change=GradChange(old=None, added=value(4.0), new=value(4.0)))
    assert (line.formula, line.numbers, line.result) == ("grad", None, "4")
    assert line.note == "x.grad was None, so the gradient itself becomes it."


def test_a_leafs_change_is_found_by_its_name_or_its_nodes_id() -> None:
    change = GradChange(old=None, added=value(4.0), new=value(4.0))
    other = GradChange(old=None, added=value(5.0), new=value(5.0))
    assert change_of(LEAF, {"x": change, "y": other}) == change
    assert change_of(LEAF, {"x": other, "x #2": change}) == change
    assert change_of(LEAF, {"#2": change}) == change
    assert change_of(LEAF, {"y": other}) is None


def test_an_output_without_a_gradient_counts_as_zeros() -> None:
    dim = Saved(name="dim", value=0.0)
    node = Node(id=0, name="SplitBackward0", kind="function", saved=(dim,))
    (line,) = arithmetic(node, Step(node=0, grad_outputs=(value((2.0,), 1), None), grad_inputs=(value((2.0, 0.0), 2),)))
    assert (line.numbers, line.result) == ("cat([[2], None], 0)", "[2, 0]")
    assert line.note == "None: to that output no gradient came, so it counts as zeros."


def test_a_loss_divides_by_the_number_of_elements_where_it_is_a_mean() -> None:
    saved = [Saved(name="self", value=value((1.0, 2.0), 2)), Saved(name="target", value=value((0.0, 0.0), 2))]
    step = Step(node=0, grad_outputs=(value(1.0),), grad_inputs=(value((1.0, 2.0), 2), None))
    told = [
        arithmetic(Node(id=0, name="MseLossBackward0", kind="function", saved=(*saved, reduction)), step)[0].numbers
        for reduction in (Saved(name="reduction", value=1.0), Saved(name="reduction", value=2.0))
    ]
    assert told == ["1 * 2 * ([1, 2] - [0, 0]) / 2", "1 * 2 * ([1, 2] - [0, 0])"]
