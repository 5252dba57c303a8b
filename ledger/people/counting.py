"""Counting: a batch's movements reach the balances, in set-based statements."""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, text

from ledger.people import claims, states

# Give and take, or several months, on one account: only the net counts.
NETTED = ("correction", "reversal", "make-up", "settlement")


def add(connection: Connection, batch, kinds: Sequence) -> None:
    """Add a batch's movements to the balances: what adds before what takes away.

    Where only the net of each account counts, or everyone has one movement, it is
    one statement; else one a kind. What is on 追回挂账 moves the claim as well.
    BookError where an account would go below zero. `kinds` are the control totals.
    """
    states.prepare(connection, batch.id, batch.kind)
    claims.check(connection, batch, any(kind.kind == claims.KIND for kind in kinds))
    this = {"batch": batch.id}
    if batch.kind in NETTED:
        connection.execute(text(ADD_NET), this)
    elif sum(kind.movements for kind in kinds) == batch.people:
        _add(connection, ADD_ONCE, batch.people, this)
    else:
        for kind in sorted(kinds, key=lambda kind: -kind.amount):
            once = kind.people == kind.movements
            statement = ADD_KIND_ONCE if once else ADD_KIND
            _add(connection, statement, kind.people, {**this, "kind": kind.kind})
    connection.exec_driver_sql(HOLD_AGAIN)
    claims.count(connection, batch.id, kinds)


def _add(connection: Connection, statement: str, people: int, values: dict) -> None:
    moved = connection.execute(text(statement), values)
    assert moved.rowcount == people, f"batch {values['batch']} missed an account"


MOVED = "UPDATE account SET balance = account.balance + moved.amount"
# A closed account (of a dead person, paid out) that gets money again holds it.
HOLD_AGAIN = "UPDATE account SET state = 'died' WHERE state = 'closed' AND balance > 0"
SUMS = """
    SELECT person_id, region, CAST(sum(amount) AS bigint) AS amount
    FROM movement WHERE batch_id = :batch
"""
JOINED = "account.person_id = moved.person_id AND account.region = moved.region"
ADD_ONCE = f"{MOVED} FROM movement AS moved WHERE moved.batch_id = :batch AND {JOINED}"
ADD_KIND_ONCE = f"{ADD_ONCE} AND moved.kind = :kind"
ADD_NET = f"{MOVED} FROM ({SUMS} GROUP BY person_id, region) AS moved WHERE {JOINED}"
ADD_KIND = f"""{MOVED}
    FROM ({SUMS} AND kind = :kind GROUP BY person_id, region) AS moved WHERE {JOINED}
"""
