"""G7 in the database: the register of filings, a history by 起始日期.

The list lies staged as the temporary table `g7`.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable, Iterator, NamedTuple, Sequence

from sqlalchemy import Connection, Date, text

from ledger.database import bulk_insert
from ledger.people.tables import Filing

STAGED = "g7"
FILING = Filing.__table__


class FilingRow(NamedTuple):
    """A row of G7, staged or registered; days as texts, None where there is none."""

    person_id: str
    kind: str
    scope: str
    from_day: str
    until_day: str | None
    hardship: str
    agency: str
    verified_on: str | None
    valid_until: str | None
    payee_name: str
    payee_account: str
    payee_bank: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.person_id, self.kind, self.from_day)


class Exceptional(NamedTuple):
    """A filing with a hardship."""

    person_id: str
    name: str
    kind: str
    scope: str
    from_day: date
    hardship: str
    agency: str
    verified_on: date
    valid_until: date


def rows(connection: Connection) -> Iterator[tuple[str, int, FilingRow]]:
    """Sheet, row and content of the staged rows, in the order of the file."""
    for row in connection.execute(text(ROWS)):
        yield (row[0], row[1], FilingRow(*row[2:]))


def regions_of_people(connection: Connection) -> dict[str, str]:
    """By 个人编号 of the list: the region of who is registered."""
    found = connection.execute(text(PEOPLE))
    return {row.person_id: row.region for row in found}


def registered(connection: Connection) -> dict[tuple[str, str, str], FilingRow]:
    """What stands of the list's people, by key."""
    found = [_texts(row) for row in connection.execute(text(REGISTERED))]
    return {row.key: row for row in found}


def insert(
    connection: Connection,
    lines: Iterable[tuple[str, int, FilingRow]],
    document_id: int,
) -> None:
    columns = ("freed", "sheet", "row", "document_id", *FilingRow._fields)
    rows = ((0, sheet, row, document_id, *line) for sheet, row, line in lines)
    bulk_insert(connection, FILING, columns, rows)


def complete(connection: Connection, lines: Sequence[FilingRow]) -> None:
    """Write the ends that later rows of the same filings told."""
    if lines:
        connection.execute(text(COMPLETE), [line._asdict() for line in lines])


def exceptional(connection: Connection, region: str) -> list[Exceptional]:
    """Every filing with a hardship of people with an account in a region."""
    statement = text(EXCEPTIONAL).bindparams(region=region)
    days = {"from_day": Date, "verified_on": Date, "valid_until": Date}
    return [Exceptional(*row) for row in connection.execute(statement.columns(**days))]


def _texts(row) -> FilingRow:
    return FilingRow(*(str(cell) if isinstance(cell, date) else cell for cell in row))


FIELDS = ", ".join(FilingRow._fields)
ROWS = f'SELECT sheet, "row", {FIELDS} FROM {STAGED} ORDER BY "at"'
PEOPLE = f"""
    SELECT person_id, region FROM person
    WHERE person_id IN (SELECT person_id FROM {STAGED})
"""
REGISTERED = f"""
    SELECT {FIELDS} FROM filing
    WHERE freed = 0 AND person_id IN (SELECT person_id FROM {STAGED})
"""
COMPLETE = """
    UPDATE filing SET until_day = date(:until_day), valid_until = date(:valid_until)
    WHERE person_id = :person_id AND kind = :kind AND from_day = date(:from_day)
      AND freed = 0
"""
EXCEPTIONAL = """
    SELECT filing.person_id, person.name, filing.kind, filing.scope, filing.from_day,
           filing.hardship, filing.agency, filing.verified_on, filing.valid_until
    FROM filing JOIN person ON person.person_id = filing.person_id
    WHERE filing.freed = 0 AND filing.hardship <> '' AND EXISTS (
        SELECT 1 FROM account
        WHERE account.person_id = filing.person_id AND account.region = :region
    )
    ORDER BY filing.from_day, filing.person_id, filing.kind
"""
