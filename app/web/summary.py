"""What a list of runs shows of one: its record, how far it is, its newest points, its curve in small.

Knows nothing of where a run is kept.
"""

from collections.abc import Sequence

from ..store import ORIGINS, Record, Series
from .forms import Best, LastScalar, RunRecord, SeriesRecord, finite


def summary(run: Record, drawn: Sequence[Series], queue_position: int | None) -> RunRecord:
    """The run as a list shows it; `drawn` are its series."""
    shown = best(drawn)
    return RunRecord(
        **links(run.id),
        title=run.title,
        group=run.group,
        owner=run.owner,
        preset=run.preset,
        state=run.state,
        outcome=run.outcome,
        detail=run.detail,
        queue_position=queue_position if run.state == "queued" else None,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        wall_ms=run.wall_ms,
        scalars={
            one.tag: LastScalar(step=one.last_step, value=finite(one.last_value)) for one in reversed(ranked(drawn))
        },
        series=[_series(one, running=run.state == "running") for one in ranked(drawn)],
        sparkline=[finite(value) for value in shown.sparkline] if shown else [],
        best=Best(tag=shown.tag, origin=shown.origin) if shown else None,
    )


def links(run_id: str) -> dict[str, str]:
    """Where a run is found."""
    url = f"/api/runs/{run_id}"
    return {"id": run_id, "url": url, "events": f"{url}/events"}


def ranked(drawn: Sequence[Series]) -> list[Series]:
    """The series, those of better origins first."""
    return sorted(drawn, key=lambda one: ORIGINS.index(one.origin) if one.origin in ORIGINS else len(ORIGINS))


def best(drawn: Sequence[Series]) -> Series | None:
    """The series a chart shows when nobody chose: the loss of the best origin, else whatever there is."""
    order = ranked(drawn)
    return next((one for one in order if one.tag == "loss"), order[0] if order else None)


def _series(one: Series, *, running: bool) -> SeriesRecord:
    elapsed_s = (one.last_wall_ms - one.first_wall_ms) / 1000
    rate = (one.count - 1) / elapsed_s if elapsed_s > 0 else None
    left = one.total - one.count if one.total is not None else None
    return SeriesRecord(
        tag=one.tag,
        origin=one.origin,
        count=one.count,
        total=one.total,
        last_step=one.last_step,
        last_value=finite(one.last_value),
        min_value=one.min_value,
        min_step=one.min_step,
        steps_per_s=round(rate, 3) if rate is not None else None,
        eta_s=round(max(0, left) / rate, 1) if running and left is not None and rate else None,
    )
