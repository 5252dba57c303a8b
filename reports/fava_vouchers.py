"""The vouchers of a month in a list, and the neighbours of one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.money import NOTHING
from ledger.periods import Month
from ledger.schema import Posting
from ledger.vouchers import DEBIT
from reports.usage_lines import LINE, VOUCHER

POSTING = Posting.__table__


class VoucherRow(NamedTuple):
    id: int
    number: int
    name: str  # 记-12
    dated: date
    narration: str
    payee: str
    amount: Decimal  # its debit total
    attachments: int
    prepared_by: str
    audited_by: str
    rule: str
    red: bool
    reverses: bool
    reversed: bool


def voucher_rows(connection: Connection, book: str, month: Month) -> list[VoucherRow]:
    """The approved vouchers of a month, by number."""
    amount = func.sum(LINE.c.amount, type_=LINE.c.amount.type)
    rows = connection.execute(
        select(VOUCHER, amount.filter(LINE.c.side == DEBIT).label("amount"))
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year == month.year,
            VOUCHER.c.month == month.number,
            VOUCHER.c.number.is_not(None),
        )
        .group_by(VOUCHER.c.id)
        .order_by(VOUCHER.c.number)
    )
    return [
        VoucherRow(
            id=row.id,
            number=row.number,
            name=f"{row.word}-{row.number}",
            dated=row.dated,
            narration=row.narration,
            payee=row.payee,
            amount=row.amount or NOTHING,
            attachments=row.attachments,
            prepared_by=row.prepared_by,
            audited_by=row.audited_by or "",
            rule=row.rule,
            red=row.red,
            reverses=row.reverses_id is not None,
            reversed=row.reversed_by_id is not None,
        )
        for row in rows
    ]


def count_drafts(connection: Connection, book: str, month: Month) -> int:
    """How many vouchers of a month wait for approval."""
    return connection.execute(
        select(func.count())
        .select_from(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year == month.year,
            VOUCHER.c.month == month.number,
            POSTING.c.state == "draft",
        )
    ).scalar()


def neighbours(connection: Connection, voucher_id: int) -> list:
    """The vouchers before and after one in its book-year, None at either end."""
    at = connection.execute(select(VOUCHER).where(VOUCHER.c.id == voucher_id)).one()
    month, number = VOUCHER.c.month, VOUCHER.c.number
    same = month == at.month
    before = (month < at.month) | (same & (number < at.number))
    after = (month > at.month) | (same & (number > at.number))
    return [
        connection.execute(
            select(VOUCHER.c.dated, number)
            .where(VOUCHER.c.book_id == at.book_id, VOUCHER.c.year == at.year, beyond)
            .order_by(*order)
            .limit(1)
        ).first()
        for beyond, order in (
            (before, (month.desc(), number.desc())),
            (after, (month, number)),
        )
    ]
