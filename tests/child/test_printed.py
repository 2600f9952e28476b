"""Pairs in printed lines, as people print them."""

import math

import pytest

from app.child.printed import MAX_LINE, Printed, pairs_in


@pytest.mark.parametrize(
    ("line", "step", "pairs"),
    [
        ("Epoch:3 Loss:0.25", 3, [("Loss", 0.25)]),
        ("Epoch [3/10], Train Loss: 0.25, acc = 91.5%", 3, [("Train Loss", 0.25), ("acc", 91.5)]),
        ("step 100: loss=1e-3", 100, [("loss", 0.001)]),
        ("iter: 7 | val_loss: 2 | loss: 1", 7, [("loss", 1.0), ("val_loss", 2.0)]),
        ("Epoch 1 batch 20 loss: 0.5", None, [("loss", 0.5)]),
        ("loss: tensor(0.5, grad_fn=<MeanBackward0>)", None, [("loss", 0.5)]),
        ("loss: -inf cost: Infinity", None, [("loss", -math.inf), ("cost", math.inf)]),
        ("12 0.5", None, []),
        ("Time: 12:30:45 on 2024-01-02, took = 3.5s, see http://x:80/a", None, []),
        ("loss: tensor([1., 2.])", None, []),
    ],
)
def test_a_line_is_read_as_a_person_reads_it(line: str, step: int | None, pairs: list[tuple[str, float]]) -> None:
    assert pairs_in(line) == (step, pairs)


def test_nan_is_a_number_here() -> None:
    _, [(name, value)] = pairs_in("loss: nan")
    assert (name, math.isnan(value)) == ("loss", True)


def heard(*pieces: bytes) -> list[tuple[str, float, int | None]]:
    told: list[tuple[str, float, int | None]] = []
    printed = Printed(lambda *pair: told.append(pair))
    for piece in pieces:
        printed.feed(piece)
    return told


def test_a_line_counts_when_it_ends_however_it_came() -> None:
    assert heard(b"lo", b"ss: 1", b"\nloss: 2\rlo", b"ss: 3") == [("loss", 1.0, None), ("loss", 2.0, None)]


def test_a_line_too_long_for_a_person_is_not_read() -> None:
    assert heard(b"x" * MAX_LINE + b" loss: 1\n") == []
    assert heard(*[b"x" * MAX_LINE] * 3, b" loss: 1\n") == []


def test_names_past_a_bound_are_not_told() -> None:
    assert len(heard(*[f"name{'x' * n}: 1\n".encode() for n in range(60)])) == 50


def test_commas_between_thousands_belong_to_the_number_and_others_do_not() -> None:
    assert pairs_in("loss: 1,234.5, acc: 0.5") == (None, [("loss", 1234.5), ("acc", 0.5)])
    assert pairs_in("cost = 1,2") == (None, [("cost", 1.0)])
