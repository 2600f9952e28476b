"""Computations done again in float64. The oracle is the same computation, written in float64 at once."""

from collections.abc import Callable

import pytest
import torch

from app.autograd import Tape, Unrepeatable, start_at
from app.autograd.redoing import Redoing

Work = Callable[[torch.Tensor], torch.Tensor]


def done_again(work: Work, at: int | None = None, shift: float = 0.0) -> float:
    leaf = torch.tensor([[0.1, 0.7], [1.3, -0.4]], requires_grad=True)
    with Tape() as tape:
        root = work(leaf)
    redoing = Redoing(tape.entries, 0, [start_at(root, None)], leaf)
    return redoing.run(at, shift)


def written(x: torch.Tensor) -> torch.Tensor:
    y = x * 1
    y[0] = x[1] * 3
    y.t().add_(x)
    return y.prod()


@pytest.mark.parametrize(
    "work", [lambda x: x.exp().sum(), lambda x: (x @ x.t()).softmax(1).log().sum(), written, lambda x: x[0, 1]]
)
def test_a_computation_comes_out_as_in_float64_also_where_an_element_is_shifted(work: Work) -> None:
    leaf = torch.tensor([[0.1, 0.7], [1.3, -0.4]]).double()
    assert done_again(work) == pytest.approx(float(work(leaf)), rel=1e-12)
    leaf[1, 0] += 0.25
    assert done_again(work, 2, 0.25) == pytest.approx(float(work(leaf)), rel=1e-12)


def test_what_was_drawn_at_random_is_drawn_again() -> None:
    made: list[torch.Tensor] = []

    def work(x: torch.Tensor) -> torch.Tensor:
        made.append(torch.native_dropout(x, 0.5, True)[0].sum())
        return made[0]

    assert done_again(work) == pytest.approx(float(made[0].detach()), rel=1e-6)


def test_complex_numbers_are_refused_by_name() -> None:
    with pytest.raises(Unrepeatable) as refused:
        done_again(lambda x: torch.fft.fft(x).abs().sum())
    assert (refused.value.why, refused.value.what) == ("layout", "complex64")


def test_a_root_that_comes_out_otherwise_is_refused() -> None:
    leaf = torch.tensor([2.0], requires_grad=True)
    with Tape() as tape:
        made = leaf * 2
        made.data.zero_()  # behind autograd's back
        root = made.sum()
    redoing = Redoing(tape.entries, 0, [start_at(root, None)], leaf)
    redoing.run(None, 0.0)
    with pytest.raises(Unrepeatable) as refused:
        redoing.compare()
    assert refused.value.why == "different"
