"""The months of which there are settlement lines: few, and keys begin with them."""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.people import staging

TABLE = "settlement_month"


def keep(connection: Connection) -> list[str]:
    """Keep the months on file as a temporary table of one column, `month`.

    A line's month is part of its key but not of its serial's: joins over the months
    find it by the key, month by month.
    """
    staging.temporary(connection, TABLE, MONTHS)
    return on_file(connection)


def on_file(connection: Connection) -> list[str]:
    return list(connection.execute(text(f"{MONTHS} ORDER BY 1")).scalars())


MONTHS = """
    SELECT DISTINCT period AS month FROM batch
    WHERE kind = 'settlement' AND state IN ('draft', 'counted')
"""
