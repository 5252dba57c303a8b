"""The sums of a posting's lines, as vouchers and clearing take them."""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection

from ledger.database import bulk_insert, next_id
from ledger.settlements.tables import InstitutionSum, SettlementSum

PART, OWED = SettlementSum.__table__, InstitutionSum.__table__
PART_COLUMNS = ("id", "posting_id", "month", "act", "part", "place", "region", "payer")
PART_COLUMNS += ("fund", "channel", "category", "relation", "lines", "amount")
OWED_COLUMNS = ("id", "posting_id", "month", "institution", "place", "fund", "lines")
OWED_COLUMNS += ("total", "pooled", "other", "own", "shared")


def insert(
    connection: Connection,
    posting_id: int,
    parts: Sequence[tuple],
    owed: Sequence[tuple],
) -> None:
    """Insert a posting's sums; amounts are whole fen."""
    for table, columns, rows in (
        (PART, PART_COLUMNS, parts),
        (OWED, OWED_COLUMNS, owed),
    ):
        first = next_id(connection, table)
        told = ((first + at, posting_id, *row) for at, row in enumerate(rows))
        if rows:
            bulk_insert(connection, table, columns, told)
