"""What names read as."""

import pytest

from app.child.wording import distance, is_loss, is_measure, is_step


@pytest.mark.parametrize(
    "name",
    ["loss", "Loss", "loss2", "train_loss", "valLoss", "d_loss", "total_cost", "err", "mse", "MSE_Loss", "Train Loss"],
)
def test_names_of_losses(name: str) -> None:
    assert is_loss(name)


@pytest.mark.parametrize("name", ["loss_fn2x", "floss", "closer", "terror", "host", "accuracy", "x", "losslessness"])
def test_names_that_only_contain_the_letters(name: str) -> None:
    assert is_loss(name) == (name == "loss_fn2x")


@pytest.mark.parametrize("name", ["acc", "test_accuracy", "f1", "F1Score", "best_score", "loss"])
def test_names_of_measures(name: str) -> None:
    assert is_measure(name)


@pytest.mark.parametrize("name", ["epoch", "Step", "iter", "batch", "t", "i"])
def test_names_of_steps(name: str) -> None:
    assert is_step(name)
    assert not is_step(f"{name} size")


def test_the_nearest_to_a_loss_is_itself_and_sums_and_other_sets_are_further() -> None:
    assert [distance(name) for name in ("loss", "train_loss", "val_loss", "running_loss")] == [0, 1, 2, 2]
