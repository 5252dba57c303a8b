"""G2 in the database: opening balances of accounts, row sets in, row sets out.

The list lies staged as the temporary table `g2`, in the order of people; rows that
are set aside, or are known, leave it before the rest is registered.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Date, bindparam, text

STAGED = "g2"
KEY = ("person_id", "at")
KIND, ACT = "上年结余", "opening"


class Odd(NamedTuple):
    """A staged row that cannot be taken, and what it does not agree with."""

    person_id: str
    at: int
    sheet: str
    row: int
    region: str
    name: str
    cutoff: str
    amount: int
    other: str  # the name, or the content, that stands already


class Part(NamedTuple):
    """The rows of one region: how many, how much in whole fen, and where."""

    region: str
    cutoff: str
    lines: int
    amount: int
    sheet: str
    first_row: int
    last_row: int


def region_codes(connection: Connection) -> list[str]:
    codes = text(f"SELECT DISTINCT region FROM {STAGED} ORDER BY region")
    return list(connection.execute(codes).scalars())


def of_region(connection: Connection, region: str) -> list[Odd]:
    """Take out the rows of a code that is no pooling region here."""
    return _out(connection, f"{ODD} WHERE g2.region = :region", "''", region=region)


def of_other_cutoff(connection: Connection) -> list[Odd]:
    """Take out rows whose 截止日期 is not that of their region's first row."""
    odd = []
    for row in connection.execute(text(CUTOFFS)).all():
        if row.first_day != row.last_day:
            values = {"region": row.region, "at": row.at}
            cutoff = connection.execute(text(CUTOFF_AT), values).scalar_one()
            values = {"region": row.region, "cutoff": cutoff}
            odd += _out(connection, OTHER_CUTOFF, ":cutoff", **values)
    return odd


def known(connection: Connection) -> int:
    """Take out rows that stand already, or twice in the list; says how many."""
    repeated = connection.execute(text(REPEATED)).rowcount
    return repeated + connection.execute(text(STANDING)).rowcount


def repeated(connection: Connection) -> list[Odd]:
    """Take out rows of an account that has an earlier row with other content."""
    return _out(connection, REPEATED_OTHERWISE, "''")


def standing_otherwise(connection: Connection) -> list[Odd]:
    """Take out rows of an account whose opening balance stands with other content."""
    return _out(connection, STANDING_OTHERWISE, "''")


def named_otherwise(connection: Connection) -> list[Odd]:
    """Take out rows whose name is not the registered one, or an earlier row's."""
    registered = _out(connection, NAMED_OTHERWISE, "person.name")
    return registered + _out(connection, NAMED_TWICE, "earlier.name")


def moved_before(connection: Connection) -> list[Odd]:
    """Take out rows of accounts with movements on or before their 截止日期."""
    return _out(connection, MOVED_BEFORE, "''")


def parts(connection: Connection) -> list[Part]:
    """What is left, by region."""
    return [Part(*row) for row in connection.execute(text(PARTS))]


def register(connection: Connection, document_id: int, since: dict[str, str]) -> None:
    """Register people, their history, accounts and lines; `since` is by region."""
    for region, month in since.items():
        values = {"document": document_id, "region": region, "since": month}
        for statement in (RELATIVES, PEOPLE, HISTORY, ACCOUNTS, LINES):
            connection.execute(text(statement), values)


def insert_movements(
    connection: Connection,
    region: str,
    batch_id: int,
    document_id: int,
    dated: date,
    generation: str,
) -> None:
    """A movement for every row above zero."""
    connection.execute(
        text(MOVEMENTS).bindparams(bindparam("dated", type_=Date)),
        {
            "region": region,
            "batch": batch_id,
            "document": document_id,
            "dated": dated,
            "serial": region + generation,
            "kind": KIND,
            "act": ACT,
        },
    )


def _out(connection: Connection, query: str, other: str, **values) -> list[Odd]:
    found = connection.execute(text(query.format(other=other)), values)
    odd = [Odd(*row) for row in found]
    if odd:
        connection.execute(
            text(f'DELETE FROM {STAGED} WHERE person_id = :p AND "at" = :at'),
            [{"p": row.person_id, "at": row.at} for row in odd],
        )
    return sorted(odd, key=lambda row: row.at)


ODD = """
    SELECT g2.person_id, g2."at", g2.sheet, g2."row", g2.region, g2.name, g2.cutoff,
           g2.amount, {other}
    FROM g2
"""
CUTOFFS = """
    SELECT region, min(cutoff) AS first_day, max(cutoff) AS last_day, min("at") AS "at"
    FROM g2 GROUP BY region ORDER BY region
"""
CUTOFF_AT = 'SELECT cutoff FROM g2 WHERE region = :region AND "at" = :at'
OTHER_CUTOFF = f"{ODD} WHERE g2.region = :region AND g2.cutoff <> :cutoff"
SAME = """
    {0}.name = g2.name AND {0}.status = g2.status AND {0}.amount = g2.amount
"""
REPEATED = f"""
    DELETE FROM g2 WHERE EXISTS (
        SELECT 1 FROM g2 AS earlier
        WHERE earlier.person_id = g2.person_id AND earlier."at" < g2."at"
          AND earlier.region = g2.region AND {SAME.format("earlier")}
          AND earlier.cutoff = g2.cutoff
    )
"""
STANDING = f"""
    DELETE FROM g2 WHERE EXISTS (
        SELECT 1 FROM account_opening_line AS line
        WHERE line.person_id = g2.person_id AND line.region = g2.region
          AND line.freed = 0 AND {SAME.format("line")}
          AND line.cutoff = date(g2.cutoff)
    )
"""
REPEATED_OTHERWISE = f"""
    {ODD} WHERE EXISTS (
        SELECT 1 FROM g2 AS earlier
        WHERE earlier.person_id = g2.person_id AND earlier."at" < g2."at"
          AND earlier.region = g2.region
    )
"""
STANDING_OTHERWISE = f"""
    {ODD} JOIN account_opening_line AS line
      ON line.person_id = g2.person_id AND line.region = g2.region AND line.freed = 0
"""
NAMED_OTHERWISE = f"""
    {ODD} JOIN person ON person.person_id = g2.person_id
    WHERE person.name <> '' AND g2.name <> '' AND person.name <> g2.name
"""
NAMED_TWICE = f"""
    {ODD} JOIN g2 AS earlier
      ON earlier.person_id = g2.person_id AND earlier."at" < g2."at"
    WHERE earlier.name <> '' AND g2.name <> '' AND earlier.name <> g2.name
      AND NOT EXISTS (
          SELECT 1 FROM g2 AS first
          WHERE first.person_id = earlier.person_id AND first."at" < earlier."at"
      )
"""
MOVED_BEFORE = f"""
    {ODD} WHERE EXISTS (
        SELECT 1 FROM movement JOIN batch ON batch.id = movement.batch_id
        WHERE movement.person_id = g2.person_id AND movement.region = g2.region
          AND movement.dated <= date(g2.cutoff)
          AND batch.state IN ('draft', 'counted') AND batch.undoes_id IS NULL
    )
"""
PARTS = """
    SELECT region, min(cutoff), count(*), CAST(sum(amount) AS bigint),
           CASE WHEN min(sheet) = max(sheet) THEN min(sheet) ELSE '' END,
           min("row"), max("row")
    FROM g2
    GROUP BY region ORDER BY region
"""
# Of a person with two accounts the first row registers.
PEOPLE = """
    INSERT INTO person (
        person_id, name, born, region, status, insured_as, base, since, retired_from,
        died_on, document_id, "row")
    SELECT person_id, name, '', region, status, '', NULL, :since, '', NULL, :document,
           "row"
    FROM g2
    WHERE region = :region AND NOT EXISTS (
        SELECT 1 FROM person WHERE person.person_id = g2.person_id
    ) AND NOT EXISTS (
        SELECT 1 FROM g2 AS earlier
        WHERE earlier.person_id = g2.person_id AND earlier."at" < g2."at"
    )
    ORDER BY person_id
"""
# Who was known as somebody's relative alone (G4) is insured here from now on.
RELATIVES = """
    UPDATE person SET
        name = CASE WHEN person.name = '' THEN g2.name ELSE person.name END,
        region = g2.region, status = g2.status, insured_as = '', base = NULL,
        since = :since, fund = '', document_id = :document, "row" = g2."row"
    FROM g2
    WHERE g2.person_id = person.person_id AND g2.region = :region
      AND person.since = '' AND NOT EXISTS (
        SELECT 1 FROM g2 AS earlier
        WHERE earlier.person_id = g2.person_id AND earlier."at" < g2."at"
    )
"""
HISTORY = """
    INSERT INTO person_state (
        person_id, from_month, region, status, insured_as, base, document_id, "row")
    SELECT g2.person_id, :since, g2.region, g2.status, '', NULL, :document, g2."row"
    FROM g2 JOIN person ON person.person_id = g2.person_id
    WHERE g2.region = :region AND person.region = g2.region
      AND person.document_id = :document AND person."row" = g2."row"
    ORDER BY g2.person_id
    ON CONFLICT DO NOTHING
"""
ACCOUNTS = """
    INSERT INTO account (person_id, region, balance, claim, state)
    SELECT person_id, region, 0, 0, 'open' FROM g2
    WHERE region = :region
    ORDER BY person_id
    ON CONFLICT DO NOTHING
"""
LINES = """
    INSERT INTO account_opening_line (
        person_id, region, freed, sheet, name, status, amount, cutoff, document_id,
        "row")
    SELECT person_id, region, 0, sheet, name, status, amount, date(cutoff), :document,
           "row"
    FROM g2 WHERE region = :region
    ORDER BY person_id
"""
MOVEMENTS = """
    INSERT INTO movement (
        person_id, period, act, serial, region, dated, kind, amount, batch_id,
        document_id, "row")
    SELECT person_id, '', :act, :serial, region, :dated, :kind, amount, :batch,
           :document, "row"
    FROM g2 WHERE region = :region AND amount > 0
    ORDER BY person_id
"""
