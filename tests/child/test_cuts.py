"""How an operation cut the path to a leaf: what its result is decides, its name only says how."""

import pytest

from .looked import looked

SETUP = "x = torch.tensor([1.5, -2.], requires_grad=True)\n"


def kinds(source: str) -> list[str]:
    looks, _ = looked(SETUP + source)
    return [event.kind for event in looks.happenings.events if event.kind != "source"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("y = x.detach()", "detach"),
        ("y = x.data", "data"),
        ("y = x.sum().item()", "item"),
        ("y = float(x.sum())", "item"),
        ("y = x.tolist()", "tolist"),
        ("y = torch.tensor(x.sum().item(), requires_grad=True)", "item"),
        ("y = torch.nn.Parameter(x * 2)", "parameter"),
        ("y = x.long()", "integer"),
        ("y = x > 0", "comparison"),
        ("y = x.argmax()", "position"),
        ("y = x.topk(1).indices.float()", "position"),
        ("y = x.max(0)[1].float()", "position"),
        ("import math\ny = math.exp(x.sum())", "item"),
        ("with torch.no_grad():\n    y = x * 2", "no_grad"),
        ("with torch.inference_mode():\n    y = x * 2", "no_grad"),
    ],
)
@pytest.mark.filterwarnings("ignore:Converting a tensor")
def test_a_cut_is_of_one_kind(source: str, kind: str) -> None:
    assert kinds(source) == [kind]


@pytest.mark.parametrize(
    "source",
    [
        "y = x * 2",
        "y = torch.zeros_like(x)",
        "y = x.new_ones(3)",
        "y = x.shape",
        "x.requires_grad_()",
        "y = [x][0]",
        "with torch.no_grad():\n    x.mul_(2)",
        "y = torch.ones(2).detach()",
    ],
)
def test_what_loses_no_path_is_no_cut(source: str) -> None:
    assert kinds(source) == []


def test_what_a_cut_went_on_to_is_the_same_cut() -> None:
    assert kinds("def f(t):\n    return t.detach() * 2\ny = f(x)") == ["detach"]


def test_the_switch_is_where_recording_was_first_seen_off() -> None:
    looks, _ = looked(SETUP + "torch.set_grad_enabled(False)\ny = x * 2\ntorch.set_grad_enabled(True)")
    (cut,) = [event for event in looks.happenings.events if event.kind == "no_grad"]
    assert cut.switch is not None
    assert looks.sites[cut.switch].line == 2
