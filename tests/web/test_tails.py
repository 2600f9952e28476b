"""A recorded run as viewers see it grow: every line once, in order, whoever comes when."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from app.agent.agent import Word
from app.store import Entry, Reader, StoreError
from app.store.database import open_writer
from app.store.upgrading import upgrade
from app.web import tails as tails_module
from app.web.tails import Tails

from ..store.told import Written

pytestmark = pytest.mark.anyio


class Book:
    """A record that grows as the test says, and counts how often it is read."""

    def __init__(self) -> None:
        self.entries_on_record: list[Entry] = []
        self.reads: list[int] = []
        self.removed = False

    def write(self, *kinds: str) -> Word:
        for kind in kinds:
            number = len(self.entries_on_record) + 1
            self.entries_on_record.append(Entry(number, kind, b"{%d}" % number))
        return Word(runs={"run": len(self.entries_on_record)})

    def record(self, run_id: str) -> object:
        return None if self.removed else self

    async def was_read(self) -> None:
        while not self.reads:
            await asyncio.sleep(0)

    def entries(self, run_id: str, after: int, limit: int = 1000, most_bytes: int = 0) -> list[Entry]:
        self.reads.append(after)
        return self.entries_on_record[after : after + limit]


class Viewer:
    """One who watches from after a number on."""

    def __init__(self, tails: Tails, after: int, last: int) -> None:
        self.seen: list[int] = []
        self._task = asyncio.create_task(self._watch(tails, after, last))

    async def _watch(self, tails: Tails, after: int, last: int) -> None:
        async for batch in tails.follow("run", after, last):
            self.seen += [entry.seq for entry in batch]

    async def has_seen(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.seen) < count:
                await asyncio.sleep(0)

    async def whole(self) -> list[int]:
        await asyncio.wait_for(self._task, 5)
        return self.seen


async def numbers(tails: Tails, after: int, last: int) -> list[int]:
    return await Viewer(tails, after, last).whole()


def built(book: Book) -> Tails:
    return Tails(book)  # type: ignore[arg-type]  # a book reads as the record's reader does


async def test_a_finished_run_is_read_to_its_end() -> None:
    book = Book()
    book.write("started", "stdout", "finished")
    assert await numbers(built(book), 0, 3) == [1, 2, 3]
    assert await numbers(built(book), 2, 3) == [3]


async def test_viewers_of_a_live_run_see_every_line_once_and_share_the_reading() -> None:
    book = Book()
    tails = built(book)
    book.write("started")
    viewers = [Viewer(tails, 0, 1) for _ in range(20)]
    for viewer in viewers:
        await viewer.has_seen(1)
    before = len(book.reads)
    for count, kinds in ((3, ("stdout", "stdout")), (4, ("stdout",)), (5, ("finished",))):
        tails.hear(book.write(*kinds))
        for viewer in viewers:
            await viewer.has_seen(count)
    assert [await viewer.whole() for viewer in viewers] == [[1, 2, 3, 4, 5]] * 20
    assert len(book.reads) - before < 12, "each viewer reads for itself"


async def test_a_viewer_that_fell_behind_reads_the_record_and_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tails_module, "RECENT_BYTES", 8)
    book = Book()
    tails = built(book)
    word = book.write("started")
    slow, quick = tails.follow("run", 0, 1), Viewer(tails, 0, 1)
    seen = [entry.seq for entry in await anext(slow)]
    tails.hear(word)
    tails.hear(book.write(*["stdout"] * 10))
    await quick.has_seen(11)
    tails.hear(book.write("finished"))
    seen += [entry.seq async for batch in slow for entry in batch]
    assert seen == await quick.whole() == list(range(1, 13))


async def test_news_that_never_came_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tails_module, "LOOK_S", 0.01)
    book = Book()
    tails = built(book)
    viewer = Viewer(tails, 0, 0)
    await book.was_read()
    book.write("started", "finished")
    assert await viewer.whole() == [1, 2]


@pytest.mark.parametrize("word", [Word(lost=True), Word(runs={"run": 2})])
async def test_a_word_of_the_agent_is_enough(word: Word, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tails_module, "LOOK_S", 600.0)
    book = Book()
    tails = built(book)
    viewer = Viewer(tails, 0, 0)
    await book.was_read()
    book.write("started", "finished")
    tails.hear(word)
    assert await viewer.whole() == [1, 2]


async def test_a_deleted_run_ends_its_viewers_without_a_last_line() -> None:
    book = Book()
    book.write("started")
    tails = built(book)
    viewer = Viewer(tails, 0, 1)
    await viewer.has_seen(1)
    tails.hear(Word(gone=("run",)))
    assert await viewer.whole() == [1]
    assert tails._tails == {}


@pytest.mark.parametrize("finished", [True, False])
async def test_runs_followed_together_hold_one_batch_between_them_however_slowly_they_are_read(finished: bool) -> None:
    book, turn = Book(), asyncio.Lock()
    book.write("started", *["stdout"] * 1500, "finished")
    tails = built(book)
    feeds = [tails.replay("run", 0, turn) if finished else tails.follow("run", 0, 1502, turn) for _ in range(5)]
    asked = [asyncio.ensure_future(anext(feed)) for feed in feeds]
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    await book.was_read()
    assert [each.done() for each in asked] == [True, False, False, False, False]
    assert book.reads.count(0) == 1
    readers = [asyncio.create_task(rest(feed, each)) for feed, each in zip(feeds, asked, strict=True)]
    assert await asyncio.wait_for(asyncio.gather(*readers), 5) == [1502] * 5


async def rest(feed: AsyncGenerator[list[Entry], None], asked: asyncio.Future[list[Entry]]) -> int:
    """How many lines came in all."""
    return len(await asked) + sum([len(batch) async for batch in feed])


async def test_a_finished_run_is_looked_at_no_more_than_it_is_read() -> None:
    book = Book()
    book.write("started", "finished")
    feed = built(book).replay("run", 0, asyncio.Lock())
    assert [len(batch) async for batch in feed] == [2]
    assert book.reads == [0, 2]


async def test_who_comes_after_the_last_line_is_not_kept_waiting() -> None:
    book = Book()
    book.write("started", "finished")
    assert await numbers(built(book), 1, 1) == [2]


async def test_a_run_removed_without_a_word_ends_its_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tails_module, "LOOK_S", 0.01)
    book = Book()
    book.write("started")
    viewer = Viewer(built(book), 0, 1)
    await viewer.has_seen(1)
    book.removed = True
    assert await viewer.whole() == [1]


async def test_viewers_outlast_a_record_that_cannot_be_read_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tails_module, "LOOK_S", 0.01)
    url = f"sqlite:///{tmp_path}/runs.sqlite"
    older = open_writer(url)
    upgrade(older, "0001")
    older.dispose()
    reader = Reader(url)
    with pytest.raises(StoreError, match="newer version"):
        reader.record("run")
    monkeypatch.setattr(reader, "record", lambda run_id: run_id)  # a run that is on record, as soon as one can look
    viewer = Viewer(Tails(reader), 0, 0)
    while not caplog.messages:
        await asyncio.sleep(0)
    written = Written(url)
    await written.run("run")
    assert await viewer.whole() == [1, 2]
    assert caplog.messages[0].startswith("run run can't be followed for now: The record of runs is being brought")
    written.writer.close()
    reader.close()


async def test_a_record_that_is_away_is_told_of_once_however_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tails_module, "LOOK_S", 0.0)
    book = Book()
    book.write("started", "finished")
    reading, tries = book.entries, []

    def away(run_id: str, after: int, limit: int = 1000, most_bytes: int = 0) -> list[Entry]:
        tries.append(after)
        if len(tries) <= 5:
            raise StoreError("It is away.")
        return reading(run_id, after, limit)

    monkeypatch.setattr(book, "entries", away)
    assert await numbers(built(book), 0, 0) == [1, 2]
    assert caplog.messages == ["run run can't be followed for now: It is away."]
