"""Places in whole programs, read off their graphs and reports."""

from app.child.instrument import Site
from app.child.places import SourcePlaces, namespaces, user_frames
from app.child.provenance import Provenance

from .conftest import Observed


def test_a_variable_knows_the_line_of_its_newest_assignment(observed: Observed) -> None:
    told = observed("x = torch.ones(1)\ny = 2\nif y:\n    x = torch.zeros(1)\n")
    assert told.tensor("x").line == 4


def test_a_node_in_a_function_knows_the_function(observed: Observed) -> None:
    told = observed(
        "def double(v):\n    return v * 2\nclass A:\n    def f(self, v):\n        return v.exp()\n"
        "z = A().f(double(torch.ones(1, requires_grad=True)))"
    )
    assert [(node.name, node.function, node.line) for node in told.graphs[0].nodes[:2]] == [
        ("ExpBackward0", "A.f", 5),
        ("MulBackward0", "double", 2),
    ]


def test_a_model_without_a_name_goes_by_its_class(observed: Observed) -> None:
    told = observed("from torch import nn\nz = nn.Sequential(nn.Linear(1, 1), nn.ReLU())(torch.ones(1)).sum()")
    assert told.node("ReluBackward0").module == "Sequential.1"


def test_an_unknown_variable_has_no_line() -> None:
    places = SourcePlaces(Provenance([Site(1, 0, 1, 2, None, ("x",))]))
    assert places.assigned("y") is None


def test_code_that_is_not_the_learners_has_no_frames() -> None:
    import sys

    assert user_frames(sys._getframe()) == []
    assert namespaces([], {"x": 1}) == [("", {"x": 1})]
