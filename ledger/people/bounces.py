"""G8 in the database: payouts that came back from the bank.

The list lies staged as the temporary table `g8`; amounts are whole fen.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, text

from ledger.database import bulk_insert
from ledger.people.tables import BounceLine, Movement

STAGED = "g8"
BOUNCE, MOVEMENT = BounceLine.__table__, Movement.__table__
ACT, KIND = "bounce", "退回重新计入"


class Bounce(NamedTuple):
    """A staged row; the amount in whole fen, the day as a text."""

    at: int
    sheet: str
    row: int
    serial: str
    dated: str
    amount: int
    reason: str


class Paid(NamedTuple):
    """The payout that a row names, and how its batch stands."""

    person_id: str
    region: str
    scope: str
    period: str
    amount: int
    dated: str  # its voucher's day
    state: str  # of its batch


def rows(connection: Connection) -> list[Bounce]:
    """The staged rows in the order of the file."""
    return [Bounce(*row) for row in connection.execute(text(ROWS))]


def payouts(connection: Connection) -> dict[str, Paid]:
    """By 划转流水号 of the list: the payout that bears it."""
    return {
        row.serial: Paid(*row[1:6], str(row.dated), row.state)
        for row in connection.execute(text(PAID))
    }


def known(connection: Connection) -> dict[str, tuple[str, int, str]]:
    """By 划转流水号 of the list: the day, amount and reason of its return."""
    return {
        row.serial: (str(row.dated), row.amount, row.reason)
        for row in connection.execute(text(KNOWN))
    }


def times_freed(connection: Connection) -> dict[str, int]:
    """By 划转流水号: how often its return was taken back."""
    found: dict[str, int] = defaultdict(int)
    for row in connection.execute(text(TIMES_FREED)):
        found[row.serial] = row.times
    return found


def insert(
    connection: Connection,
    lines: Sequence[tuple[Bounce, Paid, bool, int]],
    batch_id: int,
    document_id: int,
    dated: str,
) -> None:
    """Lines and movements: row, payout, whether it is withheld, times freed."""
    told = (
        (
            paid.person_id,
            *row[3:],
            0,
            row.sheet,
            withheld,
            batch_id,
            document_id,
            row.row,
        )
        for row, paid, withheld, _ in lines
    )
    bulk_insert(connection, BOUNCE, LINE_COLUMNS, told)
    moved = (
        (
            paid.person_id,
            paid.period,
            ACT,
            row.serial + (f"|{times}" if times else ""),
            paid.region,
            dated,
            KIND,
            row.amount,
            batch_id,
            document_id,
            row.row,
        )
        for row, paid, _, times in lines
    )
    bulk_insert(connection, MOVEMENT, MOVEMENT_COLUMNS, moved)


LINE_COLUMNS = ("person_id", "serial", "dated", "amount", "reason", "freed", "sheet")
LINE_COLUMNS += ("withheld", "batch_id", "document_id", "row")
MOVEMENT_COLUMNS = ("person_id", "period", "act", "serial", "region", "dated", "kind")
MOVEMENT_COLUMNS += ("amount", "batch_id", "document_id", "row")
ROWS = f"""
    SELECT "at", sheet, "row", serial, dated, amount, reason FROM {STAGED}
    ORDER BY "at"
"""
NAMED = f"SELECT DISTINCT serial FROM {STAGED}"
PAID = f"""
    SELECT payout_line.serial, payout_line.person_id, payout_line.region,
           payout_line.scope, payout_line.period, payout_line.amount, batch.dated,
           batch.state
    FROM ({NAMED}) AS named
    JOIN serial_key ON serial_key.form = 'payout' AND serial_key.serial = named.serial
    JOIN payout_line ON payout_line.person_id = serial_key.person_id
                    AND payout_line.serial = serial_key.serial
    JOIN batch ON batch.id = payout_line.batch_id
"""
OF_NAMED = f"""
    FROM ({NAMED}) AS named
    JOIN serial_key ON serial_key.form = 'payout' AND serial_key.serial = named.serial
    JOIN bounce_line ON bounce_line.person_id = serial_key.person_id
                    AND bounce_line.serial = serial_key.serial
"""
KNOWN = f"""
    SELECT bounce_line.serial, bounce_line.dated, bounce_line.amount,
           bounce_line.reason
    {OF_NAMED} WHERE bounce_line.freed = 0
"""
TIMES_FREED = f"""
    SELECT bounce_line.serial, count(*) AS times
    {OF_NAMED} WHERE bounce_line.freed > 0 GROUP BY bounce_line.serial
"""
