"""An account chosen by people, and the lines on it: for 明细账 and 日记账."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.errors import BookError
from ledger.money import NOTHING
from ledger.printing import CARRIED_TO, PROFIT_AND_LOSS
from ledger.schema import Voucher, VoucherLine
from ledger.subjects import account as account_of
from ledger.subjects import subject, subjects
from ledger.vouchers import signed
from reports.balances import OPENING
from reports.directions import ROOTS, attribute_of

VOUCHER, LINE = Voucher.__table__, VoucherLine.__table__
Place = tuple[str, str, str]  # subject, detail, fund


class Chosen(NamedTuple):
    """What was asked for: its places in the book, and its 余额方向."""

    places: frozenset[Place]
    attribute: str


class Moved(NamedTuple):
    """One voucher line, in order of day and number."""

    dated: date
    voucher: str  # 记-12
    voucher_id: int
    narration: str
    opening: bool  # X1
    side: str
    subject: str
    detail: str
    fund: str
    amount: Decimal


def chosen(
    connection: Connection,
    book: str,
    place: str,
    on: date,
    *,
    detail: str = "",
    fund: str = "",
) -> Chosen:
    """The places of a book under a printed subject or an account.

    BookError for a subject that is none; one without any line has no places. An
    account is named as in the year of `on`.
    """
    is_account = place.partition(":")[0] in ROOTS
    printed = () if is_account else _printed(place, on)
    kept = set()
    for each in places(connection, book):
        inside = each[0] in printed
        if is_account:
            name = account_of(each[0], fund=each[2], detail=each[1], year=on.year)
            inside = f"{name}:".startswith(f"{place}:")
        if inside and detail in ("", each[1]) and fund in ("", each[2]):
            kept.add(each)
    side = attribute_of(place) if is_account else subject(printed[0]).side
    return Chosen(frozenset(kept), side)


def places(connection: Connection, book: str) -> list[Place]:
    """Every place that a book has lines on, with 上年结余 for each fund.

    上年结余 takes up what earlier years earned and spent without a line of its own.
    """
    rows = connection.execute(
        select(LINE.c.subject, LINE.c.detail, LINE.c.fund)
        .distinct()
        .join(VOUCHER, VOUCHER.c.id == LINE.c.voucher_id)
        .where(VOUCHER.c.book_id == book, VOUCHER.c.number.is_not(None))
    )
    found = {tuple(row) for row in rows}
    return sorted(found | {(CARRIED_TO, "", fund) for _, _, fund in found})


def moved(
    connection: Connection, book: str, account: Chosen, first: date, last: date
) -> list[Moved]:
    """The approved lines of an account on days from `first` to `last`."""
    rows = connection.execute(
        select(
            VOUCHER.c.dated,
            VOUCHER.c.word,
            VOUCHER.c.number,
            VOUCHER.c.id,
            VOUCHER.c.narration,
            VOUCHER.c.event,
            LINE.c.side,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            LINE.c.amount,
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year.between(first.year, last.year),
            VOUCHER.c.dated.between(first, last),
            VOUCHER.c.number.is_not(None),
            LINE.c.subject.in_({each[0] for each in account.places}),
        )
        .order_by(VOUCHER.c.dated, VOUCHER.c.year, VOUCHER.c.seq, LINE.c.position)
    )
    return [
        Moved(
            row.dated,
            f"{row.word}-{row.number}",
            row.id,
            row.narration,
            row.event == OPENING,
            *row[6:],
        )
        for row in rows
        if (row.subject, row.detail, row.fund) in account.places
    ]


def net_before(
    connection: Connection, book: str, account: Chosen, year: int
) -> Decimal:
    """What an account takes over from the years before `year`; debit plus."""
    rows = connection.execute(
        select(
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type).label("amount"),
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year < year,
            VOUCHER.c.number.is_not(None),
        )
        .group_by(LINE.c.subject, LINE.c.detail, LINE.c.fund, LINE.c.side)
    )
    net = NOTHING
    for row in rows:
        result = subject(row.subject).account.startswith(PROFIT_AND_LOSS)
        place = (CARRIED_TO, "", row.fund) if result else tuple(row[:3])
        if place in account.places:
            net += signed(row.side, row.amount)
    return net


def _printed(place: str, on: date) -> list[str]:
    """The subject that a place prints, or all below it (暂付款: 暂付款——…)."""
    try:
        return [subject(place, on).printed]
    except BookError:
        found = [s.printed for s in subjects() if s.printed.startswith(f"{place}——")]
        if not found:
            raise
        return found
