"""Alembic's environment: the connection is handed in by ledger.database."""

from alembic import context

from ledger.people import tables
from ledger.schema import Base

assert tables  # so that Base knows them
connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
