"""What a program's random numbers begin from: Python's, NumPy's and torch's generators."""

import os
import random

import numpy as np
import torch


def reseed() -> None:
    """New seeds from the system, as a fresh Python would have them: a fork inherits numpy's and torch's state."""
    random.seed()
    np.random.seed(int.from_bytes(os.urandom(4), "little"))
    torch.default_generator.manual_seed(int.from_bytes(os.urandom(7), "little"))


def sow(seed: int) -> None:
    """The same beginning for the same seed, so that a run can be done again."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)
