"""A run belongs to the user who began it, where users are known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """The column; runs from before belong to nobody."""
    op.add_column("runs", sa.Column("owner", sa.Text))
    op.create_index("ix_runs_owner", "runs", ["owner"])
