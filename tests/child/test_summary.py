"""`from torchsummary import summary`, as learners have it; the numbers are counted by hand."""

import random
import sys
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from app.child.summary import offer, summary


@pytest.fixture(autouse=True)
def offered() -> Iterator[None]:
    offer()
    yield
    del sys.modules["torchsummary"]


def test_the_table_of_two_layers(capsys: pytest.CaptureFixture[str]) -> None:
    from torchsummary import summary as learned  # type: ignore[import-not-found]  # what is offered

    model = nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))
    assert learned(model, (1000,)) is None
    assert capsys.readouterr().out.splitlines() == [
        "----------------------------------------------------------------",
        "        Layer (type)              Output Shape         Param #",
        "================================================================",
        "            Linear-1                 [-1, 100]         100,100",
        "              ReLU-2                 [-1, 100]               0",
        "            Linear-3                  [-1, 10]           1,010",
        "================================================================",
        "Total params: 101,110",
        "Trainable params: 101,110",
        "Non-trainable params: 0",
        "----------------------------------------------------------------",
    ]


def test_it_leaves_chance_mode_gradients_and_buffers_alone() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    chance = torch.get_rng_state(), random.getstate()
    summary(model, (1, 8, 8))
    assert torch.equal(torch.get_rng_state(), chance[0])
    assert random.getstate() == chance[1]
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in model.parameters())
    assert all(not each._forward_hooks and not each._forward_pre_hooks for each in model.modules())


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.layer(self.layer(x))
        return result


class Two(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(2, 3), nn.Linear(4, 3)

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.left(a) + self.right(b)
        return result


@pytest.mark.parametrize(
    ("model", "size", "total"),
    [
        (Tied(), (8,), "72"),
        (Two(), [(2,), (4,)], "24"),
        (nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 2)), (5,), "50"),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8), "600"),
    ],
    ids=["tied", "two inputs", "embedding", "transformer"],
)
def test_models_on_which_the_old_package_fails(
    model: nn.Module, size: list[int], total: str, capsys: pytest.CaptureFixture[str]
) -> None:
    summary(model, size)
    assert f"Total params: {total}\n" in capsys.readouterr().out
    assert total == f"{sum(parameter.numel() for parameter in model.parameters()):,}"


def test_frozen_parameters_are_counted_apart(capsys: pytest.CaptureFixture[str]) -> None:
    model = nn.Linear(2, 1)
    model.weight.requires_grad_(False)
    summary(model, (2,))
    assert "Trainable params: 1\nNon-trainable params: 2\n" in capsys.readouterr().out


def test_an_input_that_does_not_fit_is_told_in_torchs_own_words() -> None:
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        summary(nn.Linear(3, 1), (4,))
    with pytest.raises(TypeError, match=r"takes one example's shape, such as \(1000,\)"):
        summary(nn.Linear(3, 1), "3")


def test_torchinfo_keeps_its_own_meaning_and_leaves_chance_alone() -> None:
    import torchinfo

    model = nn.Linear(3, 2)
    before = torch.get_rng_state()
    told = torchinfo.summary(model, input_size=(7, 3), verbose=0)
    assert told.total_params == 8
    assert told.input_size == [(7, 3)]
    assert torch.equal(torch.get_rng_state(), before)
