"""An account's state, which follows from what stands; accounts opened by batches.

`state` is never set by hand: it follows from what stands (deaths, and moves and
inheritances whose batches count), so that a rejected draft leaves no trace and a
reversal brings the former state back.

open, but left where the last move counts as 转出 (money that only pays a claim back,
P22, is no move); of a dead person died, but closed once an inheritance has emptied it.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, bindparam, text

from ledger.database import slices
from ledger.people import deaths

OPEN, LEFT, DIED, CLOSED = "open", "left", "died", "closed"
OPENING = ("change",)  # batches that may open accounts


def prepare(connection: Connection, batch_id: int, kind: str) -> None:
    """Before a batch counts: its accounts are there."""
    if kind in OPENING:
        connection.execute(text(OPEN_ACCOUNTS), {"batch": batch_id, "state": OPEN})


def settle(connection: Connection, batch_id: int, kind: str) -> None:
    """After a batch counted: the states that follow from it."""
    if kind == "change":
        deaths.of_batch(connection, batch_id)
        ids = connection.execute(text(PEOPLE_OF_BATCH), {"batch": batch_id}).scalars()
        settle_people(connection, list(ids))


def settle_people(connection: Connection, person_ids: Sequence[str]) -> None:
    """Set the states of people's accounts anew, from what stands."""
    statement = text(STATES).bindparams(bindparam("ids", expanding=True))
    for part in slices(sorted(set(person_ids))):
        connection.execute(statement, {"ids": part})


OPEN_ACCOUNTS = """
    INSERT INTO account (person_id, region, balance, claim, state)
    SELECT DISTINCT movement.person_id, movement.region, 0, 0, :state FROM movement
    WHERE movement.batch_id = :batch AND NOT EXISTS (
        SELECT 1 FROM account WHERE account.person_id = movement.person_id
                                AND account.region = movement.region
    )
"""
PEOPLE_OF_BATCH = "SELECT DISTINCT person_id FROM movement WHERE batch_id = :batch"
COUNTS = """
    change_line.freed = 0 AND (change_line.batch_id IS NULL OR EXISTS (
        SELECT 1 FROM batch
        WHERE batch.id = change_line.batch_id AND batch.state = 'counted'
    ))
"""
REPAYS = """EXISTS (
    SELECT 1 FROM movement AS paid
    WHERE paid.person_id = change_line.person_id AND paid.act = 'recover'
      AND paid.batch_id = change_line.batch_id AND -paid.amount >= change_line.amount
)"""
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
              AND change_line.kind IN ('转入', '转出') AND {COUNTS} AND NOT {REPAYS}
            ORDER BY change_line.dated DESC, change_line.serial DESC LIMIT 1
        ), '') = '转出' THEN '{LEFT}'
        ELSE '{OPEN}' END
    WHERE account.person_id IN :ids
"""
