"""Sends what stays of a graph that its event has no room for, as long as a run's records are few and small."""

from ..autograd import Kept, Reading, columns_of, keep
from ..events import MAX_NODES, MAX_RECORDED, Record, encode, pack
from ..words import say
from .outbox import Outbox

MAX_RECORDS = 8
MOST_CHARACTERS = 16_000_000
"""Of all records of a run."""
MOST_OF_ONE = 4_000_000


class Records:
    """The records of one program's graphs."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._sent = 0
        self._left = MOST_CHARACTERS

    def send(self, graph: int, reading: Reading) -> tuple[Kept | None, str]:
        """Sends the record of a large graph; gives what stays with it, and in words what does not."""
        total = len(reading.walked.order)
        if total <= MAX_NODES:
            return None, _unwalked(reading)
        if self._sent >= MAX_RECORDS or self._left <= 0:
            return None, say(
                "This graph has {total} nodes, of which only the {shown} shown at first stayed with the run: the "
                "larger graphs of one run share a budget, and earlier ones used it up.",
                total=f"{total:,}",
                shown=f"{MAX_NODES:,}",
            )
        most = MAX_RECORDED
        while True:
            kept = keep(reading, most)
            missing = _unwalked(reading) or _unkept(total, len(kept.nodes))
            data = pack(columns_of(reading, kept, missing))
            if len(data) <= min(MOST_OF_ONE, max(self._left, MOST_OF_ONE // 8)):
                break
            most = len(kept.nodes) * min(MOST_OF_ONE, self._left) * 9 // (10 * len(data))
        self._sent += 1
        self._left -= len(data)
        self._outbox.send(encode(Record(graph=graph, data=data)))
        return kept, missing


def _unwalked(reading: Reading) -> str:
    """What to say of a graph of which the first nodes alone were walked."""
    if reading.walked.whole:
        return ""
    return say(
        "The run had passed a limit, and there was time to walk the {walked} nodes nearest the result; what lies "
        "behind them is not shown.",
        walked=f"{len(reading.walked.order):,}",
    )


def _unkept(total: int, kept: int) -> str:
    """What to say of a graph of which some nodes alone stay."""
    if kept == total:
        return ""
    return say(
        "Of the {total} nodes of this graph {kept} stayed with the run: the first of all that repeats, and of the "
        "other groups the two ends. The groups count all of them; one of which nothing stayed cannot be opened.",
        total=f"{total:,}",
        kept=f"{kept:,}",
    )
