"""Corrections: what a list said too late is put right in months already credited.

Retired from a month on: the months since are taken back from 在职计入 and credited as
退休划入. Dead: everything after the month of death is taken back. What stands is told
from the movements, so that it is put right once whatever runs twice.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, Date, bindparam, text

from ledger.money import from_fen, whole_fen
from ledger.people import claims

KIND = "correction"
UNDO, RECREDIT = "undo", "recredit"


class Fixed(NamedTuple):
    """A month's amount for 退休 and its sub-account, for months in [first, until)."""

    first: str
    until: str
    kind: str
    amount: Decimal


class Moved(NamedTuple):
    """What a batch's movements of one act and kind add up to, and of which months."""

    act: str
    kind: str
    people: int
    movements: int
    first: str
    last: str
    amount: Decimal


def is_open(
    connection: Connection, region: str, dated: date, kinds: Sequence[str]
) -> bool:
    """Whether something credited up to a day is wrong; `kinds`, active first."""
    found = connection.execute(
        _prepared(f"SELECT 1 FROM ({WRONG} {HERE} {STANDING}) AS wrong LIMIT 1"),
        _values(region, dated, kinds),
    ).first()
    return found is not None


def correct(
    connection: Connection,
    batch_id: int,
    region: str,
    dated: date,
    kinds: Sequence[str],
    fixed: Sequence[Fixed],
) -> None:
    """Insert a correction's movements, with claims for what is no longer there.

    Only what is dated on the correction's day or before; the rest stays open.
    """
    values = {**_values(region, dated, kinds), "batch": batch_id}
    values |= {"prefix": f"{batch_id}|", "serial": str(batch_id)}
    connection.execute(_prepared(INSERT_UNDO), values)
    for rule in fixed:
        rule_values = {
            "first": rule.first,
            "until": rule.until,
            "kind": rule.kind,
            "fixed": whole_fen(rule.amount),
        }
        connection.execute(_prepared(INSERT_RECREDIT), {**values, **rule_values})
    claims.recover(connection, batch_id, region, dated)
    claims.make(connection, batch_id, region, dated)
    connection.execute(text(CREDIT_AS_NOBODY), values)
    connection.execute(text(CREDIT_AS_RETIRED), values)
    connection.execute(_prepared(CLOSE), values)


def retires(
    connection: Connection, region: str, dated: date, kinds: Sequence[str]
) -> bool:
    """Whether something is to be credited again as 退休: the figure is needed."""
    found = connection.execute(
        _prepared(
            f"SELECT 1 FROM ({WRONG} {HERE} {STANDING}) AS wrong"
            " WHERE kind = :active_kind AND (dead IS NULL OR period < dead) LIMIT 1"
        ),
        _values(region, dated, kinds),
    ).first()
    return found is not None


def moved(connection: Connection, batch_id: int) -> list[Moved]:
    """What a batch's movements add up to, by act and kind."""
    return [
        Moved(*row[:-1], from_fen(row.amount))
        for row in connection.execute(text(MOVED), {"batch": batch_id})
    ]


def _values(region: str, dated: date, kinds: Sequence[str]) -> dict:
    return {
        "region": region,
        "dated": dated,
        "kinds": tuple(kinds),
        "active_kind": kinds[0],
    }


def _prepared(statement: str):
    prepared = text(statement)
    if ":kinds" in statement:
        prepared = prepared.bindparams(bindparam("kinds", expanding=True))
    if ":dated" in statement:
        prepared = prepared.bindparams(bindparam("dated", type_=Date))
    return prepared


# Of people with an open correction: from when retired, from when dead.
FACTS = """
    SELECT person_id,
           min(CASE WHEN reason = '退休' THEN from_month END) AS retired,
           min(CASE WHEN reason = '死亡' THEN from_month END) AS dead
    FROM correction
    WHERE person_id IN (SELECT person_id FROM correction WHERE batch_id IS NULL)
    GROUP BY person_id
"""
WRONG = f"""
    SELECT m.person_id, m.region, m.period, m.kind, facts.dead,
           CAST(sum(m.amount) AS bigint) AS amount
    FROM ({FACTS}) AS facts
    JOIN movement AS m ON m.person_id = facts.person_id
    JOIN batch ON batch.id = m.batch_id
    WHERE m.kind IN :kinds AND m.period <> ''
      AND (m.period >= facts.dead
           OR (m.period >= facts.retired AND m.kind = :active_kind))
      AND (batch.state = 'counted' AND batch.kind <> 'reversal'
           OR batch.state = 'draft' AND batch.kind IN ('correction', 'make-up'))
"""
# What is dated later is taken back by a later run: never before it was credited.
HERE = "AND m.region = :region AND m.dated <= :dated"
STANDING = """
    GROUP BY m.person_id, m.region, m.period, m.kind, facts.dead
    HAVING sum(m.amount) <> 0 OR sum(CASE m.act WHEN 'undo' THEN 1 ELSE 0 END) = 0
"""
INTO = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id, document_id, row)
"""
# The row of a list that told of it: column `{0}` of the first correction.
TOLD = """(
    SELECT told.{0} FROM correction AS told
    WHERE told.person_id = wrong.person_id AND told.reason =
          CASE WHEN wrong.period >= wrong.dead THEN '死亡' ELSE '退休' END
    ORDER BY told.from_month LIMIT 1
)"""
INSERT_UNDO = f"""{INTO}
    SELECT person_id, period, 'undo', :prefix || kind, region, :dated, kind, -amount,
           :batch, {TOLD.format("document_id")}, {TOLD.format("row")}
    FROM ({WRONG} {HERE} {STANDING}) AS wrong
"""
INSERT_RECREDIT = f"""{INTO}
    SELECT undone.person_id, undone.period, 'recredit', :serial, undone.region, :dated,
           :kind, :fixed, :batch, undone.document_id, undone.row
    FROM movement AS undone
    JOIN ({FACTS}) AS facts ON facts.person_id = undone.person_id
    WHERE undone.batch_id = :batch AND undone.act = 'undo'
      AND undone.kind = :active_kind
      AND (facts.dead IS NULL OR undone.period < facts.dead)
      AND undone.period >= :first AND undone.period < :until
"""
# A month that is credited again, should its batch be reversed, goes by what is known.
CREDIT_AS = """
    UPDATE contribution_line SET credit_as = '{status}'
    FROM movement AS m
    WHERE m.batch_id = :batch AND m.act = '{act}'
      AND contribution_line.month = m.period
      AND contribution_line.person_id = m.person_id
      AND contribution_line.region = m.region AND contribution_line.freed = 0
"""
CREDIT_AS_NOBODY = CREDIT_AS.format(status="", act=UNDO)
CREDIT_AS_RETIRED = CREDIT_AS.format(status="退休", act=RECREDIT)
# Closed once nothing wrong stands in any region.
CLOSE = f"""
    UPDATE correction SET batch_id = :batch
    WHERE batch_id IS NULL
      AND person_id IN (SELECT person_id FROM movement WHERE batch_id = :batch)
      AND person_id NOT IN (SELECT person_id FROM ({WRONG} {STANDING}) AS wrong)
"""
MOVED = """
    SELECT act, kind, count(DISTINCT person_id) AS people, count(*) AS movements,
           min(period) AS first, max(period) AS last,
           CAST(sum(amount) AS bigint) AS amount
    FROM movement WHERE batch_id = :batch GROUP BY act, kind ORDER BY act, kind
"""
