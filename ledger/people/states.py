"""An account's state, and what must hold before a batch moves its balances.

`state` is never set by hand: it follows from what stands (deaths, and moves and
inheritances whose batches count), so that a rejected draft leaves no trace and a
reversal brings the former state back.

open, but left where the last move counts as 转出; of a dead person died, but closed
once an inheritance has emptied it.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, bindparam, text

from ledger.database import slices
from ledger.errors import BookError
from ledger.money import from_fen, grouped
from ledger.people import deaths
from ledger.people.masks import masked_id

OPEN, LEFT, DIED, CLOSED = "open", "left", "died", "closed"
OPENING = ("opening", "change")  # batches that may open accounts
PAYING = ("change", "payout")  # batches that pay out of accounts
FILLING = ("bounce", "make-up", "interest", "correction", "reversal")


def prepare(connection: Connection, batch_id: int, kind: str) -> None:
    """Before a batch counts: its accounts are there, and hold what leaves them."""
    if kind in OPENING:
        connection.execute(text(OPEN_ACCOUNTS), {"batch": batch_id, "state": OPEN})
    if kind in PAYING:
        _refuse_overdrawn(connection, batch_id)


def settle(connection: Connection, batch_id: int, kind: str) -> None:
    """After a batch counted: the states that follow from it."""
    if kind == "change":
        deaths.of_batch(connection, batch_id)
        ids = connection.execute(text(PEOPLE_OF_BATCH), {"batch": batch_id}).scalars()
        settle_people(connection, list(ids))
    elif kind in FILLING:
        connection.execute(text(HOLDS_AGAIN), {"died": DIED, "closed": CLOSED})


def settle_people(connection: Connection, person_ids: Sequence[str]) -> None:
    """Set the states of people's accounts anew, from what stands."""
    statement = text(STATES).bindparams(bindparam("ids", expanding=True))
    for part in slices(sorted(set(person_ids))):
        connection.execute(statement, {"ids": part})


def _refuse_overdrawn(connection: Connection, batch_id: int) -> None:
    found = connection.execute(text(OVERDRAWN), {"batch": batch_id}).first()
    if found is not None:
        raise BookError(
            f"{masked_id(found.person_id)}在统筹区{found.region}的个人账户现有余额"
            f"{grouped(from_fen(found.balance))}元，批次{batch_id}要支出"
            f"{grouped(from_fen(found.amount))}元，余额不能小于零；"
            "请先审核它所依据的收入，或退回这批草稿"
        )


OPEN_ACCOUNTS = """
    INSERT INTO account (person_id, region, balance, claim, state)
    SELECT DISTINCT movement.person_id, movement.region, 0, 0, :state FROM movement
    WHERE movement.batch_id = :batch AND NOT EXISTS (
        SELECT 1 FROM account WHERE account.person_id = movement.person_id
                                AND account.region = movement.region
    )
"""
OVERDRAWN = """
    SELECT account.person_id, account.region, account.balance, moved.amount
    FROM (
        SELECT person_id, region, CAST(-sum(amount) AS bigint) AS amount FROM movement
        WHERE batch_id = :batch
        GROUP BY person_id, region
    ) AS moved
    JOIN account ON account.person_id = moved.person_id
                AND account.region = moved.region
    WHERE account.balance < moved.amount
    ORDER BY account.person_id LIMIT 1
"""
PEOPLE_OF_BATCH = "SELECT DISTINCT person_id FROM movement WHERE batch_id = :batch"
HOLDS_AGAIN = """
    UPDATE account SET state = :died WHERE state = :closed AND balance > 0
"""
COUNTS = """
    change_line.freed = 0 AND (change_line.batch_id IS NULL OR EXISTS (
        SELECT 1 FROM batch
        WHERE batch.id = change_line.batch_id AND batch.state = 'counted'
    ))
"""
STATES = f"""
    UPDATE account SET state = CASE
        WHEN EXISTS (
            SELECT 1 FROM person WHERE person.person_id = account.person_id
                                   AND person.died_on IS NOT NULL
        ) THEN CASE WHEN account.balance = 0 AND EXISTS (
            SELECT 1 FROM change_line
            WHERE change_line.person_id = account.person_id
              AND change_line.region = account.region
              AND change_line.kind = '继承' AND {COUNTS}
        ) THEN '{CLOSED}' ELSE '{DIED}' END
        WHEN coalesce((
            SELECT change_line.kind FROM change_line
            WHERE change_line.person_id = account.person_id
              AND change_line.region = account.region
              AND change_line.kind IN ('转入', '转出') AND {COUNTS}
            ORDER BY change_line.dated DESC, change_line.serial DESC LIMIT 1
        ), '') = '转出' THEN '{LEFT}'
        ELSE '{OPEN}' END
    WHERE account.person_id IN :ids
"""
