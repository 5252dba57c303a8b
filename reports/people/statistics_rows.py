"""What the statistics read: sums of movements, people and accounts by region."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, Date, bindparam, text

from ledger.money import from_fen
from ledger.periods import Month


class Moved(NamedTuple):
    """Movements of one batch, kind and day, added up; how many of them stand.

    A batch that takes another back counts below zero, so that the two cancel.
    """

    region: str
    kind: str
    dated: date
    movements: int
    amount: Decimal


class Paid(NamedTuple):
    """What left accounts, added up; `age` in whole years, None where unknown.

    `level` is the institution's on the movement's day: "" where there is no
    institution, None where the roster (G10) does not have it that day.
    """

    kind: str
    level: str | None
    category: str
    age: int | None
    movements: int
    amount: Decimal  # below zero


def moved(connection: Connection, until: date, region: str) -> list[Moved]:
    """Everything that counts and is dated up to a day.

    A batch's movements lie together and mostly bear one day: only the batches with
    several days are read day by day.
    """
    found = []
    asked = {"until": until, "region": region}
    for row in connection.execute(_dated(BY_BATCH, "until"), asked):
        if row.first == row.last:
            found.append(_moved(row, row.first))
            continue
        one = {"batch": row.batch_id, "kind": row.kind, "until": until}
        one["sign"] = row.sign
        days = connection.execute(_dated(BY_DAY, "until"), one)
        found += [_moved(row, day.dated, day) for day in days]
    return found


def paid(
    connection: Connection,
    first_day: date,
    last_day: date,
    region: str,
    kinds: Sequence[str],
) -> list[Paid]:
    """What left accounts in [first_day, last_day], with the age on that day."""
    query = _dated(PAID, "first", "last").bindparams(bindparam("kinds", expanding=True))
    rows = connection.execute(
        query,
        {
            "first": first_day,
            "last": last_day,
            "region": region,
            "kinds": list(kinds),
        },
    )
    return [
        Paid(
            row.kind,
            row.level,
            row.category,
            row.age,
            row.movements,
            from_fen(int(row.amount)),
        )
        for row in rows
    ]


def people(connection: Connection, at: Month, region: str) -> list[tuple[str, int]]:
    """How many were 在职 and 退休 in a month, as known now; the dead left out."""
    asked = {"month": str(at), "first": at.first_day, "region": region}
    return [tuple(row) for row in connection.execute(_dated(PEOPLE, "first"), asked)]


def accounts(connection: Connection, region: str) -> list[tuple[str, int]]:
    """Accounts by state, as they stand now."""
    rows = connection.execute(text(ACCOUNTS), {"region": region})
    return [tuple(row) for row in rows]


def _moved(batch, day, figures=None) -> Moved:
    figures = figures or batch
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return Moved(
        batch.region, batch.kind, on, figures.movements, from_fen(int(figures.amount))
    )


def _dated(statement: str, *names: str):
    return text(statement).bindparams(*(bindparam(name, type_=Date) for name in names))


BY_BATCH = """
    SELECT movement.batch_id, movement.kind, min(batch.region) AS region,
           min(movement.dated) AS first, max(movement.dated) AS last,
           max(CASE WHEN batch.undoes_id IS NULL THEN 1 ELSE -1 END) * count(*)
               AS movements,
           max(CASE WHEN batch.undoes_id IS NULL THEN 1 ELSE -1 END) AS sign,
           CAST(sum(movement.amount) AS bigint) AS amount
    FROM batch JOIN movement ON movement.batch_id = batch.id
    WHERE batch.state IN ('counted', 'undone')
      AND (:region = '' OR batch.region = :region)
      AND movement.dated <= :until
    GROUP BY movement.batch_id, movement.kind
"""
BY_DAY = """
    SELECT dated, CAST(:sign AS integer) * count(*) AS movements,
           CAST(sum(amount) AS bigint) AS amount
    FROM movement
    WHERE batch_id = :batch AND kind = :kind AND dated <= :until GROUP BY dated
"""
# Months of age on the movement's day; born and days begin with year and month.
DAY = "CAST(movement.dated AS varchar(10))"
MONTHS = "CAST(substr({0}, 1, 4) AS integer) * 12 + CAST(substr({0}, 6, 2) AS integer)"
LIVED = f"{MONTHS.format(DAY)} - ({MONTHS.format('person.born')})"
AGE = f"""
    CASE WHEN coalesce(person.born, '') = '' OR {LIVED} < 0 THEN NULL
         ELSE ({LIVED}) / 12 END
"""
PAID = f"""
    SELECT kind, level, category, age, CAST(sum(sign) AS integer) AS movements,
           CAST(sum(amount) AS bigint) AS amount
    FROM (
        SELECT movement.kind, movement.category, movement.amount, {AGE} AS age,
               CASE WHEN movement.institution = '' THEN '' ELSE roster.level END
                   AS level,
               CASE WHEN batch.undoes_id IS NULL THEN 1 ELSE -1 END AS sign
        FROM batch
        JOIN movement ON movement.batch_id = batch.id
        LEFT JOIN person ON person.person_id = movement.person_id
        LEFT JOIN institution AS roster
          ON roster.code = movement.institution
         AND roster.from_day <= movement.dated
         AND (roster.until_day IS NULL OR movement.dated <= roster.until_day)
        WHERE batch.state IN ('counted', 'undone')
          AND (:region = '' OR batch.region = :region)
          AND movement.kind IN :kinds
          AND movement.dated >= :first AND movement.dated <= :last
    ) AS paid
    GROUP BY kind, level, category, age
"""
PEOPLE = """
    SELECT person_state.status, count(*) AS people
    FROM person_state JOIN person ON person.person_id = person_state.person_id
    WHERE person_state.from_month = (
        SELECT max(earlier.from_month) FROM person_state AS earlier
        WHERE earlier.person_id = person_state.person_id
          AND earlier.from_month <= :month
    )
      AND (:region = '' OR person_state.region = :region)
      AND (person.died_on IS NULL OR person.died_on >= :first)
    GROUP BY person_state.status ORDER BY person_state.status DESC
"""
ACCOUNTS = """
    SELECT state, count(*) AS accounts FROM account
    WHERE (:region = '' OR region = :region) GROUP BY state ORDER BY state
"""
