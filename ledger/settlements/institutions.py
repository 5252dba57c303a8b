"""G10 in the database: which institutions are designated, of what level, from when.

The list lies staged as the temporary table `g10`. Days are ISO texts here, so that
they compare with the days of bills as they stand.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, Iterator, NamedTuple, Sequence

from sqlalchemy import Connection, select, text

from ledger.database import bulk_insert
from ledger.settlements.tables import Institution

STAGED = "g10"
TABLE = Institution.__table__


class Designation(NamedTuple):
    """An institution in [from_day, until_day], both included, None is open."""

    from_day: str
    until_day: str | None
    name: str
    level: str  # 三级, 二级及以下, 定点零售药店
    region: str  # its pooling region, or another province
    qualified: bool  # 药店符合条件

    def holds_on(self, day: str) -> bool:
        """Whether the institution is designated on a day, an ISO text."""
        last = self.until_day
        return self.from_day <= day and (last is None or day <= last)


class InstitutionRow(NamedTuple):
    """A row of G10, staged or registered."""

    code: str
    name: str
    level: str
    region: str
    from_day: str
    until_day: str | None
    qualified: bool
    payee_account: str
    payee_bank: str

    @property
    def key(self) -> tuple[str, str]:
        return self.code, self.from_day


def designations(connection: Connection) -> dict[str, list[Designation]]:
    """Every institution's designations by code, in order of days."""
    found: dict[str, list[Designation]] = defaultdict(list)
    for row in _rows(connection):
        told = {name: getattr(row, name) for name in Designation._fields}
        found[row.code].append(Designation(**told))
    return dict(found)


def designated(of_one: Sequence[Designation], day: str) -> Designation | None:
    """The designation of an institution that holds on a day, an ISO text."""
    return next((one for one in of_one if one.holds_on(day)), None)


def registered(connection: Connection) -> dict[str, list[InstitutionRow]]:
    """What stands of the institutions of the staged list, by code."""
    found: dict[str, list[InstitutionRow]] = defaultdict(list)
    listed = text(f"SELECT DISTINCT code FROM {STAGED}")
    codes = set(connection.execute(listed).scalars())
    for row in _rows(connection):
        if row.code in codes:
            found[row.code].append(row)
    return found


def rows(connection: Connection) -> Iterator[tuple[str, int, InstitutionRow]]:
    """Sheet, row and content of the staged rows, by code, day and row."""
    for row in connection.execute(text(ROWS)):
        line = InstitutionRow(*row[2:])
        yield row[0], row[1], line._replace(qualified=line.qualified == "是")


def insert(
    connection: Connection,
    lines: Iterable[tuple[str, int, InstitutionRow]],
    document_id: int,
) -> None:
    columns = ("sheet", "row", "document_id", *InstitutionRow._fields)
    rows = ((sheet, row, document_id, *line) for sheet, row, line in lines)
    bulk_insert(connection, TABLE, columns, rows)


def complete(connection: Connection, lines: Sequence[InstitutionRow]) -> None:
    """Write what later rows of the same designations filled in."""
    if lines:
        connection.execute(text(COMPLETE), [line._asdict() for line in lines])


def settled_by(connection: Connection, document_id: int) -> str | None:
    """The code of an institution of a document that a settlement line names on one of
    its days there; None where none does."""
    named = connection.execute(text(SETTLED), {"document": document_id})
    return named.scalar()


def withdraw(connection: Connection, document_id: int) -> int:
    """Delete a document's designations; says how many there were."""
    deleted = text("DELETE FROM institution WHERE document_id = :document")
    return connection.execute(deleted, {"document": document_id}).rowcount


def _rows(connection: Connection) -> Iterator[InstitutionRow]:
    columns = [TABLE.c[name] for name in InstitutionRow._fields]
    by_day = select(*columns).order_by(TABLE.c.code, TABLE.c.from_day)
    for row in connection.execute(by_day):
        last = row.until_day
        yield InstitutionRow(*row)._replace(
            from_day=row.from_day.isoformat(),
            until_day=None if last is None else last.isoformat(),
        )


FIELDS = ", ".join(InstitutionRow._fields)
ROWS = f'SELECT sheet, "row", {FIELDS} FROM {STAGED} ORDER BY code, from_day, "at"'
COMPLETE = """
    UPDATE institution SET until_day = date(:until_day),
           payee_account = :payee_account, payee_bank = :payee_bank
    WHERE code = :code AND from_day = date(:from_day)
"""
SETTLED = """
    SELECT institution.code FROM institution
    JOIN settlement ON settlement.institution = institution.code
    WHERE institution.document_id = :document AND settlement.freed = 0
      AND substr(settlement.at, 1, 10) >= CAST(institution.from_day AS text)
      AND (institution.until_day IS NULL
           OR substr(settlement.at, 1, 10) <= CAST(institution.until_day AS text))
    ORDER BY institution.code LIMIT 1
"""
