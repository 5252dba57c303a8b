"""Freeing: bills whose posting is rejected or reversed, or that made no voucher.

Their lines keep their content, their serials may come again, the year's deductible
and cap get back what they used. Lines that later refunds build on, and sums that are
cleared, stand in the way.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.errors import BookError


def check(connection: Connection, batch) -> None:
    """BookError while a clearing holds the batch's sums, or a later line gives back
    what it charged."""
    values = {"posting": batch.posting_id, "batch": batch.id, "month": batch.period}
    cleared = connection.execute(text(CLEARED), values).first()
    if cleared is not None:
        raise BookError(
            f"批次{batch.id}的结算已列入{cleared.period}的清算（第{cleared.serial}次），"
            "不能冲销；请先冲销清算的凭证，或用退费、冲正更正，进入下次清算"
        )
    later = connection.execute(text(GIVEN_BACK), values).first()
    if later is not None:
        raise BookError(
            f"批次{batch.id}的结算{later.original}后来已由{later.serial}退费或冲正，"
            "不能冲销；请先冲销那一笔所在的凭证，再冲销这一笔"
        )


def free(connection: Connection, batch) -> None:
    """Free a batch's lines and what followed from them."""
    check(connection, batch)
    values = {"batch": batch.id, "month": batch.period}
    for statement in (FREE_LINES, FREE_SHARES, FREE_SERIALS, YEARS):
        connection.execute(text(statement), values)


def withdraw(connection: Connection, document_id: int) -> int:
    """Free a document's lines that made no voucher; says how many there were."""
    count = 0
    bare = connection.execute(text(BARE), {"document": document_id}).all()
    for batch in bare:
        values = {"batch": batch.id, "month": batch.period}
        count += connection.execute(text(COUNT), values).scalar_one()
        free(connection, batch)
        connection.execute(text(UNDONE), values)
    return count


OF_POSTING = """(SELECT id FROM batch AS b WHERE b.posting_id = :posting
    OR b.id = :batch)"""
CLEARED = """
    SELECT clearing.period, clearing.serial FROM clearing
    WHERE id IN (
        SELECT clearing_id FROM settlement_sum WHERE posting_id = :posting
        UNION SELECT clearing_id FROM institution_sum WHERE posting_id = :posting
    )
"""
GIVEN_BACK = f"""
    SELECT r.original, r.serial FROM settlement AS r
    JOIN settlement AS s ON s.month = :month AND s.person_id = r.person_id
     AND s.serial = r.original AND s.freed = 0 AND s.batch_id = :batch
    WHERE r.month >= :month AND r.original_month = :month AND r.freed = 0
      AND r.batch_id NOT IN {OF_POSTING}
    LIMIT 1
"""
FREE_LINES = """
    UPDATE settlement SET freed = :batch
    WHERE month = :month AND freed = 0 AND batch_id = :batch
"""
MINE = """
    EXISTS (SELECT 1 FROM settlement AS s
        WHERE s.month = :month AND s.person_id = {0}.person_id
          AND s.serial = {0}.serial AND s.freed = :batch)
"""
FREE_SHARES = f"""
    UPDATE settlement_share SET freed = :batch
    WHERE month = :month AND freed = 0 AND {MINE.format("settlement_share")}
"""
FREE_SERIALS = """
    DELETE FROM serial_key WHERE form = 'G3' AND serial IN (
        SELECT serial FROM settlement
        WHERE month = :month AND freed = :batch AND batch_id = :batch
    )
"""
YEAR_OF = """CAST(substr(CASE WHEN original_month = '' THEN month
    ELSE original_month END, 1, 4) AS integer)"""
YEARS = f"""
    UPDATE outpatient_year SET deducted = outpatient_year.deducted - used.deducted,
        paid = outpatient_year.paid - used.paid
    FROM (
        SELECT person_id, {YEAR_OF} AS year,
               CAST(sum(deductible) AS bigint) AS deducted,
               CAST(sum(pooled) AS bigint) AS paid
        FROM settlement WHERE month = :month AND freed = :batch AND ruled
        GROUP BY person_id, {YEAR_OF}
    ) AS used
    WHERE outpatient_year.person_id = used.person_id
      AND outpatient_year.year = used.year
"""
BARE = """
    SELECT batch.* FROM batch JOIN batch_document AS taken ON taken.batch_id = batch.id
    WHERE taken.document_id = :document AND batch.kind = 'settlement'
      AND batch.posting_id IS NULL AND batch.state = 'counted'
"""
COUNT = """
    SELECT count(*) FROM settlement
    WHERE month = :month AND batch_id = :batch AND freed = 0
"""
UNDONE = "UPDATE batch SET state = 'undone' WHERE id = :batch"
