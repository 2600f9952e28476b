"""A run's n-th graph, figure or exception is found without reading its millions of other events."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

RARE = "type NOT IN ('scalars', 'tensor', 'backward', 'stdout', 'stderr')"


def upgrade() -> None:
    """The index over the rare ones."""
    op.create_index(
        "events_rare", "events", ["run", "type", "seq"], sqlite_where=sa.text(RARE), postgresql_where=sa.text(RARE)
    )
