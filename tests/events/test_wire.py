"""One event, one line, and nothing else gets through."""

import contextlib
import json
import math
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import ChildEvent, Ended, Event, Scalars, Stdout, WireError, decode, encode, fits
from app.events.wire import MAX_LINE_BYTES

from .examples import EXAMPLES

ANY = Event | Ended


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.type)
def test_an_event_comes_back_as_it_went(event: Any) -> None:
    line = encode(event)
    assert b"\n" not in line
    assert decode(line, ANY) == event


def test_every_event_has_an_example() -> None:
    assert {type(event) for event in EXAMPLES} == set(get_args(ANY))


def test_a_line_on_record_may_lack_what_an_older_version_did_not_know_but_nothing_else() -> None:
    line = encode(Scalars(tag="loss", origin="log", step=(0,), value=(1.0,), wall_ms=(0.0,)))
    older = line.replace(b',"total":null', b"")
    assert decode(older, older=True) == decode(line)
    with pytest.raises(WireError):
        decode(older)
    with pytest.raises(WireError):
        decode(older.replace(b',"tag":"loss"', b""), older=True)


def test_nan_and_infinities_travel_as_text() -> None:
    line = encode(Scalars(tag="loss", origin="log", step=(0, 1), value=(math.nan, -math.inf), wall_ms=(0.0, 0.0)))
    assert json.loads(line)["value"] == ["NaN", "-Infinity"]
    assert [math.isnan(value) or value for value in decode(line).value] == [True, -math.inf]


def test_lone_surrogates_are_replaced_before_they_travel() -> None:
    assert decode(encode(Stdout(text="a\ud800b"))).text == "a?b"


GOOD: dict[str, Any] = {"type": "stdout", "text": "hi"}
BAD_LINES = {
    "not JSON": b"{",
    "not UTF-8": b'{"type":"stdout","text":"\xff"}',
    "not an object": b"[1]",
    "no type": b'{"text":"hi"}',
    "an unknown type": b'{"type":"open","text":"hi"}',
    "a type that is no text": b'{"type":["stdout"],"text":"hi"}',
    "a field too many": json.dumps({**GOOD, "more": 1}).encode(),
    "a field too few": b'{"type":"stdout"}',
    "a field twice": b'{"type":"stdout","text":"a","text":"b"}',
    "the wrong kind": b'{"type":"stdout","text":7}',
    "null where a value is due": b'{"type":"stdout","text":null}',
    "a lone surrogate": b'{"type":"stdout","text":"\\ud800"}',
    "a text too long": json.dumps({**GOOD, "text": "x" * 300_001}).encode(),
    "a line too long": json.dumps({**GOOD, "text": "x" * MAX_LINE_BYTES}).encode(),
    "deep nesting": b'{"type":"stdout","text":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "NaN": b'{"type":"scalars","tag":"a","origin":"log","step":[0],"value":[NaN],"wall_ms":[0]}',
    "1e999": b'{"type":"scalars","tag":"a","origin":"log","step":[0],"value":[1e999],"wall_ms":[0]}',
    "5000 digits": b'{"type":"scalars","tag":"a","origin":"log","step":[' + b"9" * 5000 + b'],"value":[],"wall_ms":[]}',
    "true for a number": b'{"type":"scalars","tag":"a","origin":"log","step":[true],"value":[0],"wall_ms":[0]}',
    "an unknown word": b'{"type":"scalars","tag":"a","origin":"magic","step":[],"value":[],"wall_ms":[]}',
    "a list where a word is due": b'{"type":"finished","outcome":[],"detail":"","events":0,"dropped":0,"wall_ms":0,"cpu_ms":null,"peak_memory_bytes":null}',
    "a list too long": json.dumps(
        {"type": "scalars", "tag": "a", "origin": "log", "step": [0] * 10_001, "value": [], "wall_ms": []}
    ).encode(),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_line_that_is_not_one_event_is_refused(case: str) -> None:
    with pytest.raises(WireError):
        decode(BAD_LINES[case])


def test_a_child_cannot_write_what_only_the_server_writes() -> None:
    with pytest.raises(WireError):
        decode(encode(EXAMPLES[0]), ChildEvent)


def test_values_nested_deeper_than_torch_allows_are_refused() -> None:
    line = encode(next(event for event in EXAMPLES if event.type == "tensor"))
    record = json.loads(line)
    deep: Any = 1.0
    for _ in range(70):
        deep = [deep]
    record["value"]["data"] = deep
    with pytest.raises(WireError):
        decode(json.dumps(record).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode("utf-8", "replace")))
def test_any_bytes_are_an_event_or_refused(line: bytes) -> None:
    with contextlib.suppress(WireError):
        decode(line, ANY)


@given(st.sampled_from(EXAMPLES), st.data())
def test_any_field_replaced_by_any_value_is_an_event_or_refused(event: Any, data: st.DataObject) -> None:
    record = json.loads(encode(event))
    record[data.draw(st.sampled_from(sorted(record)))] = data.draw(JSON)
    try:
        again = decode(json.dumps(record).encode("utf-8", "replace"), ANY)
    except WireError:
        return
    encode(again)


def test_a_text_is_cut_to_fit_with_an_ellipsis() -> None:
    assert (fits("abc", 3), fits("abcd", 3)) == ("abc", "ab…")
