"""范围 of money that one voucher holds for both: asked of the transfers behind it.

2.1.2 books a bank transfer as one voucher, whatever its 用途 were; the rate by 范围
needs its parts.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select

from ledger.periods import Quarter
from ledger.schema import Posting, TransferLine
from posting_rules.policies import Policy
from posting_rules.transfers import RETURN
from reports.usage_lines import BOOK, VOUCHER, counted_vouchers, what_counts

POSTING, TRANSFER = Posting.__table__, TransferLine.__table__


class MixedShare(NamedTuple):
    """One scope's part of what vouchers of `mixed` scope hold; debit plus."""

    book_id: str
    mixed: str  # 跨省、省内
    payer: str
    scope: str
    fund: str
    what: str
    debit: Decimal


def mixed_shares(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    on: date,
    *,
    book: str | None = None,
    quarter_alone: bool = False,
) -> list[MixedShare]:
    """What the transfers behind vouchers of both scopes say of each scope."""
    return [
        _share(row)
        for column in (TRANSFER.c.received_posting_id, TRANSFER.c.paid_posting_id)
        for row in connection.execute(
            _query(connection, policy, quarter, on, book, column, quarter_alone)
        )
    ]


def _query(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    on: date,
    book: str | None,
    posting_id,
    quarter_alone: bool,
) -> Select:
    reverses = POSTING.c.reverses_id.is_not(None).label("reverses")
    columns = (
        VOUCHER.c.book_id,
        VOUCHER.c.scope.label("mixed"),
        reverses,
        TRANSFER.c.payer,
        TRANSFER.c.payee,
        TRANSFER.c.nature,
        TRANSFER.c.scope,
        TRANSFER.c.fund,
    )
    holders = {h.book for h in policy.holdings if h.direction == "received"}
    return (
        select(
            *columns,
            what_counts(connection, quarter, on, quarter_alone).label("what"),
            func.sum(TRANSFER.c.own, type_=TRANSFER.c.own.type).label("own"),
            func.sum(TRANSFER.c.lower, type_=TRANSFER.c.lower.type).label("lower"),
        )
        .select_from(VOUCHER)
        .join(BOOK, BOOK.c.id == VOUCHER.c.book_id)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .join(
            TRANSFER, posting_id == func.coalesce(POSTING.c.reverses_id, POSTING.c.id)
        )
        .where(
            BOOK.c.kind.in_(holders),
            VOUCHER.c.scope.contains("、"),
            *counted_vouchers(on, book),
        )
        .group_by(*columns, "what")
    )


def _share(row) -> MixedShare:
    """Money that came in is credit; a return, or a reversal of it, is debit."""
    returned = row.nature == RETURN
    amount = row.own + row.lower
    return MixedShare(
        row.book_id,
        row.mixed,
        row.payee if returned else row.payer,
        row.scope,
        row.fund,
        row.what,
        amount if returned != row.reverses else -amount,
    )
