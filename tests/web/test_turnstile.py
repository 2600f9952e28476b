"""What a client may have at once: streams given back as they end, and so many runs in a minute."""

import pytest

from app.web.refusals import TooManyStreams, TooOften
from app.web.turnstile import Turnstile


def test_a_client_and_all_together_have_so_many_streams_until_they_give_one_back() -> None:
    turnstile = Turnstile(streams=3, client_streams=2)
    leave = turnstile.enter("anna")
    turnstile.enter("anna")
    with pytest.raises(TooManyStreams, match="This client follows as many runs"):
        turnstile.enter("anna")
    turnstile.enter("ben")
    with pytest.raises(TooManyStreams, match="This server's readers follow as many"):
        turnstile.enter("carl")
    leave()
    leave()  # a place is given up once, however often that is said
    assert (turnstile.open_streams, turnstile.streams_of()) == (2, {"anna": 1, "ben": 1})
    turnstile.enter("carl")


def test_without_bounds_anything_goes() -> None:
    turnstile = Turnstile()
    for _ in range(1000):
        turnstile.enter("anna")
        turnstile.begin("anna")


def test_a_rate_is_each_clients_own_and_says_when_to_come_again() -> None:
    turnstile = Turnstile(rate=2)
    for _ in range(2):
        turnstile.begin("anna")
    with pytest.raises(TooOften, match="began 2 runs within a minute") as raised:
        turnstile.begin("anna")
    assert 1 <= raised.value.retry_after_s <= 60
    turnstile.begin("ben")
