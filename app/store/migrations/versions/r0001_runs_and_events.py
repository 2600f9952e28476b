"""Runs, their events, their series and points."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The first tables."""
    _runs()
    op.create_table(
        "events",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("run", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("run", "seq", name="events_run_seq"),
    )
    _series()
    op.create_table(
        "points",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("series", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("low_step", sa.BigInteger, nullable=False),
        sa.Column("high_step", sa.BigInteger, nullable=False),
        sa.Column("steps", sa.LargeBinary, nullable=False),
        sa.Column("values", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("series", "seq", name="points_series_seq"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text),
        sa.Column("group", sa.Text),
        sa.Column("preset", sa.Text, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("steps_per_s", sa.Double),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text),
        sa.Column("finished_at", sa.Text),
        sa.Column("wall_ms", sa.Double),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
    )
    op.create_index("ix_runs_group", "runs", ["group"])


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("run", sa.BigInteger, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("first_step", sa.BigInteger, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("last_value", sa.Double),
        sa.Column("min_value", sa.Double),
        sa.Column("min_step", sa.BigInteger),
        sa.Column("first_wall_ms", sa.Double, nullable=False),
        sa.Column("last_wall_ms", sa.Double, nullable=False),
        sa.Column("stride", sa.BigInteger, nullable=False),
        sa.Column("sparkline", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("run", "tag", "origin", name="series_run_tag_origin"),
    )
