"""The journal: numbered lines, one writer, readers at their own pace."""

import asyncio

import pytest

from app.runs.journal import Entry, Journal

pytestmark = pytest.mark.anyio


def filled(count: int) -> Journal:
    journal = Journal()
    for number in range(1, count + 1):
        journal.append("stdout", b"%d" % number)
    return journal


def test_an_empty_journal_has_nothing_to_read() -> None:
    journal = Journal()
    assert (journal.last, journal.closed, journal.read()) == (0, False, [])


def test_lines_are_numbered_from_one() -> None:
    assert filled(2).read() == [Entry(1, "stdout", b"1"), Entry(2, "stdout", b"2")]


def test_reading_resumes_after_any_number() -> None:
    journal = filled(5)
    assert [entry.seq for entry in journal.read(after=3)] == [4, 5]
    assert [entry.seq for entry in journal.read(after=1, limit=2)] == [2, 3]
    assert journal.read(after=99) == []
    assert [entry.seq for entry in journal.read(after=-7)] == [1, 2, 3, 4, 5]


def test_a_closed_journal_takes_no_more() -> None:
    journal = filled(1)
    journal.close()
    with pytest.raises(ValueError, match="its run is over"):
        journal.append("stdout", b"2")


async def read_all(journal: Journal, after: int = 0) -> list[int]:
    return [entry.seq async for batch in journal.follow(after) for entry in batch]


async def test_followers_get_what_is_there_and_what_comes_each_from_its_own_place() -> None:
    journal = filled(2)
    readers = [asyncio.create_task(read_all(journal, after)) for after in (0, 1, 7)]
    await asyncio.sleep(0)
    journal.append("stdout", b"3")
    await asyncio.sleep(0)
    journal.append("finished", b"4")
    journal.close()
    assert await asyncio.gather(*readers) == [[1, 2, 3, 4], [2, 3, 4], []]


async def test_following_a_closed_journal_ends_at_once() -> None:
    journal = filled(3)
    journal.close()
    assert await read_all(journal, after=3) == []


async def test_a_slow_reader_holds_up_neither_the_writer_nor_the_others() -> None:
    journal = filled(1)
    slow = journal.follow()
    assert [entry.seq for entry in await anext(slow)] == [1]
    for number in range(2, 3_001):
        journal.append("stdout", b"%d" % number)
    journal.close()
    assert len(await read_all(journal)) == 3_000
    assert [len(batch) async for batch in slow] == [1_000, 1_000, 999]
