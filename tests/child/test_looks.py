"""The first runs of every mark, looked at: what is changed, bound and called, and how seldom."""

import weakref

import torch

from app.child.looks import LOOKS

from .looked import looked


def test_a_place_is_looked_at_a_few_times_only() -> None:
    looks, _ = looked("x = torch.ones(1)\nfor i in range(50):\n    x = x - 1")
    assert len([noted for noted in looks.noted if noted.words == "-"]) == LOOKS


def test_in_place_changes_are_laid_on_their_line() -> None:
    looks, top = looked(
        "x = torch.zeros(3)\nx += 1\nx[0] = 2\nx.mul_(2)\ntorch.nn.init.ones_(x)\npart = x[1:]\npart -= 1\ny = x + 1"
    )
    assert [looks.sites[site].line for _, site, _ in looks.changes] == [2, 3, 4, 5, 7]
    assert top["x"].tolist() == [1, 0, 0]


def test_a_name_bound_anew_remembers_what_it_was() -> None:
    looks, _ = looked("w = torch.ones(1, requires_grad=True)\nw = w * 2")
    bound = looks.bound[-1]
    assert bound.before is not None
    assert bound.now is not None
    assert (bound.name, bound.before.is_leaf, bound.now.is_leaf, bound.names) == ("w", True, False, ("w",))


def test_a_flag_that_is_set_is_noted_through_indexes_too() -> None:
    looks, _ = looked("net = torch.nn.Sequential(torch.nn.Linear(1, 1))\nnet[0].bias.requires_grad = False")
    bound = looks.bound[-1]
    assert bound.now is not None
    assert (bound.name, bound.value, bound.now.shape) == (".requires_grad", False, (1,))


def test_calls_of_note_say_what_they_were_given() -> None:
    looks, _ = looked(
        "net = torch.nn.Linear(1, 1)\ny = net(torch.ones(1, 1))\ny.retain_grad()\n"
        "torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)"
    )
    assert [(noted.words, noted.seen[0][1].kind, noted.had_grad) for noted in looks.noted] == [
        ("retain_grad", "tensor", False),
        ("clip_grad_norm_", "module", False),
    ]


def test_looking_keeps_no_tensor_and_no_local_alive() -> None:
    _, top = looked(
        "import weakref\nkept = []\ndef f():\n    a = torch.ones(1, requires_grad=True)\n    b = (a * 2).detach()\n"
        "    kept.append(weakref.ref(a))\n    del a\n    kept.append(weakref.ref(b))\n    return kept[0]() is None\n"
        "gone = f()"
    )
    assert (top["gone"], [ref() for ref in top["kept"]]) == (True, [None, None])
    assert all(isinstance(ref, weakref.ref) for ref in top["kept"])


def test_a_program_that_asks_for_its_own_names_is_not_looked_into() -> None:
    looks, top = looked(
        "def f(x):\n    names = locals()\n    y = x.detach()\n    return sorted(names)\n"
        "found = f(torch.ones(1, requires_grad=True))"
    )
    assert top["found"] == ["x"]
    assert [event.kind for event in looks.happenings.events] == ["source"]


def test_a_program_at_the_recursion_limit_gets_its_own_error() -> None:
    _, top = looked(
        "def f(n):\n    x = torch.ones(1) * n\n    return f(n + 1)\n"
        "try:\n    f(0)\nexcept RecursionError as error:\n    raised = True"
    )
    assert top["raised"]
    assert isinstance(torch.ones(1), torch.Tensor)
