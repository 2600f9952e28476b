"""What web process and agent say to each other comes out as it went in."""

import pytest

from app.agent.agent import Client, Unrecorded, Word
from app.agent.wire import client_of, decode_refusal, decode_word, encode_refusal, encode_word, headers_of
from app.runs.load import Load
from app.runs.runner import Busy, Health, Refusing


@pytest.mark.parametrize("health", [None, Health(state="ready", tier="A", layers={"seccomp": True})])
def test_a_word_with_the_agents_state(health: Health | None) -> None:
    word = Word(runs={"a": 7}, gone=("b",))
    load = Load(running={"listed": 1}, slots=2, outcomes={"training/ok": 3}, clients={"user 安娜": (1, 0)})
    line = encode_word(word, health, {"c": 1}, load)
    assert line.count(b"\n") == 1
    assert decode_word(line.strip()) == (word, health, {"c": 1}, load)


@pytest.mark.parametrize("error", [Refusing("No walls."), Unrecorded("The disk is full."), Busy(5), Busy(5, mine=3)])
def test_a_refusal_keeps_its_kind_and_its_words(error: Refusing | Unrecorded | Busy) -> None:
    import json

    status, body = encode_refusal(error)
    again = decode_refusal(status, json.dumps(body).encode())
    assert (type(again), str(again)) == (type(error), str(error))


@pytest.mark.parametrize("client", [Client(), Client("10.0.0.7"), Client("user 安娜\r\nx: y", "安娜\r\nx: y")])
def test_whose_a_run_is_fits_into_headers_whatever_their_name(client: Client) -> None:
    headers = dict(headers_of(client))
    assert all(value.isascii() and "\n" not in value for value in headers.values())
    assert client_of(headers) == client
