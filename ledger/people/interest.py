"""Interest on personal accounts: one sum shared out by balance (P20)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Date, bindparam, text

from ledger.errors import BookError
from ledger.money import whole_fen
from ledger.people import batches
from ledger.people.batches import NewBatch

ACT, KIND = "interest", "利息计入"
LARGEST = 2**63 - 1  # SQLite's integers end here


def share_out(
    connection: Connection, region: str, amount: Decimal, on: date, by: str, at: str
) -> int:
    """Share an amount among a region's accounts in proportion to their balances.

    Balances are those at the end of `on`. Shares are whole fen; what is left of the
    division goes by largest remainder, so that they add up to the amount (reading 6).
    Returns the batch, not yet finished; BookError when nobody has a balance.
    """
    fen = whole_fen(amount)
    asked = {"region": region, "on": on}
    held = connection.execute(_dated(HELD), asked).one()
    if not held.total:
        raise BookError(
            f"统筹区{region}在{on}没有个人账户余额，利息无处可计；请核对日期"
        )
    if fen * held.largest > LARGEST:
        raise BookError(f"利息{amount}元过大，不能按余额分配；请分次录入")
    batch_id = batches.start(
        connection,
        NewBatch("interest", region, "", on, figures={"利息": str(amount)}),
        by,
        at,
    )
    connection.execute(
        _dated(SHARE_OUT),
        {
            **asked,
            "fen": fen,
            "total": held.total,
            "batch": batch_id,
            "serial": str(batch_id),
            "act": ACT,
            "kind": KIND,
        },
    )
    return batch_id


def _dated(statement: str):
    return text(statement).bindparams(bindparam("on", type_=Date))


BALANCES = """
    SELECT person_id, CAST(sum(amount) AS bigint) AS held FROM movement
    WHERE region = :region AND dated <= :on AND batch_id IN (
        SELECT id FROM batch WHERE region = :region AND state IN ('counted', 'undone')
    )
    GROUP BY person_id HAVING sum(amount) > 0
"""
HELD = f"""
    SELECT coalesce(CAST(sum(held) AS bigint), 0) AS total,
           coalesce(max(held), 0) AS largest
    FROM ({BALANCES}) AS balances
"""
SHARE_OUT = f"""
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id)
    SELECT person_id, '', :act, :serial, :region, :on, :kind,
           share + CASE WHEN place <= left_over THEN 1 ELSE 0 END, :batch
    FROM (
        SELECT person_id, share,
               row_number() OVER (ORDER BY remainder DESC, person_id) AS place,
               :fen - CAST(sum(share) OVER () AS bigint) AS left_over
        FROM (
            SELECT person_id, :fen * held / :total AS share,
                   :fen * held - :fen * held / :total * :total AS remainder
            FROM ({BALANCES}) AS balances
        ) AS shares
    ) AS placed
    WHERE share + CASE WHEN place <= left_over THEN 1 ELSE 0 END > 0
"""
