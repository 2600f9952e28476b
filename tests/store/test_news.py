"""Word between machines: short messages, checked, and after each silence the word that some may be missing."""

import asyncio

import psycopg
import pytest

from app.store.database import connect_arguments
from app.store.news import AT_ONCE, CHANNEL, News, Notice, decode, encode

from ..postgres import Postgres

pytestmark = pytest.mark.anyio


def test_a_notice_is_told_in_messages_that_are_short_enough() -> None:
    many = {f"run-{number:036}": 2**31 for number in range(2 * AT_ONCE)}
    messages = list(encode(Notice(runs=many, gone=("a",), stop=("b",), positions={"c": 1})))
    told = [decode(message) for message in messages]
    assert max(map(len, messages)) < 8000
    assert {run: last for each in told for run, last in each.runs.items()} == many
    assert [each for each in told if not each.runs] == [
        Notice(gone=("a",)),
        Notice(stop=("b",)),
        Notice(positions={"c": 1}),
    ]
    assert list(encode(Notice())) == []


@pytest.mark.parametrize("message", ["", "[]", '{"runs": 1}', '{"runs": {"a": "b"}}', '{"gone": [1]}', "[" * 7000])
def test_what_is_no_notice_says_nothing(message: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        decode(message)


async def test_every_notice_is_heard_and_a_lost_connection_is_told(server: Postgres) -> None:
    url = server.database()
    heard: list[Notice] = []
    news = News(url, heard.append)
    await news.open()
    await until(lambda: heard == [Notice(lost=True)])
    with psycopg.connect(autocommit=True, **connect_arguments(url)) as connection:
        for message in ("nonsense", '{"runs": {"a": 3}}'):
            connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, message))
        await until(lambda: heard[1:] == [Notice(runs={"a": 3})])
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(f"{others} AND pid <> pg_backend_pid()")
    await until(lambda: heard[2:] == [Notice(lost=True)])
    await news.close()


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)
