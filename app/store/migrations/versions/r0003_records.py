"""All nodes of a large graph stay with the run, to be read where a group is opened."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The table of records."""
    op.create_table(
        "records",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("run", sa.BigInteger, nullable=False),
        sa.Column("graph", sa.Integer, nullable=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("run", "graph", name="records_run_graph"),
    )
