"""Which backwards are recorded, of programs that loop in many ways."""

from itertools import pairwise
from typing import Any

import pytest

from app.events import Recording, Rerun

from .conftest import Observed, Told

LOOP = "w = torch.ones(2, requires_grad=True)\nfor step in range({}):\n    (w * w).sum().backward()\n"


def numbers(told: Told) -> list[int]:
    return [backward.number for backward in told.backwards if backward.recorded]


def test_a_short_loop_is_recorded_whole(observed: Observed) -> None:
    told = observed(LOOP.format(8))
    assert numbers(told) == list(range(1, 9))
    assert [backward.values for backward in told.backwards] == ["elements"] * 8


def test_of_a_loop_of_known_length_some_between_and_the_last_are_recorded(observed: Observed) -> None:
    recorded = numbers(observed(LOOP.format(1_000)))
    assert recorded[:4] == [1, 2, 3, 4]
    assert recorded[-1] == 1_000
    assert 10 <= len(recorded) <= 64
    assert len({later - earlier for earlier, later in pairwise(recorded[3:-1])}) == 1


def test_of_a_loop_of_unknown_length_ever_fewer_are_recorded(observed: Observed) -> None:
    source = LOOP.replace("for step in range({}):", "step = 0\nwhile step < 300:\n    step += 1")
    recorded = numbers(observed(source))
    gaps = [later - earlier for earlier, later in pairwise(recorded)]
    assert gaps == sorted(gaps)
    assert len(recorded) <= 64
    assert recorded[-1] > 250


def test_a_second_loop_has_records_of_its_own_and_its_last(observed: Observed) -> None:
    second = "for step in range(200):\n    (w * 3).sum().backward()\n"
    recorded = numbers(observed(LOOP.format(300) + second))
    assert 300 in recorded
    assert 301 in recorded
    assert recorded[-1] == 500
    assert len(recorded) <= 64


def test_the_budget_is_kept(observed: Observed) -> None:
    told = observed(LOOP.format(100), recording=Recording(backwards=5))
    assert numbers(told) == [1, 2, 3, 4, 100]
    assert len(told.backwards) == 100


def test_a_structure_that_is_new_is_recorded(observed: Observed) -> None:
    source = (
        "w = torch.ones(2, requires_grad=True)\nfor step in range(500):\n    h = w * w\n"
        "    if step == 321:\n        h = h.exp()\n    h.sum().backward()\n"
    )
    assert 322 in numbers(observed(source))


def test_a_root_that_is_not_finite_is_recorded_a_few_times_in_a_row(observed: Observed) -> None:
    source = (
        "w = torch.ones(1, requires_grad=True)\nfor step in range(700):\n    w.grad = None\n"
        "    scale = float('inf') if step >= 400 else 1.0\n    loss = (w * w * scale).sum()\n    loss.backward()\n"
    )
    recorded = numbers(observed(source))
    assert {401, 402, 403} <= set(recorded)
    assert len([number for number in recorded if 403 < number < 420]) <= 2


def test_a_backward_that_cannot_go_through_its_graph_is_recorded_with_the_node_that_failed(observed: Observed) -> None:
    source = "x = torch.tensor(2., requires_grad=True)\nz = x ** 2\nz.backward()\nz.backward()"
    first, second = observed(source).backwards
    assert (first.raised, first.failed) == (False, None)
    assert (second.raised, second.failed, second.recorded) == (True, 0, True)


@pytest.mark.parametrize("number", [1, 7, 30])
def test_a_run_done_again_records_one_backward_and_ends_with_it(observed: Observed, number: int) -> None:
    told = observed(LOOP.format(50) + "print('over')", rerun=Rerun(backward=number))
    (backward,) = told.backwards
    assert (backward.number, backward.graph, backward.recorded, len(backward.steps)) == (number, 0, True, 3)
    assert [graph.index for graph in told.graphs] == [0]
    assert (told.stdout, told.ended.outcome) == ("", "ok")


def test_a_run_done_again_finds_the_same_numbers_with_the_same_seed(observed: Observed) -> None:
    source = (
        "w = torch.randn(2, requires_grad=True)\nfor step in range(20):\n    (w * torch.rand(2)).sum().backward()\n"
    )
    whole = observed(source, seed=3).backwards[3]
    (again,) = observed(source, seed=3, rerun=Rerun(backward=4)).backwards
    assert again.grads == whole.grads
    assert again.steps == whole.steps


def test_a_run_done_again_tells_the_graph_with_the_values_of_then(observed: Observed) -> None:
    source = "for step in range(9):\n    x = torch.tensor(float(step), requires_grad=True)\n    z = x ** 2\n    z.backward()\n"
    (graph,) = observed(source, rerun=Rerun(backward=6)).graphs
    saved: Any = {each.name: each.value for each in graph.nodes[0].saved}
    assert saved["self"].data == 5.0


def test_a_backward_that_is_never_come_to_is_not_told(observed: Observed) -> None:
    told = observed(LOOP.format(3), rerun=Rerun(backward=9))
    assert (told.backwards, told.graphs, told.ended.outcome) == ([], [], "ok")


def test_a_run_done_again_for_a_backward_that_raises_tells_its_exception(observed: Observed) -> None:
    source = "x = torch.tensor(2., requires_grad=True)\nz = x ** 2\nz.backward()\nz.backward()"
    told = observed(source, rerun=Rerun(backward=2))
    assert told.backwards[0].raised
    assert told.exception.line == 4
    assert told.ended.outcome == "exception"


def test_a_program_that_catches_everything_ends_at_its_next_backward(observed: Observed) -> None:
    source = (
        "x = torch.tensor(2., requires_grad=True)\nfor _ in range(3):\n    try:\n        (x * x).backward()\n"
        "    except BaseException as error:\n        print(type(error).__name__)\n"
    )
    told = observed(source, rerun=Rerun(backward=1))
    assert [backward.number for backward in told.backwards] == [1]
