"""After a writer that did not end well: every run that was under way is told its last line.

So every run has one `started` first and one `finished` last, whatever happened.
"""

import platform
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from ..events import Finished, Outcome, Started, encode
from .books import Books, Told
from .retention import timestamp
from .schema import runs, series

WENT_DOWN = "The server went down while this run was under way; what it had told until then is kept. Run it again."


def recover(connection: Connection, books: Books) -> list[str]:
    """Ends every run left under way as `interrupted`, and gives their ids."""
    now = timestamp(datetime.now(UTC))
    c = runs.c
    left = select(c.number, c.id, c.preset, c.last_seq).where(c.state != "finished", c.removed.is_(False))
    rows = connection.execute(left.order_by(c.number)).all()
    for number, run_id, preset, last_seq in rows:
        lines = []
        if not last_seq:
            version = platform.python_version()
            started = Started(run_id=run_id, preset=preset, python=version, torch="", started_at=now)
            lines.append(Told(run_id, 1, Started.type, encode(started), now))
        seen_ms = connection.execute(select(func.max(series.c.last_wall_ms)).where(series.c.run == number)).scalar()
        events = last_seq or 1
        finished = Finished(
            outcome=Outcome.INTERRUPTED,
            detail=WENT_DOWN,
            events=events,
            dropped=0,
            wall_ms=seen_ms or 0.0,
            cpu_ms=None,
            peak_memory_bytes=None,
        )
        lines.append(Told(run_id, events + 1, Finished.type, encode(finished), now))
        books.write(connection, [*lines])
    return [row.id for row in rows]
