"""One who watches a run as a page does: comes again when the connection breaks, and says what was the last line seen."""

import threading

import httpx

from app.store import Reader

from .supervised import wait_for

LOOP = """
import time
for step in range(100_000):
    log(step, loss=1 / (step + 1))
    time.sleep(0.05)
"""


class Watcher:
    """Follows a run in a thread of its own, at any of these addresses in turn."""

    def __init__(self, addresses: str | list[str], run: str) -> None:
        self.run = run
        self.lines: list[tuple[int, bytes]] = []
        """Every line as it came, with its number."""
        self.connections = 0
        self._addresses = [addresses] if isinstance(addresses, str) else addresses
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def last(self) -> int:
        """The number of the newest line seen."""
        return self.lines[-1][0] if self.lines else 0

    def sees_more(self) -> None:
        """Returns once there are some more lines."""
        before = self.last
        wait_for(lambda: self.last >= before + 3)

    def whole(self) -> list[tuple[int, bytes]]:
        """All lines, once the run is over."""
        self._thread.join(60)
        assert not self._thread.is_alive(), f"no end after line {self.last}"
        return self.lines

    def recorded(self, reader: Reader) -> list[tuple[int, bytes]]:
        """The run's lines as they are on record."""
        return [(seq, bytes(line)) for seq, _, line in reader.entries(self.run, 0, limit=10**6, most_bytes=10**9)]

    def _watch(self) -> None:
        while b'"type":"finished"' not in (self.lines[-1][1] if self.lines else b""):
            address = self._addresses[self.connections % len(self._addresses)]
            self.connections += 1
            try:
                self._follow(address)
            except httpx.TransportError:
                continue

    def _follow(self, address: str) -> None:
        headers = {"Last-Event-ID": str(self.last)} if self.lines else {}
        url = f"{address.rstrip('/')}/api/runs/{self.run}/events"
        with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
            rest = b""
            for piece in answer.iter_bytes():
                *whole, rest = (rest + piece).split(b"\n\n")
                for event in whole:
                    self._take(event)

    def _take(self, event: bytes) -> None:
        fields = dict(line.split(b": ", 1) for line in event.split(b"\n") if not line.startswith(b":"))
        if b"data" in fields:
            self.lines.append((int(fields[b"id"]), fields[b"data"]))
