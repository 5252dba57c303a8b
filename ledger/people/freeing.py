"""Freeing: a list's lines are taken back, and what it alone had said of people.

Rejecting or reversing P1 frees a list's lines of one region; withdrawing the document
those of regions where it made no voucher. Lines that the list had completed wait
again, lines that another list completed since stay. A line that was credited is not
freed: its batch is undone first.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, bindparam, text

from ledger.errors import BookError
from ledger.people import registering, staging
from ledger.people.contribution_sql import (
    MONTHS_ON_FILE,
    freed_by_completion,
    freed_by_document,
    freed_by_posting,
)
from ledger.settlements import months

EVENT = "contribution"


def free_postings(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Free the lines of lists whose P1 was rejected or reversed."""
    query = text(OF_POSTINGS).bindparams(bindparam("ids", expanding=True))
    rows = connection.execute(query, {"ids": list(posting_ids), "event": EVENT})
    for row in rows.all():
        region = row.unit.split("|")[1]
        _free(connection, row.document_id, [region], freed_by_posting(row.id))


def withdraw(connection: Connection, document_id: int) -> int:
    """Free a list's lines of regions where it has no voucher; says how many."""
    rows = connection.execute(text(REGIONS), {"document": document_id}).all()
    bare = [row.region for row in rows if not row.posted]
    if not bare:
        return 0
    return _free(connection, document_id, bare, freed_by_document(document_id))


def _free(
    connection: Connection, document_id: int, regions: list[str], freed: int
) -> int:
    _refuse_credited(connection, document_id, regions)
    registering.keep_months(
        connection, list(connection.execute(text(MONTHS_ON_FILE)).scalars())
    )
    places = ", ".join(f"'{region}'" for region in regions)
    words = {"document": document_id, "places": places}
    staging.temporary(connection, "g1_freed", OF_DOCUMENT.format(**words))
    staging.temporary(connection, "g1_untold", UNTOLD.format(**words))
    values = {
        "freed": freed,
        "document": document_id,
        "completed": freed_by_completion(document_id),
    }
    count = 0
    for statement in (
        FREE,
        WAIT_AGAIN,
        READY_ALONE,
        REPLACED_AGAIN,
        NOT_TO_CORRECT,
        UNRETIRED,
    ):
        done = _run(connection, statement.format(**words), values)
        count += done if statement is FREE else 0
    _refuse_pooled(connection)
    _run(connection, WORKING_AGAIN, {})
    registering.restate(connection, "g1_freed")
    months.keep(connection)
    for statement in (GONE_ACCOUNTS, RELATIVES_AGAIN, GONE_PEOPLE):
        _run(connection, statement.format(**words), {})
    return count


def _run(connection: Connection, statement: str, values: dict) -> int:
    asked = {name: v for name, v in values.items() if f":{name}" in statement}
    return connection.execute(text(statement), asked).rowcount


def _refuse_credited(
    connection: Connection, document_id: int, regions: list[str]
) -> None:
    query = text(CREDITED).bindparams(bindparam("regions", expanding=True))
    batch = connection.execute(
        query, {"document": document_id, "regions": regions}
    ).first()
    if batch is not None:
        raise BookError(
            f"这份清单的行已计入个人账户（{batch.region} {batch.period}，批次{batch.id}），"
            "不能撤回；请先冲销或退回该批次的凭证（yibao voucher reverse 或 reject），"
            "再撤回这一份"
        )


def _refuse_pooled(connection: Connection) -> None:
    """What a later list brought of people retired by this one went to 统筹基金."""
    later = connection.execute(text(POOLED)).first()
    if later is not None:
        raise BookError(
            f"这份清单告知的退休已使另一份清单（{later.name}）补来的缴费全部计入统筹基金，"
            "不能先撤回；请先冲销、退回或撤回那一份，再撤回这一份"
        )


OF_POSTINGS = """
    SELECT id, document_id, unit FROM posting
    WHERE id IN :ids AND event = :event AND document_id IS NOT NULL
      AND reverses_id IS NULL
    ORDER BY id
"""
REGIONS = """
    SELECT DISTINCT contribution_line.region, EXISTS (
        SELECT 1 FROM posting
        WHERE posting.document_id = :document AND posting.live
          AND posting.unit LIKE 'G1|' || contribution_line.region || '|%'
    ) AS posted
    FROM contribution_line
    WHERE freed = 0 AND (document_id = :document OR ready_document_id = :document)
"""
CREDITED = """
    SELECT batch.id, batch.region, batch.period
    FROM batch JOIN batch_document ON batch_document.batch_id = batch.id
    WHERE (batch_document.document_id = :document OR EXISTS (
        SELECT 1 FROM contribution_line AS l
        WHERE l.month = batch.period AND l.region = batch.region AND l.freed = 0
          AND l.document_id = :document AND l.received_on IS NULL
          AND l.ready_document_id = batch_document.document_id
      )) AND batch.region IN :regions
      AND batch.kind = 'credit' AND batch.state IN ('draft', 'counted')
    ORDER BY batch.id DESC LIMIT 1
"""
# A line that a later list completed has a later ready_document_id, and stays; one
# that a later list only made 退休 goes.
OF_IT = """freed = 0 AND document_id = {document} AND region IN ({places})
    AND (received_on IS NULL OR coalesce(ready_document_id, 0) <= {document})"""
OF_DOCUMENT = f"""
    SELECT DISTINCT person_id FROM contribution_line
    WHERE {OF_IT} OR freed = 0 AND ready_document_id = {{document}}
      AND region IN ({{places}})
"""
# Whose retirement it told, unless what was credited has been corrected already.
UNTOLD = """
    SELECT DISTINCT person.person_id FROM contribution_line
    JOIN person ON person.person_id = contribution_line.person_id
    WHERE contribution_line.person_id IN (SELECT person_id FROM g1_freed)
      AND contribution_line.freed = 0
      AND contribution_line.document_id = {document}
      AND contribution_line.retired_from <> ''
      AND contribution_line.retired_from = person.retired_from
      AND NOT EXISTS (
        SELECT 1 FROM correction
        WHERE correction.person_id = person.person_id
          AND correction.reason = '退休' AND correction.batch_id IS NOT NULL)
"""
FREE = f"UPDATE contribution_line SET freed = :freed WHERE {OF_IT}"
WAIT_AGAIN = """
    UPDATE contribution_line SET received_on = NULL, ready_document_id = NULL
    WHERE freed = 0 AND ready_document_id = :document AND document_id < :document
      AND region IN ({places})
"""
# Made ready by this list, replaced by a later one that brought its money.
READY_ALONE = """
    UPDATE contribution_line SET ready_document_id = document_id
    WHERE freed = 0 AND ready_document_id = :document AND document_id > :document
      AND region IN ({places})
"""
REPLACED_AGAIN = """
    UPDATE contribution_line SET freed = 0
    WHERE freed = :completed AND document_id <> :document AND region IN ({places})
"""
NOT_TO_CORRECT = """
    DELETE FROM correction
    WHERE document_id = :document AND reason = '退休' AND batch_id IS NULL
      AND person_id IN (SELECT person_id FROM g1_freed)
"""
UNRETIRED = """
    UPDATE person SET retired_from = coalesce((
        SELECT min(l.retired_from) FROM g1_month CROSS JOIN contribution_line AS l
        WHERE l.month = g1_month.month AND l.person_id = person.person_id
          AND l.freed = 0 AND l.retired_from <> ''
    ), '')
    WHERE person_id IN (SELECT person_id FROM g1_untold)
"""
# Replaced as 退休 (freed_by_completion) though nothing tells of retirement any more.
POOLED = """
    SELECT document.name FROM g1_untold CROSS JOIN g1_month
    JOIN contribution_line AS l
      ON l.month = g1_month.month AND l.person_id = g1_untold.person_id
    JOIN person ON person.person_id = l.person_id
    JOIN contribution_line AS before ON before.month = l.month
      AND before.person_id = l.person_id AND before.kind = l.kind
      AND before.freed = 3 * l.document_id + 2
    JOIN document ON document.id = l.document_id
    WHERE l.freed = 0 AND l.credit_as = '退休' AND l.status = '在职'
      AND before.own > 0
      AND (person.retired_from = '' OR person.retired_from > l.month)
    ORDER BY document.id DESC LIMIT 1
"""
WORKING_AGAIN = """
    UPDATE contribution_line SET credit_as = '在职'
    FROM person
    WHERE person.person_id = contribution_line.person_id
      AND (contribution_line.month, contribution_line.person_id) IN (
        SELECT g1_month.month, g1_untold.person_id FROM g1_untold CROSS JOIN g1_month)
      AND contribution_line.freed = 0 AND contribution_line.credit_as = '退休'
      AND contribution_line.status = '在职' AND contribution_line.own > 0
      AND (person.retired_from = '' OR person.retired_from > contribution_line.month)
      AND NOT EXISTS (
        SELECT 1 FROM movement JOIN batch ON batch.id = movement.batch_id
        WHERE movement.person_id = contribution_line.person_id
          AND movement.period = contribution_line.month AND movement.act = 'credit'
          AND batch.state IN ('draft', 'counted'))
"""
NO_LINE = """NOT EXISTS (
    SELECT 1 FROM g1_month CROSS JOIN contribution_line AS l
    WHERE l.month = g1_month.month AND l.person_id = {of}.person_id AND l.freed = 0
      {more})"""
NONE_IN = """NOT EXISTS (
    SELECT 1 FROM {table} AS o WHERE o.person_id = {of}.person_id {more})"""


def _none(of: str, tables: Sequence[str], more: str = "") -> str:
    return " AND ".join(NONE_IN.format(table=t, of=of, more=more) for t in tables)


SAME_REGION = "AND {of}.region = account.region"
OF_ACCOUNT = SAME_REGION.format(of="l") + " AND l.insured_as <> '单建统筹'"
GONE_ACCOUNTS = f"""
    DELETE FROM account
    WHERE person_id IN (SELECT person_id FROM g1_freed) AND region IN ({{places}})
      AND balance = 0 AND claim = 0
      AND {NO_LINE.format(of="account", more=OF_ACCOUNT)}
      AND {_none("account", ("movement",), SAME_REGION.format(of="o"))}
      AND {_none("account", ("account_opening_line", "change_line"),
                 "AND o.freed = 0 " + SAME_REGION.format(of="o"))}
"""
UNKNOWN = f"""
    person_id IN (SELECT person_id FROM g1_freed)
      AND {NO_LINE.format(of="person", more="")}
      AND {_none("person", ("person_state", "movement", "account", "payout_line"))}
      AND {_none("person", ("account_opening_line", "change_line", "filing"),
                 "AND o.freed = 0")}
"""
# Who is bound, has been a relative alone before, and is one again.
RELATIVES_AGAIN = f"""
    UPDATE person SET fund = bound.fund, status = '', insured_as = '', base = NULL,
        since = '', retired_from = ''
    FROM (SELECT person_id, max(fund) AS fund FROM binding WHERE freed = 0
          GROUP BY person_id) AS bound
    WHERE bound.person_id = person.person_id AND bound.fund <> ''
      AND person.{UNKNOWN.strip()}
"""
GONE_PEOPLE = f"""
    DELETE FROM person WHERE {UNKNOWN}
      AND {_none("person", ("binding", "premium"), "AND o.freed = 0")}
      AND NOT EXISTS (SELECT 1 FROM binding AS o
                      WHERE o.grantor_id = person.person_id AND o.freed = 0)
      AND NOT EXISTS (
        SELECT 1 FROM {months.TABLE} AS m CROSS JOIN settlement AS o
        WHERE o.month = m.month AND o.person_id = person.person_id AND o.freed = 0)
"""
