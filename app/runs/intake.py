"""What a child says, taken in with caution: text gathered into events, result lines checked, everything capped.

Text is coalesced for 50 ms or 64 KiB. A result line may begin with how many bytes of stdout and of stderr were written
before it, so that each event stands where it happened, whichever pipe is read first. A record waits for the graph event
that it belongs to, and comes right before it; one that belongs to none is dropped. Past the events' cap lines are
counted, not kept; past the text's cap the run is over. Knows nothing of pipes or processes.
"""

import asyncio
import codecs
import re
from collections import deque
from collections.abc import Callable

from ..events import (
    MAX_LINE_BYTES,
    ChildEvent,
    Ended,
    Graph,
    Limits,
    Record,
    Stderr,
    Stdout,
    WireError,
    decode,
    encode,
)
from .runner import Line

COALESCE_S = 0.05
PIECE_BYTES = 64 * 1024
RESULT_BYTES_PER_STDOUT_BYTE = 48
"""A training of 20 minutes may tell 10,000 points each second."""
LEAST_RESULT_BYTES = 64 * 1024 * 1024
ENDED_START = b'{"type":"ended"'
MARKS = re.compile(rb"(\d{1,15}) (\d{1,15}) (?=\{)")

TextEvent = type[Stdout] | type[Stderr]


class _Text:
    """One text stream: bytes gathered until they are worth an event."""

    def __init__(self, event: TextEvent) -> None:
        self.event = event
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.gathered = bytearray()
        self.taken = 0

    def take(self, mark: int | None, final: bool) -> Line | None:
        """What was gathered, up to byte `mark` of the stream, as an event.

        `final` also gives up on a half-read character.
        """
        size = len(self.gathered) if mark is None else max(0, mark - self.taken)
        piece = bytes(self.gathered[:size])
        del self.gathered[:size]
        self.taken += len(piece)
        text = self.decoder.decode(piece, final)
        return (self.event.type, encode(self.event(text=text))) if text else None


class Intake:
    """The lines one child's bytes make. `changed` is called whenever there is something new to look at.

    `before_result` is called before a result line is taken, to bring in what was printed before it. `lines` holds what
    is ready; `ended` the child's last word; `broken` why its results can't be read; `flooded` that it printed past its
    limit; `dropped` counts events past theirs.
    """

    def __init__(
        self, limits: Limits, changed: Callable[[], None], before_result: Callable[[], None] = lambda: None
    ) -> None:
        self.lines: deque[Line] = deque()
        self.ended: Ended | None = None
        self.broken: str | None = None
        self.flooded = False
        self.dropped = 0
        self._changed = changed
        self._before_result = before_result
        self._events_left = limits.events
        self._text_left = limits.stdout_bytes
        self._results_left = max(LEAST_RESULT_BYTES, RESULT_BYTES_PER_STDOUT_BYTE * limits.stdout_bytes)
        self._texts = {event: _Text(event) for event in (Stdout, Stderr)}
        self._graphs = 0
        self._record: tuple[int, Line] | None = None
        self._partial = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def over(self) -> bool:
        """Whether nothing that may still come would count."""
        return self.ended is not None or self.broken is not None or self.flooded

    def add_text(self, event: TextEvent, data: bytes) -> None:
        """Takes bytes the program printed."""
        if self.over:
            return
        text = self._texts[event]
        text.gathered += data[: self._text_left]
        self.flooded = len(data) > self._text_left
        self._text_left = max(0, self._text_left - len(data))
        if self.flooded or len(text.gathered) >= PIECE_BYTES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COALESCE_S, self.flush)

    def add_results(self, data: bytes) -> None:
        """Takes bytes of the result channel; whole lines among them become events."""
        if b"\n" in data:
            *lines, self._partial = (self._partial + data).split(b"\n")
            for line in lines:
                self._take(bytes(line))
        else:
            self._partial += data
        if len(self._partial) > MAX_LINE_BYTES and not self.over:
            self.broken = f"a line is longer than {MAX_LINE_BYTES} bytes"
        self._changed()

    def flush(self, marks: tuple[int, ...] | None = None, *, final: bool = False) -> None:
        """Makes events of the text gathered so far, of each stream up to its mark where there are marks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for index, text in enumerate(self._texts.values()):
            line = text.take(marks[index] if marks else None, final)
            if line is not None:
                self._emit(*line)
        if any(text.gathered for text in self._texts.values()):
            self._timer = asyncio.get_running_loop().call_later(COALESCE_S, self.flush)
        self._changed()

    def close(self) -> None:
        """Nothing more will be taken."""
        if self._timer is not None:
            self._timer.cancel()

    def _take(self, line: bytes) -> None:
        if not self.over:
            self._before_result()
        if self.over:
            return
        self._results_left -= len(line)
        found = MARKS.match(line)
        marks = (int(found[1]), int(found[2])) if found else None
        line = line[found.end() :] if found else line
        if (self._events_left <= 0 or self._results_left < 0) and not line.startswith(ENDED_START):
            self.dropped += 1
            return
        try:
            event = decode(line, ChildEvent)
        except WireError as error:
            self.broken = str(error)
            return
        if b"\r" in line:
            self.broken = "a line holds a carriage return"
        elif isinstance(event, Ended):
            self.flush(final=True)
            self.ended = event
        elif isinstance(event, Record):
            self._record = event.graph, (event.type, line)
        else:
            self.flush(marks)
            if isinstance(event, Graph):
                self._keep_record()
            self._emit(event.type, line)

    def _keep_record(self) -> None:
        """The next event is a graph: the record that waits goes before it, where it is that graph's."""
        number, self._graphs = self._graphs, self._graphs + 1
        if self._record is not None and self._record[0] == number and self._events_left > 0:
            self.lines.append(self._record[1])
        self._record = None

    def _emit(self, kind: str, line: bytes) -> None:
        if self._events_left <= 0:
            self.dropped += 1
            return
        self._events_left -= 1
        self.lines.append((kind, line))
