"""Formulas from torch's own table. The oracle is torch: the classes it has, and lines of the table read by eye."""

import torch

from app.autograd.formulas import OTHER, formula_of, formulas

NOT_IN_THE_TABLE = {"UndefinedGradBackward", "SendRpcBackward", "CopyBackwards"}


def test_every_class_of_node_that_torch_has_is_in_the_table_but_for_three() -> None:
    classes = {name for name in dir(torch._C._functions) if "Backward" in name and not name.startswith("Foreach")}
    table = formulas()
    assert {name for name in classes if name.removesuffix("_copy") not in table} == NOT_IN_THE_TABLE


def test_a_formula_names_each_input() -> None:
    assert formula_of("PowBackward0") == "self: pow_backward(grad, self, exponent)"
    assert formula_of("ExpBackward0") == "self: grad * result.conj()"
    assert formula_of("WhereBackward0") == "self: where(condition, grad, 0)\nother: where(condition, 0, grad)"


def test_derivatives_of_outputs_are_left_out() -> None:
    assert "values" not in (formula_of("MaxBackward0") or "")


def test_the_second_entry_of_a_name_is_another_node() -> None:
    assert formula_of("SumBackward0") == "self: grad.expand_symint(self.sym_sizes())"
    assert formula_of("SumBackward1") == "self: sum_backward(grad, self.sym_sizes(), dim, keepdim)"


def test_nodes_that_are_not_generated_have_words_of_their_own() -> None:
    assert all(formula_of(name) == text for name, text in OTHER.items())
    assert formula_of("CubeBackward", custom=True) == "inputs: Cube.backward(ctx, grad)"
    assert formula_of("NoSuchBackward0") is None
