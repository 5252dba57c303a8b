"""Storing: split lines and their movements go into the tables, in the order of keys.

Rows that come in the order of time are sorted in memory, so that each table is filled
from its beginning to its end and the pages of a month are written once.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Iterable, Sequence

from sqlalchemy import Connection, text

from ledger.people.staging import append
from ledger.people.tables import PERSON_ID
from ledger.settlements.results import Result
from ledger.settlements.state import make

SERIAL, AT, PERSON, REGION, PLACE, TAKEN, LATE, RULED = map(
    Result._fields.index,
    ("serial", "at", "person_id", "region", "place", "taken", "late", "ruled"),
)
YEARS = "g3_years"
SETTLEMENT = ("month", "batch_id", *Result._fields[:-2], "ruled", "freed")
SETTLEMENT += ("document_id",)
SHARE = ("month", "person_id", "serial", "position", "payer_id", "payer_region")
SHARE += ("relation", "place", "amount", "batch_id", "freed")
MOVEMENT = ("person_id", "period", "act", "serial", "region", "dated", "kind", "amount")
MOVEMENT += ("batch_id", "document_id", "row", "institution", "category")


def insert_lines(
    connection: Connection,
    lines: list[Result],
    batch_ids: dict[tuple[str, str], int],
    document_id: int,
) -> None:
    """Insert lines of one month; `batch_ids` by region and place.

    The list is sorted in place, as the table is: by person, then serial.
    """
    keys = sorted(map(itemgetter(SERIAL, PERSON), lines))  # nearly so in time's order
    lines.sort(key=itemgetter(SERIAL))
    lines.sort(key=itemgetter(PERSON))
    end = (0, document_id)
    # A bool is put in as a number: the driver would look for an adapter of each.
    rows = (
        (line[AT][:7], batch_ids[line[REGION], line[PLACE]])
        + (*line[:TAKEN], +line[TAKEN], line[TAKEN + 1], +line[LATE])
        + (line[LATE + 1], +line[RULED], *end)
        for line in lines
    )
    append(connection, "settlement", SETTLEMENT, rows)
    rows = (("G3", *key) for key in keys)
    append(connection, "serial_key", ("form", "serial", "person_id"), rows)


def insert_shares(connection: Connection, rows: list[tuple]) -> None:
    """Insert what families paid, in the order of SHARE."""
    rows.sort()
    append(connection, "settlement_share", SHARE, rows)


def insert_movements(connection: Connection, rows: list[tuple]) -> None:
    """Insert the movements of accounts, in the order of MOVEMENT."""
    rows.sort(key=itemgetter(3))
    rows.sort(key=itemgetter(0))
    append(connection, "movement", MOVEMENT, rows)


def keep_years(connection: Connection, rows: Iterable[tuple]) -> None:
    """Put (person, year, deducted, paid) in the place of what was there."""
    columns = f"person_id {_person(connection)}, year INTEGER, deducted BIGINT"
    _put(connection, YEARS, f"{columns}, paid BIGINT", sorted(rows), PUT_YEARS)


def _put(
    connection: Connection, name: str, columns: str, rows: Sequence, statement: str
) -> None:
    """On SQLite row by row, on PostgreSQL through a temporary table."""
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns.split(", ")))
        cursor = connection.connection.cursor()
        cursor.executemany(statement.format(f"VALUES ({marks})"), rows)
        cursor.close()
        return
    make(connection, name, columns, rows)
    connection.execute(text(statement.format(f"SELECT * FROM {name}")))


def _person(connection: Connection) -> str:
    return PERSON_ID.dialect_impl(connection.dialect).compile(connection.dialect)


PUT_YEARS = """
    INSERT INTO outpatient_year (person_id, year, deducted, paid) {0}
    ON CONFLICT (person_id, year)
    DO UPDATE SET deducted = excluded.deducted, paid = excluded.paid
"""
