"""Alembic's environment: the connection is handed in by ledger.database."""

from alembic import context

from ledger.advances import tables as advances
from ledger.people import tables as people
from ledger.schema import Base
from ledger.settlements import tables as settlements

assert advances and people and settlements  # so that Base knows them
connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
