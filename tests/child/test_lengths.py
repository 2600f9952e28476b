"""How many points a loop will give: the oracle is the number of points it then gave."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split
from tqdm import tqdm, trange  # type: ignore[import-untyped]

from app.child.lengths import length_of

from .conftest import Observed

ROWS = TensorDataset(torch.ones(10, 2))


class Mine:
    def __len__(self) -> int:
        raise AssertionError("the learner's code was asked")

    def __getitem__(self, _: int) -> int:
        return 1


@pytest.mark.parametrize(
    ("things", "length"),
    [
        (range(3, 9, 2), 3),
        ([1, 2], 2),
        ({"a": 1}.items(), 1),
        (enumerate(range(4)), 4),
        (zip(range(4), [1, 2, 3], strict=False), 3),
        (map(str, (1, 2)), 2),
        (reversed([1, 2, 3]), 3),
        (np.ones((5, 2)), 5),
        (torch.ones(6, 2), 6),
        (torch.tensor(1.0), None),
        (DataLoader(ROWS, batch_size=4), 3),
        (DataLoader(ROWS, batch_size=4, drop_last=True, shuffle=True), 2),
        (enumerate(DataLoader(ROWS, batch_size=5)), 2),
        (DataLoader(random_split(ROWS, [7, 3])[0]), 7),
        (DataLoader(Mine()), None),  # type: ignore[arg-type]  # a data set by duck typing
        (Mine(), None),
        ((n for n in range(3)), None),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_length_is_known_without_asking_the_learners_code(things: Any, length: int | None) -> None:
    assert length_of(things) == length


def test_a_progress_bars_length_is_that_of_what_it_runs_over() -> None:
    assert [length_of(bar) for bar in (tqdm(range(5), disable=True), trange(4, disable=True))] == [5, 4]
    assert length_of(tqdm((n for n in range(3)), total=3)) == 3


@pytest.mark.parametrize(
    "loop",
    [
        "for i in range(3):\n    for j in [1, 2]:\n        log(2 * i + j, loss=1.0)",
        "def train():\n    for j in range(2):\n        log(j, loss=1.0)\nfor i in range(3):\n    train()",
        "if True:\n    for i in range(4): log(i, loss=1.0)",
        "for i in range(2): log(i, loss=1.0)\nfor i in range(3): log(i, loss=1.0)",
        "for i in range(5): [print(f'loss: {i}') for _ in 'a'] if False else print(f'loss: {i}')",
    ],
)
def test_the_total_is_how_many_points_come(observed: Observed, loop: str) -> None:
    told = observed(loop)
    assert told.total("loss") == len(told.curves["loss"])


@pytest.mark.parametrize(
    "loop",
    [
        "for name in ('loss', 'other'):\n    for i in range(2):\n        log(i, **{name: 0.5})",
        "i = 0\nwhile i < 3:\n    log(i, loss=1.0)\n    i += 1",
        "for i in range(3):\n    if i % 2:\n        log(i, loss=1.0)",
        "for i in range(3):\n    if i == 1:\n        continue\n    log(i, loss=1.0)",
        "for i in range(3):\n    [log(i, loss=1.0) for _ in range(2)]",
        "log(0, loss=1.0)",
    ],
)
def test_the_total_is_not_guessed(observed: Observed, loop: str) -> None:
    assert observed(loop).total("loss") is None
