"""A saved tensor that changed: the line that changed it, and another way to write it."""

import pytest

from app.explain.facts import Facts
from app.explain.overwritten import changed_in_place, view_of_many
from app.explain.trouble import Changed

from .given import raised, spot, tensor

WORDS = "one of the variables needed for gradient computation has been modified by an inplace operation"


def changed(source: str, made: str, by: str, variable: str, **known: object) -> Changed:
    given = {"saved_version": 0, "version": 1, **known}
    return Changed("ExpBackward0", spot(source, made), "self", variable, spot=spot(source, by), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "made", "by", "corrected"),
    [
        ("y = x.exp()\ny += 1\n", "x.exp()", "y += 1", "y = x.exp()\ny = y + 1\n"),
        ("y = x.exp()\ny *= a + b\n", "x.exp()", "y *= a + b", "y = x.exp()\ny = y * (a + b)\n"),
        ("y = x.exp()\ny.add_(1)\n", "x.exp()", "y.add_(1)", "y = x.exp()\ny = y.add(1)\n"),
        ("z = y * y\ny[0] = 5\n", "y * y", "y[0] = 5", "z = y.clone() * y.clone()\ny[0] = 5\n"),
        ("z = y * 2\na = F.relu(y, inplace=True)\n", "y * 2", "F.relu(y, inplace=True)", "z = y * 2\na = F.relu(y, inplace=False)\n"),
    ],
)  # fmt: skip
def test_the_change_is_written_as_a_new_tensor_or_the_saved_one_as_a_copy(
    source: str, made: str, by: str, corrected: str
) -> None:
    found = changed_in_place(Facts(source), raised(WORDS, spot(source, made), changed=changed(source, made, by, "y")))
    assert found is not None
    assert (found.id, found.line, found.fixed_source) == ("inplace-changes-saved", 2, corrected)


def test_a_result_is_saved_as_a_copy() -> None:
    source = "y = x.exp()\ny[0] = 0\n"
    found = changed_in_place(
        Facts(source), raised(WORDS, changed=changed(source, "x.exp()", "y[0] = 0", "y", is_result=True))
    )
    assert found is not None
    assert found.fixed_source == "y = x.exp().clone()\ny[0] = 0\n"


def test_a_loop_that_writes_where_it_reads_is_told_as_such() -> None:
    source = "for i in range(3):\n    out[i] = out[i - 1] * w\n"
    found = changed_in_place(
        Facts(source), raised(WORDS, changed=changed(source, "out[i - 1] * w", "out[i] = out[i - 1] * w", "out"))
    )
    assert found is not None
    assert (found.id, found.fixed_source) == ("inplace-loop-index", source.replace("out[i - 1]", "out[i - 1].clone()"))


def test_a_step_goes_behind_the_backward_that_needs_the_weights() -> None:
    source = "opt.step()\nloss.backward()\n"
    trouble = raised(
        WORDS,
        spot(source, "loss.backward()"),
        changed=changed(source, "loss.backward()", "opt.step()", "w", optimizer="opt"),
    )
    found = changed_in_place(Facts(source), trouble)
    assert found is not None
    assert (found.id, found.line, found.fixed_source) == ("param-step-between", 1, "loss.backward()\nopt.step()\n")


def test_one_of_several_views_is_told_as_such() -> None:
    assert view_of_many(Facts(""), raised("…", None, tensor("a"))).variable == "a"
