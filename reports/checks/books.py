"""What the books hold, for comparing with source lines.

Vouchers that were reversed, and those that reverse them, are left out of both sides
(reports/checks/store.py sees to it that they undo each other); days are those of the
business.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.money import NOTHING
from ledger.schema import Posting, Voucher, VoucherLine
from ledger.vouchers import signed
from posting_rules.clearings import EVENT as CLEARING
from reports.checks.sources import Place, merged

VOUCHER, LINE, POSTING = Voucher.__table__, VoucherLine.__table__, Posting.__table__


class Books(NamedTuple):
    """Nets by place, debit plus: made by rule, and by hand."""

    by_rule: dict[Place, Decimal]
    by_hand: dict[Place, Decimal]


def books_of(connection: Connection, on: date) -> Books:
    """Every place of every book up to a day."""
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            POSTING.c.manual,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .select_from(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(*_standing(on))
        .group_by(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            POSTING.c.manual,
            LINE.c.side,
        )
    )
    nets = (defaultdict(lambda: NOTHING), defaultdict(lambda: NOTHING))
    for book, subject, detail, fund, manual, side, amount in rows:
        place = Place(book, merged(subject), detail, fund)
        nets[bool(manual)][place] += signed(side, amount)
    return Books(dict(nets[0]), dict(nets[1]))


def cleared_by_period(
    connection: Connection, on: date
) -> dict[tuple[str, str, str, str, str], Decimal]:
    """(book, subject, detail, period, fund): debit of clearing vouchers by rule."""
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            VOUCHER.c.period,
            LINE.c.fund,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .select_from(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            *_standing(on),
            VOUCHER.c.event == CLEARING,
            POSTING.c.manual.is_(False),
            LINE.c.side == "借",
        )
        .group_by(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            VOUCHER.c.period,
            LINE.c.fund,
        )
    )
    return {tuple(row[:5]): row[5] for row in rows}


def daily(connection: Connection, on: date, subjects: list[str]) -> list:
    """(book, day, net) on bank subjects, everything approved and dated up to `on`."""
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            VOUCHER.c.dated,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated <= on,
            LINE.c.subject.in_(subjects),
        )
        .group_by(VOUCHER.c.book_id, VOUCHER.c.dated, LINE.c.side)
    )
    return [(book, day, signed(side, amount)) for book, day, side, amount in rows]


def stranded(connection: Connection, on: date) -> dict[tuple[str, str], Decimal]:
    """By (book, county): what stands on both subjects of the printed pair."""
    pair = ("暂付款——各县、区", "暂收款——各县、区")
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            LINE.c.detail,
            LINE.c.fund,
            LINE.c.subject,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated <= on,
            LINE.c.subject.in_(pair),
        )
        .group_by(
            VOUCHER.c.book_id,
            LINE.c.detail,
            LINE.c.fund,
            LINE.c.subject,
            LINE.c.side,
        )
    )
    nets: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for book, detail, fund, subject, side, amount in rows:
        nets[book, detail, fund, subject] += signed(side, amount)
    found: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for book, detail, fund in sorted({key[:3] for key in nets}):
        credit, debit = (
            -nets[book, detail, fund, pair[0]],
            nets[book, detail, fund, pair[1]],
        )
        found[book, detail] += max(NOTHING, min(credit, debit))
    return {place: amount for place, amount in found.items() if amount}


def _standing(on: date) -> list:
    return [
        VOUCHER.c.number.is_not(None),
        VOUCHER.c.occurred_on <= on,
        VOUCHER.c.reverses_id.is_(None),
        VOUCHER.c.reversed_by_id.is_(None),
    ]
