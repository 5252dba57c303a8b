"""Make-up: the difference between what was credited on a provisional figure and due.

For every person and month that stands credited as 退休: what is due by the published
figure less what was credited and made up so far, whatever became of the person since.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterator, NamedTuple

from sqlalchemy import Connection, Date, bindparam, text

from ledger.money import from_fen, whole_fen
from ledger.people import claims
from ledger.people.correcting import Fixed

KIND = "make-up"
ACT = "make-up"
OPEN, RETIRED, LEFT, DIED, CLOSED = "open", "retired", "left", "died", "closed"


class State(NamedTuple):
    """What a make-up gave people whose accounts are in one state."""

    state: str
    people: int
    months: int
    amount: Decimal


class Meanwhile(NamedTuple):
    """A person other than 在籍 in a make-up: months, and what was posted."""

    person_id: str
    name: str
    state: str
    first: str
    last: str
    months: int
    amount: Decimal


def make_up(
    connection: Connection, batch_id: int, region: str, dated: date, due: Fixed
) -> int:
    """Insert the differences of the months in [due.first, due.until); how many."""
    return connection.execute(
        text(INSERT).bindparams(bindparam("dated", type_=Date)),
        {
            "batch": batch_id,
            "serial": str(batch_id),
            "region": region,
            "dated": dated,
            "kind": due.kind,
            "due": whole_fen(due.amount),
            "first": due.first,
            "until": due.until,
        },
    ).rowcount


def claim(connection: Connection, batch_id: int, region: str, dated: date) -> None:
    """Pay off claims; where the difference is negative, make them for what lacks."""
    claims.recover(connection, batch_id, region, dated)
    if connection.execute(text(TAKES), {"batch": batch_id}).first() is not None:
        claims.make(connection, batch_id, region, dated)


def span(connection: Connection, batch_id: int) -> tuple[str, str]:
    """The first and the last month of a make-up."""
    return connection.execute(text(SPAN), {"batch": batch_id}).one()


def states(connection: Connection, batch_id: int) -> list[State]:
    """What became of a make-up's people meanwhile, with counts and amounts."""
    rows = connection.execute(text(BY_STATE), _asked(connection, batch_id))
    return [State(r.state, r.people, r.months, from_fen(r.amount)) for r in rows]


def exceptions(connection: Connection, batch_id: int) -> Iterator[Meanwhile]:
    """The people of a make-up that are not simply 在籍, by id."""
    rows = connection.execute(
        text(EXCEPTIONS),
        _asked(connection, batch_id),
        execution_options={"stream_results": True},
    )
    for row in rows:
        yield Meanwhile(*row[:-1], from_fen(row.amount))


def _asked(connection: Connection, batch_id: int) -> dict:
    first, last = span(connection, batch_id)
    return {"batch": batch_id, "first": first, "last": last}


INSERT = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id)
    SELECT m.person_id, m.period, 'make-up', :serial, :region, :dated, :kind,
           :due - CAST(sum(m.amount) AS bigint), :batch
    FROM batch JOIN movement AS m ON m.batch_id = batch.id
    WHERE batch.region = :region
      AND (batch.state = 'counted' AND batch.kind IN ('credit', 'correction', 'make-up')
           OR batch.state = 'draft' AND batch.kind IN ('correction', 'make-up'))
      AND m.kind = :kind AND m.period >= :first AND m.period < :until
    GROUP BY m.person_id, m.period
    HAVING sum(m.amount) <> :due
       AND (sum(m.amount) <> 0 OR sum(CASE m.act WHEN 'undo' THEN 1 ELSE 0 END) = 0)
"""
TAKES = "SELECT 1 FROM movement WHERE batch_id = :batch AND amount < 0 LIMIT 1"
SPAN = """
    SELECT min(period), max(period) FROM movement
    WHERE batch_id = :batch AND act = 'make-up'
"""
WITH_STATE = """
    SELECT m.person_id, m.period, m.amount, coalesce(person.name, '') AS name,
           CASE
               WHEN account.state = 'closed' THEN 'closed'
               WHEN account.state = 'died' OR person.died_on IS NOT NULL THEN 'died'
               WHEN account.state = 'left' OR person.region <> m.region THEN 'left'
               WHEN person.retired_from > :first AND person.retired_from <= :last
                   THEN 'retired'
               ELSE 'open'
           END AS state
    FROM movement AS m
    JOIN account ON account.person_id = m.person_id AND account.region = m.region
    LEFT JOIN person ON person.person_id = m.person_id
    WHERE m.batch_id = :batch AND m.act = 'make-up'
"""
BY_STATE = f"""
    SELECT state, count(DISTINCT person_id) AS people, count(*) AS months,
           CAST(sum(amount) AS bigint) AS amount
    FROM ({WITH_STATE}) AS made GROUP BY state
"""
EXCEPTIONS = f"""
    SELECT person_id, name, state, min(period) AS first, max(period) AS last,
           count(*) AS months, CAST(sum(amount) AS bigint) AS amount
    FROM ({WITH_STATE}) AS made WHERE state <> 'open'
    GROUP BY person_id, name, state ORDER BY person_id
"""
