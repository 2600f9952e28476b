"""Events as lines. The oracle is the standard library's own reading of them."""

import json
import math
from dataclasses import asdict

import pytest

from app.events import Backward, Event, GradChange, Step, TensorValue, decode, encode, fits

from .examples import EXAMPLES


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.type)
def test_a_line_holds_every_field_by_its_name(event: Event) -> None:
    line = json.loads(encode(event))
    assert line.pop("type") == event.type
    assert line.keys() == asdict(event).keys()


def test_a_value_that_stands_in_several_places_is_told_in_each() -> None:
    shared = TensorValue(shape=(2,), dtype="float32", data=(1.0, math.nan), norm=math.inf)
    told = Backward(
        graph=0,
        number=1,
        line=None,
        retain_graph=False,
        create_graph=False,
        steps=(Step(node=0, grad_outputs=(None, shared), grad_inputs=(shared,)),),
        grads={"x": GradChange(old=None, added=shared, new=shared)},
    )
    line = json.loads(encode(told))
    assert line["steps"][0]["grad_outputs"][0] is None
    assert line["steps"][0]["grad_inputs"] == [line["grads"]["x"]["new"]] == [line["steps"][0]["grad_outputs"][1]]
    assert line["grads"]["x"]["added"]["data"] == [1.0, "NaN"]
    assert encode(decode(encode(told))) == encode(told)


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert (fits("abc", 3), fits("abcd", 3)) == ("abc", "ab…")
