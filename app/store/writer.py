"""Who writes: takes what runs tell, commits it in batches, says what is on disk.

One thread, one connection. An idle writer commits at once, a busy one gathers for 10 ms. Every commit is synced, so
that what was said to be on disk survives even a power cut. Knows nothing of tables.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

from .books import STATES, Asked, Deleted, Renamed, Told
from .ledger import Ledger, Work, WriteFailed
from .news import Notice
from .record import Record
from .retention import Retention, timestamp

HOLD_S = 0.01
RETRY_S = 1.0
LOOK_S = 1.0
BATCH_BYTES = 4 * 1024 * 1024
"""A batch ends here, so that one commit takes little time however much waits."""


class Writer:
    """Writes the record of runs. Only `open` and `close` wait.

    `committed` is told the newest number on disk of each run with news, `failed` a WriteFailed when the database stops
    taking anything, `recovered` that it takes again; all three in the writer's thread, each before `settled` returns.
    Where others write the database too, `unwanted` is told the runs begun here that they ended or want ended.
    """

    def __init__(
        self,
        url: str,
        *,
        committed: Callable[[dict[str, int]], None],
        failed: Callable[[Exception], None],
        recovered: Callable[[], None],
        unwanted: Callable[[set[str]], None] = lambda runs: None,
    ) -> None:
        self._url = url
        self._unwanted = unwanted
        self._committed, self._failed, self._recovered = committed, failed, recovered
        self._news = threading.Condition()
        self._queue: deque[Work | Future[None]] = deque()
        self._bytes = 0
        self._closing = False
        self._begun = self._tried = self._looked = 0.0
        self._thread = threading.Thread(target=self._work, name="record writer", daemon=True)

    def open(self) -> None:
        """Makes or upgrades the database, ends what was left under way, begins to write.

        Raises: StoreError where it can't be written, is newer than this version, or has another writer.
        """
        self._ledger = Ledger(self._url)
        self._thread.start()

    @property
    def shared(self) -> bool:
        """Whether others may write the database too."""
        return self._ledger.shared

    @property
    def waiting_bytes(self) -> int:
        """What was appended and is not yet committed."""
        return self._bytes

    def create(self, record: Record) -> None:
        """Adds a run; its size and newest number are counted from here on."""
        self._put(record)

    def append(self, run_id: str, seq: int, type: str, line: bytes) -> None:
        """Adds a line to a run under way; one that is there already, or of a run that is over, is not taken."""
        at = timestamp(datetime.now(UTC)) if type in STATES else ""
        self._put(Told(run_id, seq, type, line, at), len(line))

    def rename(self, run_id: str, title: str | None) -> None:
        """Gives a run another title."""
        self._put(Renamed(run_id, title))

    def delete(self, run_id: str) -> None:
        """Removes a run from every list at once, and its rows little by little."""
        self._put(Deleted(run_id))

    def ask_to_stop(self, run_id: str) -> None:
        """Has whoever carries the run on end it; nothing where it is over."""
        self._put(Asked(run_id))

    def say(self, notice: Notice) -> None:
        """Tells other machines, where there are any."""
        self._put(notice)

    def retain(self, policy: Retention) -> None:
        """Removes what is kept no longer."""
        self._put(policy)

    async def settled(self) -> None:
        """Returns when everything put so far is committed, or was not taken by the database."""
        done: Future[None] = Future()
        self._put(done)
        await asyncio.wrap_future(done)

    def close(self) -> None:
        """Commits the rest and lets go of the database."""
        if self._thread.is_alive():
            with self._news:
                self._closing = True
                self._news.notify()
            self._thread.join()

    def _put(self, item: Work | Future[None], size: int = 0) -> None:
        with self._news:
            self._queue.append(item)
            self._bytes += size
            self._news.notify()

    def _work(self) -> None:
        ledger = self._ledger
        while not (self._closing and not self._queue):
            self._wait()
            batch = self._take()
            if batch:
                self._write(batch)
            if ledger.broken and time.monotonic() - self._tried >= RETRY_S:
                self._retry()
            elif ledger.shared and not ledger.broken and time.monotonic() - self._looked >= LOOK_S:
                self._look()
            elif ledger.sweeping and not ledger.broken:
                ledger.sweep()
            self._tell_unwanted()
        ledger.close()

    def _wait(self) -> None:
        """Until there is something to do; a little longer where a batch was begun just now."""
        with self._news:
            if not self._queue and not self._closing and (self._ledger.broken or not self._ledger.sweeping):
                self._news.wait(RETRY_S if self._ledger.broken else LOOK_S if self._ledger.shared else None)
        if self._queue and self._bytes < BATCH_BYTES and not self._closing:
            time.sleep(max(0.0, self._begun + HOLD_S - time.monotonic()))

    def _take(self) -> list[Work | Future[None]]:
        batch: list[Work | Future[None]] = []
        size = 0
        with self._news:
            while self._queue and size < BATCH_BYTES:
                item = self._queue.popleft()
                size += len(item.line) if isinstance(item, Told) else 0
                batch.append(item)
        return batch

    def _write(self, batch: list[Work | Future[None]]) -> None:
        self._begun = time.monotonic()
        operations = [item for item in batch if not isinstance(item, Future)]
        try:
            news = self._ledger.write(operations) if operations else {}
            if news:
                self._committed(news)
        except WriteFailed as error:
            self._tried = time.monotonic()
            self._failed(error)
        with self._news:
            self._bytes -= sum(len(item.line) for item in operations if isinstance(item, Told))
        for item in batch:
            if isinstance(item, Future) and item.set_running_or_notify_cancel():
                item.set_result(None)

    def _look(self) -> None:
        """What others left and want is looked for now and then, however little is written here."""
        self._looked = time.monotonic()
        news = self._ledger.look()
        if news:
            self._committed(news)

    def _tell_unwanted(self) -> None:
        if self._ledger.unwanted:
            self._unwanted(self._ledger.unwanted)
            self._ledger.unwanted = set()

    def _retry(self) -> None:
        self._tried = time.monotonic()
        news = self._ledger.retry()
        if news is not None:
            self._recovered()
            if news:
                self._committed(news)
