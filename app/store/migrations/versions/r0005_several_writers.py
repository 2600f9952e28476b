"""Several agents write one PostgreSQL: whose a run is, whether it should stop, and what was typed for all to read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

UNFINISHED = sa.text("state <> 'finished'")


def upgrade() -> None:
    """The columns, the index of what waits or goes on, and the shelf; SQLite never puts anything there."""
    op.add_column("runs", sa.Column("agent", sa.Integer))
    op.add_column("runs", sa.Column("stop_asked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("runs_unfinished", "runs", ["agent"], sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_table(
        "shelf",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("kept", sa.LargeBinary, nullable=False),
        prefixes=["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else [],
    )
    op.create_index("ix_shelf_expires_at", "shelf", ["expires_at"])
