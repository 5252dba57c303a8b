"""The source rows behind quotas and money under way, part by part."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from ledger.advances.plans import QUOTA as QUOTED
from ledger.periods import Quarter
from ledger.schema import Document, QuotaLine, TransferLine
from posting_rules.transfers import RETURN
from reports.usage_notes import bounced

QUOTA, TRANSFER, DOCUMENT = (
    QuotaLine.__table__,
    TransferLine.__table__,
    Document.__table__,
)


class NoteLine(NamedTuple):
    """A part of a source row that a figure counts, and where the row stands."""

    payer: str
    scope: str
    fund: str
    amount: Decimal
    facts: str  # what the row says besides
    file: str
    sheet: str
    row: int


def quota_lines(connection: Connection, quarter: Quarter) -> list[NoteLine]:
    """What F3 set for a quarter, by 范围: the last 核定 and what was added to it."""
    rows = connection.execute(
        select(QUOTA, DOCUMENT.c.name)
        .join(DOCUMENT, DOCUMENT.c.id == QUOTA.c.document_id)
        .where(QUOTA.c.quarter == str(quarter), QUOTA.c.live)
        .order_by(QUOTA.c.edition)
    )
    kept = {
        (row.region, row.fund, row.edition if row.kind != QUOTED else 0): row
        for row in rows
    }
    return [
        NoteLine(
            row.region,
            scope,
            row.fund,
            amount,
            f"{row.kind or '核定'} 第{row.edition}版 {row.note}".strip(),
            row.name,
            row.sheet,
            row.row,
        )
        for row in kept.values()
        for scope, amount in (("跨省", row.abroad), ("省内", row.home))
        if amount
    ]


def travelling_lines(connection: Connection, payee: str, on: date) -> list[NoteLine]:
    """Advances to a holder that had left by `on` and not arrived (X15)."""
    rows = connection.execute(
        select(TRANSFER, DOCUMENT.c.name)
        .join(DOCUMENT, DOCUMENT.c.id == TRANSFER.c.document_id)
        .where(
            TRANSFER.c.live,
            TRANSFER.c.payee == payee,
            TRANSFER.c.nature != RETURN,
            TRANSFER.c.paid_on <= on,
            or_(TRANSFER.c.received_on.is_(None), TRANSFER.c.received_on > on),
            TRANSFER.c.id.not_in(bounced(on)),
        )
        .order_by(TRANSFER.c.paid_on, TRANSFER.c.id)
    )
    return [
        NoteLine(
            row.payer,
            row.scope,
            row.fund,
            row.own + row.lower,
            f"{row.paid_on}付款 {row.nature} 流水号{row.serial}",
            row.name,
            row.sheet,
            row.row,
        )
        for row in rows
    ]
