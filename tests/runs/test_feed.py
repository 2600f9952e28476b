"""Three pipes read side by side without ever waiting; what was printed first is told first."""

import asyncio
import os

import pytest

from app.events import EXPRESSION, Scalars, encode
from app.runs.feed import Feed

from .play import open_descriptors

pytestmark = pytest.mark.anyio

POINT = encode(Scalars(tag="loss", origin="log", step=(1,), value=(1.0,), wall_ms=(1.0,)))


async def test_a_text_that_was_read_along_with_a_result_is_not_waited_for_again() -> None:
    feed = Feed(EXPRESSION, lambda: None)
    stdout, _, results = feed.writing
    os.write(stdout, b"printed\n")
    os.write(results, encode(Scalars(tag="loss", origin="log", step=(0,), value=(1.0,), wall_ms=(0.0,))) + b"\n")
    reading = next(iter(feed._texts))
    assert os.get_blocking(reading) is False
    feed._text_is_ready(reading)  # both wait, and the text is announced first
    assert [kind for kind, _ in feed.intake.lines] == ["stdout", "scalars"]
    feed.close()


async def test_all_three_pipes_are_read_and_nothing_stays_open() -> None:
    before = open_descriptors()
    news = asyncio.Event()
    feed = Feed(EXPRESSION, news.set)
    stdout, stderr, results = feed.writing
    os.write(stdout, b"out")
    os.write(stderr, b"err")
    os.write(results, b"3 3 " + POINT + b"\n")
    await news.wait()
    assert [kind for kind, _ in feed.intake.lines] == ["stdout", "stderr", "scalars"]
    feed.close()
    assert open_descriptors() == before


async def test_what_a_dead_child_left_in_the_pipes_is_drained() -> None:
    feed = Feed(EXPRESSION, lambda: None)
    stdout, _, results = feed.writing
    os.write(results, POINT + b"\n")
    os.write(stdout, b"last words")
    feed.close_writing()
    feed.drain()
    assert sorted(kind for kind, _ in feed.intake.lines) == ["scalars", "stdout"]
    feed.close()


async def test_a_closed_result_pipe_is_noticed() -> None:
    news = asyncio.Event()
    feed = Feed(EXPRESSION, news.set)
    feed.close_writing()
    while not feed.silent:
        await news.wait()
        news.clear()
    feed.close()
