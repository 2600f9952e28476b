"""A cut path, mended in the text."""

import pytest

from app.explain.edits import Edits
from app.explain.facts import Cut
from app.explain.mending import joined, recording

from .given import spot, tensor


def cut(kind: str, source: str, text: str, **known: object) -> Cut:
    return Cut(kind, spot(source, text), tensor(), (), **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "source", "text", "mended"),
    [
        ("detach", "h = (w * 5).detach()", "(w * 5).detach()", "h = w * 5"),
        ("detach", "h = w.detach().requires_grad_()", "w.detach()", "h = w"),
        ("data", "y = w.data * 4", "w.data", "y = w * 4"),
        ("item", "t = torch.tensor((w ** 2).sum().item())", "(w ** 2).sum().item()", "t = (w ** 2).sum()"),
        ("parameter", "p = nn.Parameter(x * 2)", "nn.Parameter(x * 2)", "p = x * 2"),
        ("integer", "y = x.long().float() * 2", "x.long()", "y = x * 2"),
        ("detach", "y = (a + b).detach() * 2", "(a + b).detach()", "y = (a + b) * 2"),
        ("tensor", "l = torch.tensor(x, requires_grad=True)", "torch.tensor(x, requires_grad=True)", "l = x"),
    ],
)
def test_what_cuts_is_taken_out(kind: str, source: str, text: str, mended: str) -> None:
    assert joined(Edits(source), cut(kind, source, text)) == mended


def test_an_array_that_numpy_goes_on_with_is_left_alone() -> None:
    source = "y = torch.from_numpy(np.sqrt(a.detach().numpy()))"
    assert joined(Edits(source), cut("detach", source, "a.detach()")) is None


def test_a_sum_of_items_stays_a_tensor_to_its_end() -> None:
    source = "t += (w * x).item()\nloss = torch.tensor(t, requires_grad=True)\n"
    assert joined(Edits(source), cut("item", source, "(w * x).item()")) == "t += w * x\nloss = t\n"


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        ("with torch.no_grad():\n    y = w * 2\n", "with torch.enable_grad():\n    y = w * 2\n"),
        ("@torch.no_grad()\ndef f():\n    return w * 2\n", "@torch.enable_grad()\ndef f():\n    return w * 2\n"),
        ("with torch.no_grad():\n    y = w * 2\n    w -= y\n", None),
        ("y = w * 2\n", None),
    ],
)
def test_recording_is_switched_on_where_nothing_else_needs_it_off(source: str, mended: str | None) -> None:
    assert recording(Edits(source), cut("no_grad", source, "w * 2")) == mended


def test_a_switch_left_off_is_turned_on() -> None:
    source = "torch.set_grad_enabled(False)\ny = w * 2\n"
    switch = spot(source, "torch.set_grad_enabled(False)")
    found = cut("no_grad", source, "w * 2", switch=switch, is_global=True)
    assert recording(Edits(source), found) == "torch.set_grad_enabled(True)\ny = w * 2\n"
