"""What Alembic runs: the migrations, on the connection and within the transaction that were opened for it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
