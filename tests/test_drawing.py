"""`show(loss)`: drawn where the tensor is, whatever its size, with the names of the code that asks."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from app import show
from app.drawing import SAFE


def test_a_notebook_shows_the_graph_with_the_caller_s_names() -> None:
    weight = torch.ones(2, requires_grad=True)
    hidden = weight * 3
    picture = show(hidden.sum())._repr_svg_()
    assert picture.startswith("<svg")
    for name in ("SumBackward0", "MulBackward0", "hidden", "weight"):
        assert name in picture


def test_after_backward_it_still_draws() -> None:
    x = torch.ones(2, requires_grad=True)
    loss = (x**2).sum()
    loss.backward()
    assert "PowBackward0" in show(loss)._repr_svg_()


def test_several_tensors_are_drawn_together() -> None:
    x = torch.ones(2, requires_grad=True)
    assert show(x.exp(), x.sin()).graph.roots == (0, 1)


def test_it_is_saved_as_what_the_ending_says(tmp_path: Path) -> None:
    x = torch.ones(2, requires_grad=True)
    show(x.exp()).save(tmp_path / "graph.dot")
    assert "ExpBackward0" in (tmp_path / "graph.dot").read_text()
    with pytest.raises(ValueError, match=r"End it in \.svg"):
        show(x.exp()).save(tmp_path / "graph.bmp")


@pytest.mark.parametrize(
    ("tensor", "why"),
    [(torch.ones(1), "does not require grad"), (torch.ones(1, requires_grad=True), "is a leaf")],
)
def test_where_there_is_no_graph_it_says_why(tensor: torch.Tensor, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        show(tensor)


def test_what_is_no_tensor_is_refused() -> None:
    with pytest.raises(TypeError, match="was given a float"):
        show(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="none was given"):
        show()


DEEP = f"""
import torch
from app import show
torch.randn(600, 600) @ torch.randn(600, 600)  # on several threads, as a notebook has them
x = torch.ones(1, requires_grad=True)
y = x
for _ in range({SAFE * 50}):
    y = y + 1
drawing = show(y)
print(drawing.graph.total_nodes, drawing._repr_svg_()[:4])
del y, drawing
print("freed")
"""


def test_a_deep_graph_is_drawn_and_can_still_be_freed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEEP], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{SAFE * 50 + 1} <svg\nfreed\n"), done.stderr
