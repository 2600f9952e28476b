"""What random numbers begin from: something new for each child, or the seed that was asked for."""

import random

import numpy as np
import torch

from app.child.seeds import reseed, sow


def draw() -> list[float]:
    """A number of each source of randomness."""
    return [random.random(), float(np.random.rand()), float(torch.rand(1, dtype=torch.float64))]


def test_new_seeds_are_drawn_for_each_source_of_randomness() -> None:
    drawn = []
    for _ in range(2):
        random.seed(0)
        np.random.seed(0)
        torch.manual_seed(0)
        reseed()
        drawn += draw()
    assert len(set(drawn)) == 6


def test_the_same_seed_gives_the_same_numbers_again() -> None:
    sow(7)
    first = draw()
    sow(7)
    assert draw() == first
