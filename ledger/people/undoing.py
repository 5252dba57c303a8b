"""Undoing: a counted batch is taken back whole by a batch "reversal".

Approving that undoes the batch: the month can be credited again, corrections are
open again, lines of lists are free. What is no longer there becomes a claim.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Date, bindparam, text

from ledger.errors import BookError
from ledger.people import changes, claims, payouts
from ledger.settlements import freeing, premiums

KIND = "reversal"
LONGEST = 40  # characters of an original's serial that a reversal's keeps
MONTHLY = ("credit", "correction", "make-up")
PAYOUTS = ("payout", "real-payout")


def check(connection: Connection, batch) -> None:
    """BookError while something stands that reckons with this batch: a later batch
    with its months, a payout's bounces."""
    if batch.kind in PAYOUTS and (came_back := payouts.bounced(connection, batch.id)):
        raise BookError(
            f"批次{batch.id}的划转有{came_back}笔已退回并重新计入，不能冲销；"
            "请先冲销退回的凭证，再冲销这一笔"
        )
    if batch.kind == "premium":
        premiums.check_undoing(connection, batch)
    if batch.kind == "settlement":
        freeing.check(connection, batch)
    if batch.kind not in MONTHLY:
        return
    later = connection.execute(
        text(LATER), {"batch": batch.id, "region": batch.region}
    ).first()
    if later is not None:
        word = "补划" if later.kind == "make-up" else "更正"
        raise BookError(
            f"批次{batch.id}的月份后来又有{word}（批次{later.id}），不能先冲销它；"
            f"请先冲销批次{later.id}的凭证，再冲销这一笔"
        )


def take_back(connection: Connection, batch, batch_id: int, dated: date) -> None:
    """Insert into `batch_id` every movement of a batch with the other sign."""
    connection.execute(
        text(TAKE_BACK).bindparams(bindparam("dated", type_=Date)),
        {
            "old": batch.id,
            "prefix": f"{batch.id}|",
            "batch": batch_id,
            "dated": dated,
            "cut": LONGEST,
        },
    )
    claims.recover(connection, batch_id, batch.region, dated)
    claims.make(connection, batch_id, batch.region, dated)


def free(connection: Connection, batch) -> None:
    """Free what a batch had taken: corrections, and lines of lists.

    The batch is rejected or undone already; its movements are still there.
    """
    if batch.kind == "change":
        changes.free(connection, batch.id)
    if batch.kind in PAYOUTS and batch.state == "rejected":
        payouts.free(connection, batch.id)
    if batch.kind == "premium":
        premiums.free(connection, batch)
    if batch.kind == "settlement":
        freeing.free(connection, batch)
    values = {"batch": batch.id, "freed": batch.id}
    for statement in FREE.get(batch.kind, ()):
        connection.execute(text(statement), values)


LATER = """
    SELECT batch.id, batch.kind
    FROM batch
    JOIN movement AS after ON after.batch_id = batch.id
    JOIN movement AS before ON before.person_id = after.person_id
     AND before.period = after.period
    WHERE batch.region = :region AND batch.kind IN ('correction', 'make-up')
      AND batch.state IN ('draft', 'counted') AND batch.id > :batch
      AND after.period <> '' AND before.batch_id = :batch
      AND before.region = after.region
    LIMIT 1
"""
TAKE_BACK = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id, document_id, row, institution, category)
    SELECT person_id, period, 'reversal',
           :prefix || act || '|' || CASE WHEN length(serial) > :cut
               THEN substr(serial, length(serial) - :cut + 1) ELSE serial END,
           region, :dated, kind, -amount, :batch, document_id, movement.row,
           institution, category
    FROM movement WHERE batch_id = :old
"""
# What was told of a month while it was credited holds when it is credited again.
CREDIT_AS = """
    UPDATE contribution_line SET credit_as = '{status}'
    FROM movement AS m JOIN correction ON correction.person_id = m.person_id
    WHERE m.batch_id = :batch AND m.act = 'credit' AND m.period >= correction.from_month
      AND correction.reason = '{reason}' AND contribution_line.month = m.period
      AND contribution_line.person_id = m.person_id
      AND contribution_line.region = m.region AND contribution_line.freed = 0
      AND contribution_line.credit_as <> ''
"""
FREE = {
    "credit": [
        CREDIT_AS.format(status="退休", reason="退休"),
        CREDIT_AS.format(status="", reason="死亡"),
    ],
    "correction": [
        """
        UPDATE correction SET batch_id = NULL
        WHERE person_id IN (SELECT person_id FROM movement WHERE batch_id = :batch)
        """
    ],
    "opening": [
        """
        UPDATE account_opening_line SET freed = :freed
        WHERE freed = 0
          AND region = (SELECT region FROM batch WHERE id = :batch)
          AND document_id IN (
              SELECT document_id FROM batch_document WHERE batch_id = :batch
          )
        """
    ],
    "bounce": [
        """
        UPDATE bounce_line SET freed = :freed WHERE batch_id = :batch AND freed = 0
        """
    ],
}
