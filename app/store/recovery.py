"""After a writer that did not end well: every run it had under way is told its last line.

So every run has one `started` first and one `finished` last, whatever happened.
"""

import platform
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from ..events import Finished, Outcome, Started, encode
from .books import Books, Told
from .retention import timestamp
from .schema import UNFINISHED, runs, series
from .seat import Seat

WENT_DOWN = "The server went down while this run was under way; what it had told until then is kept. Run it again."


def recover(connection: Connection, seat: Seat) -> dict[str, int]:
    """Ends every run that nobody carries on as `interrupted`; gives the number of each one's last line."""
    now, c = timestamp(datetime.now(UTC)), runs.c
    abandoned = (text(UNFINISHED), seat.abandoned(connection))
    left = select(c.number, c.id, c.preset, c.last_seq).where(*abandoned, c.removed.is_(False))
    rows = connection.execute(left.order_by(c.number)).all()
    lines = [line for row in rows for line in _last_lines(connection, row, now)]
    connection.execute(update(runs).where(*abandoned, c.removed).values(state="finished"))  # nobody sees its end
    return Books(seat).write(connection, [*lines])


def _last_lines(connection: Connection, run: Any, now: str) -> list[Told]:
    lines = []
    if not run.last_seq:
        version = platform.python_version()
        started = Started(run_id=run.id, preset=run.preset, python=version, torch="", started_at=now)
        lines.append(Told(run.id, 1, Started.type, encode(started), now))
    seen_ms = connection.execute(select(func.max(series.c.last_wall_ms)).where(series.c.run == run.number)).scalar()
    events = run.last_seq or 1
    finished = Finished(
        outcome=Outcome.INTERRUPTED,
        detail=WENT_DOWN,
        events=events,
        dropped=0,
        wall_ms=seen_ms or 0.0,
        cpu_ms=None,
        peak_memory_bytes=None,
    )
    return [*lines, Told(run.id, events + 1, Finished.type, encode(finished), now)]
