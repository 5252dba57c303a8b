"""What regions say of their statements: confirmed or disputed; the last word counts.

Who withdrew a clearing stands here too, as the province's word.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from ledger.settlements.tables import ClearingConfirmation

TABLE = ClearingConfirmation.__table__
CONFIRMED, DISPUTED, WITHDRAWN = "confirmed", "disputed", "withdrawn"


class Word(NamedTuple):
    """A region's word; `says` is "" while it has said nothing."""

    region: str
    says: str
    reason: str
    by: str
    at: str


def last_words(connection: Connection, clearing_id: int) -> dict[str, Word]:
    """By region: what it said last of a clearing."""
    columns = [TABLE.c[field] for field in Word._fields]
    rows = connection.execute(
        select(*columns)
        .where(TABLE.c.clearing_id == clearing_id)
        .order_by(TABLE.c.region, TABLE.c.serial)
    )
    return {row.region: Word(*row) for row in rows}


def say(connection: Connection, clearing_id: int, word: Word) -> bool:
    """Keep a region's word; False where it said just that before."""
    before = last_words(connection, clearing_id).get(word.region)
    if before is not None and before[:3] == word[:3]:
        return False
    serial = connection.execute(
        select(func.coalesce(func.max(TABLE.c.serial), 0) + 1).where(
            TABLE.c.clearing_id == clearing_id, TABLE.c.region == word.region
        )
    ).scalar_one()
    connection.execute(
        insert(TABLE).values(clearing_id=clearing_id, serial=serial, **word._asdict())
    )
    return True
