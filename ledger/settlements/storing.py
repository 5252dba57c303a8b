"""Storing: results and their movements go into the tables, a batch a region and month.

Rows come in the order of time and are kept in that of their keys: they go through
temporary tables, so that millions are sorted once and by the database.
"""

from __future__ import annotations

from itertools import islice
from typing import Iterable, Sequence

from sqlalchemy import Connection, text

from ledger.people import staging
from ledger.people.tables import PERSON_ID

CHUNK = 20_000  # rows that are handed to the driver at once
DONE, SHARES, MOVED = "g3_done", "g3_shares", "g3_moved"
YEARS, UNTIL = "g3_years", "g3_until"
DONE_COLUMNS = {
    "month": "TEXT", "person_id": "", "serial": "TEXT", "at": "TEXT", "act": "TEXT",
    "original": "TEXT", "original_month": "TEXT", "region": "TEXT", "fund": "TEXT",
    "status": "TEXT", "channel": "TEXT", "institution": "TEXT", "place": "TEXT",
    "category": "TEXT", "total": "BIGINT", "in_policy": "BIGINT",
    "deductible": "BIGINT", "pooled": "BIGINT", "other": "BIGINT", "own": "BIGINT",
    "shared": "BIGINT", "cash": "BIGINT", "deducted_before": "BIGINT",
    "paid_before": "BIGINT", "taken": "BOOLEAN", "differences": "TEXT",
    "late": "BOOLEAN", "note": "TEXT", "ruled": "BOOLEAN", "sheet": "TEXT",
    "batch_id": "INTEGER", "row": "INTEGER",
}  # fmt: skip
SHARE_COLUMNS = {
    "month": "TEXT", "person_id": "", "serial": "TEXT", "position": "INTEGER",
    "payer_id": "", "payer_region": "TEXT", "relation": "TEXT", "place": "TEXT",
    "amount": "BIGINT", "batch_id": "INTEGER",
}  # fmt: skip
MOVED_COLUMNS = {
    "person_id": "", "act": "TEXT", "serial": "TEXT", "region": "TEXT",
    "dated": "DATE", "kind": "TEXT", "amount": "BIGINT", "batch_id": "INTEGER",
    "row": "INTEGER", "institution": "TEXT", "category": "TEXT",
}  # fmt: skip
YEAR_COLUMNS = {
    "person_id": "", "year": "INTEGER", "deducted": "BIGINT", "paid": "BIGINT",
}  # fmt: skip
UNTIL_COLUMNS = {"person_id": "", "at": "TEXT", "serial": "TEXT"}
TABLES = {
    DONE: DONE_COLUMNS,
    SHARES: SHARE_COLUMNS,
    MOVED: MOVED_COLUMNS,
    YEARS: YEAR_COLUMNS,
    UNTIL: UNTIL_COLUMNS,
}


class Into:
    """Rows on their way into a temporary table, a chunk at a time."""

    def __init__(self, connection: Connection, name: str):
        self.connection, self.name = connection, name
        self.columns = list(TABLES[name])
        self.rows: list[tuple] = []
        _make(connection, name)

    def add(self, row: tuple) -> None:
        self.rows.append(row)
        if len(self.rows) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            append(self.connection, self.name, self.columns, self.rows)
            self.rows = []


def append(
    connection: Connection, name: str, columns: Sequence[str], rows: Sequence[tuple]
) -> None:
    """Add rows to a temporary table through the driver."""
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO temp.{name} VALUES ({marks})", rows)
    else:
        quoted = ", ".join(f'"{column}"' for column in columns)
        stream = staging.copied(zip(*rows), len(rows))
        cursor.execute(f"COPY {name} ({quoted}) FROM STDIN", stream=stream)
    cursor.close()


def fill(connection: Connection, name: str, rows: Iterable[tuple]) -> None:
    """Make a temporary table of rows."""
    into = Into(connection, name)
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        into.rows = chunk
        into.flush()


def insert(connection: Connection, document_id: int) -> None:
    """Insert what the temporary tables hold; every line is a new one."""
    values = {"document": document_id}
    for statement in (INSERT_DONE, INSERT_SHARES, INSERT_MOVED):
        connection.execute(text(statement), values if ":doc" in statement else {})
    connection.execute(text(INSERT_KEYS))
    connection.execute(text(UPSERT_YEARS))
    connection.execute(text(UPSERT_UNTIL))


def clear(connection: Connection) -> None:
    """Empty the temporary tables; the connection may go on."""
    for name in TABLES:
        connection.exec_driver_sql(f"DELETE FROM {name}")


def _make(connection: Connection, name: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    schema = "temp" if sqlite else "pg_temp"
    person = PERSON_ID.dialect_impl(connection.dialect).compile(connection.dialect)
    declared = ", ".join(f'"{c}" {kind or person}' for c, kind in TABLES[name].items())
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {schema}.{name}")
    end = "" if sqlite else "ON COMMIT DROP"
    connection.exec_driver_sql(f"CREATE TEMP TABLE {name} ({declared}) {end}")


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


INSERT_DONE = f"""
    INSERT INTO settlement ({_quoted(DONE_COLUMNS)}, freed, document_id)
    SELECT {_quoted(DONE_COLUMNS)}, 0, CAST(:document AS integer) FROM {DONE}
    ORDER BY month, person_id, serial
"""
INSERT_SHARES = f"""
    INSERT INTO settlement_share ({_quoted(SHARE_COLUMNS)}, freed)
    SELECT {_quoted(SHARE_COLUMNS)}, 0 FROM {SHARES}
    ORDER BY month, person_id, serial, position
"""
INSERT_MOVED = f"""
    INSERT INTO movement ({_quoted(MOVED_COLUMNS)}, period, document_id)
    SELECT {_quoted(MOVED_COLUMNS)}, '', CAST(:document AS integer) FROM {MOVED}
    ORDER BY person_id, act, serial
"""
INSERT_KEYS = f"""
    INSERT INTO serial_key (form, serial, person_id)
    SELECT 'G3', serial, person_id FROM {DONE} ORDER BY serial
"""
UPSERT_YEARS = f"""
    INSERT INTO outpatient_year (person_id, year, deducted, paid)
    SELECT person_id, year, deducted, paid FROM {YEARS} WHERE 1 = 1
    ORDER BY person_id, year
    ON CONFLICT (person_id, year)
    DO UPDATE SET deducted = excluded.deducted, paid = excluded.paid
"""
UPSERT_UNTIL = f"""
    INSERT INTO settled_until (person_id, "at", serial)
    SELECT person_id, "at", serial FROM {UNTIL} WHERE 1 = 1 ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET "at" = excluded."at", serial = excluded.serial
"""
