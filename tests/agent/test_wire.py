"""What web process and agent say to each other comes out as it went in."""

import pytest

from app.agent.agent import Unrecorded, Word
from app.agent.wire import decode_refusal, decode_word, encode_refusal, encode_word
from app.runs.runner import Busy, Health, Refusing


@pytest.mark.parametrize("health", [None, Health(state="ready", tier="A", layers={"seccomp": True})])
def test_a_word_with_the_agents_state(health: Health | None) -> None:
    word = Word(runs={"a": 7}, gone=("b",))
    line = encode_word(word, health, {"c": 1})
    assert line.count(b"\n") == 1
    assert decode_word(line.strip()) == (word, health, {"c": 1})


@pytest.mark.parametrize("error", [Refusing("No walls."), Unrecorded("The disk is full."), Busy(5)])
def test_a_refusal_keeps_its_kind_and_its_words(error: Refusing | Unrecorded | Busy) -> None:
    import json

    status, body = encode_refusal(error)
    again = decode_refusal(status, json.dumps(body).encode())
    assert (type(again), str(again)) == (type(error), str(error))
