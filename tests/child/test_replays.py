"""When recording begins and ends, in whole programs."""

from app.events import Recording, Rerun

from .conftest import Observed


def test_nothing_is_recorded_without_a_budget_and_all_is_told_still(observed: Observed) -> None:
    told = observed(
        "x = torch.tensor(2., requires_grad=True)\nfor _ in range(3):\n    (x * x).backward()\nprint(x.grad)",
        recording=Recording(backwards=0),
    )
    assert [(backward.number, backward.recorded) for backward in told.backwards] == [(1, False), (2, False), (3, False)]
    assert told.stdout == "tensor(12.)\n"


def test_of_a_large_graph_the_first_nodes_are_recorded(observed: Observed) -> None:
    told = observed(
        "x = y = torch.tensor(1., requires_grad=True)\nfor _ in range(100):\n    y = y + 1\ny.backward()",
        recording=Recording(nodes=10),
    )
    assert [step.node for step in told.backwards[0].steps] == list(range(10))


def test_past_the_budget_of_numbers_norms_are_kept_and_the_event_says_so(observed: Observed) -> None:
    told = observed("x = torch.ones(4, requires_grad=True)\n(x * 2).sum().backward()", recording=Recording(numbers=3))
    (backward,) = told.backwards
    assert backward.values == "norms"
    added = backward.grads["x"].added
    assert added is not None
    assert (added.data, added.norm) == (None, 4.0)


def test_in_a_run_done_again_larger_gradients_have_their_elements(observed: Observed) -> None:
    source = "x = torch.ones(100, requires_grad=True)\n(x * 2).sum().backward()"
    added = [
        backward.grads["x"].added
        for backward in (observed(source).backwards[0], observed(source, rerun=Rerun(backward=1)).backwards[0])
    ]
    assert [each and each.data for each in added] == [None, (2.0,) * 100]


def test_a_dispatch_mode_of_the_programs_own_sees_nothing_of_the_recording(observed: Observed) -> None:
    source = (
        "from torch.utils._python_dispatch import TorchDispatchMode\n"
        "class Count(TorchDispatchMode):\n"
        "    seen = 0\n"
        "    def __torch_dispatch__(self, f, types, args=(), kwargs=None):\n"
        "        Count.seen += 1\n"
        "        return f(*args, **(kwargs or {}))\n"
        "x = torch.ones(100, requires_grad=True)\n"
        "with Count():\n    ((x * 2).exp() + x).sum().backward()\nprint(Count.seen)"
    )
    told = observed(source)
    assert told.backwards[0].recorded
    assert told.stdout == observed(source, recording=Recording(backwards=0)).stdout
