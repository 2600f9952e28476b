"""What a client may have at once: streams given back as they end, and so many runs in a minute."""

import time

import pytest

from app.web.refusals import TooManyPictures, TooManyStreams, TooOften
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


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_is_each_clients_own_and_says_when_to_come_again() -> None:
    clock = Clock()
    turnstile = Turnstile(rate=2, clock=clock)
    turnstile.begin("anna")
    clock.now += 20
    turnstile.begin("anna")
    with pytest.raises(TooOften, match="began 2 runs within a minute") as raised:
        turnstile.begin("anna")
    assert raised.value.retry_after_s == 40
    turnstile.begin("ben")
    clock.now += raised.value.retry_after_s
    turnstile.begin("anna")
    with pytest.raises(TooOften):
        turnstile.begin("anna")


def test_whoever_began_nothing_for_a_minute_is_forgotten() -> None:
    clock = Clock()
    turnstile = Turnstile(rate=2, clock=clock)
    for client in ("", *map(str, range(1000))):
        turnstile.begin(client)
    clock.now += 59
    turnstile.begin("7")
    clock.now += 1
    turnstile.begin("ben")
    assert turnstile.known == 2


def test_a_wall_clock_that_jumps_back_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    turnstile = Turnstile(rate=1)
    turnstile.begin("anna")
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with pytest.raises(TooOften) as raised:
        turnstile.begin("anna")
    assert 1 <= raised.value.retry_after_s <= 60


def test_pictures_in_the_making_are_bounded_and_given_back_whatever_happens() -> None:
    turnstile = Turnstile(pictures=2, client_pictures=1)
    with pytest.raises(ZeroDivisionError), turnstile.looking("anna"):
        _ = 1 / 0
    with turnstile.looking("anna"):
        with pytest.raises(TooManyPictures, match="This client waits for as many"), turnstile.looking("anna"):
            pass
        readers = pytest.raises(TooManyPictures, match="This server's readers wait")
        with turnstile.looking("ben"), readers, turnstile.looking("carl"):
            pass
