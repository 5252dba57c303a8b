"""What stands in the books: asked before something is added to it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Sequence

from sqlalchemy import Connection, func, select

from ledger.database import slices
from ledger.money import NOTHING
from ledger.schema import AccountYear, BookYear, Posting, Voucher, VoucherLine
from ledger.vouchers import signed

POSTING, VOUCHER, LINE = Posting.__table__, Voucher.__table__, VoucherLine.__table__


def numbered_years(connection: Connection) -> list[int]:
    """The years in which some book has approved vouchers."""
    year = BookYear.__table__.c.year
    return list(connection.execute(select(year).distinct().order_by(year)).scalars())


def first_days(connection: Connection, books: Sequence[str]) -> dict[str, date]:
    """Each book's first day of live vouchers, drafts included.

    What was rejected, or reversed to nothing, does not count.
    """
    found: dict[str, date] = {}
    for part in slices(books):
        found.update(
            connection.execute(
                select(VOUCHER.c.book_id, func.min(VOUCHER.c.dated))
                .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
                .where(VOUCHER.c.book_id.in_(part), POSTING.c.live)
                .group_by(VOUCHER.c.book_id)
            ).all()
        )
    return found


def live_parts(connection: Connection, units: set[str]) -> set[str]:
    """Which of the units are live, and what is live of their later parts (unit|2 …)."""
    there: set[str] = set()
    for part in slices(sorted(units)):
        there.update(
            connection.execute(
                select(POSTING.c.unit).where(POSTING.c.live, POSTING.c.unit.in_(part))
            ).scalars()
        )
    parts: set[str] = set()
    for unit in sorted(there):
        parts.update(
            connection.execute(
                select(POSTING.c.unit).where(
                    POSTING.c.live,
                    POSTING.c.unit.startswith(f"{unit}|", autoescape=True),
                )
            ).scalars()
        )
    return there | parts


def free_unit(unit: str, taken: set[str]) -> str:
    """The unit, or its first part that is not taken: unit|2, unit|3 …

    Parts are not counted: a reversed one gives its number to the next.
    """
    names = (f"{unit}|{part}" if part > 1 else unit for part in count(1))
    return next(name for name in names if name not in taken)


def moved(
    connection: Connection, posting_ids: Sequence[int], event: str
) -> set[tuple[str, str]]:
    """(book, detail) of what the vouchers of some postings of an event moved."""
    pairs: set[tuple[str, str]] = set()
    for part in slices(posting_ids):
        pairs.update(
            connection.execute(
                select(VOUCHER.c.book_id, LINE.c.detail)
                .distinct()
                .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
                .where(
                    VOUCHER.c.posting_id.in_(part),
                    VOUCHER.c.event == event,
                    VOUCHER.c.reverses_id.is_(None),
                )
            ).all()
        )
    return {(book, detail) for book, detail in pairs}


def held_net(
    connection: Connection, books: Sequence[str], subjects: Sequence[str]
) -> list[tuple[str, str, Decimal]]:
    """(book, detail, credit less debit) of approved lines on some subjects."""
    nets: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    moved = AccountYear.__table__
    keys = (moved.c.book_id, moved.c.detail, moved.c.side)
    for part in slices(books):
        rows = connection.execute(
            select(*keys, func.sum(moved.c.amount, type_=moved.c.amount.type))
            .where(moved.c.book_id.in_(part), moved.c.subject.in_(subjects))
            .group_by(*keys)
        )
        for book, detail, side, amount in rows:
            nets[book, detail] -= signed(side, amount)
    return [(*place, net) for place, net in sorted(nets.items())]


def set_against(
    connection: Connection, paid: str, received: str, *where
) -> dict[tuple[str, str, str], Decimal]:
    """By (book, detail, fund): the smaller of `paid`'s credit and `received`'s debit.

    `where` are conditions on vouchers and postings. Nothing that is not above zero.
    """
    keys = (VOUCHER.c.book_id, LINE.c.detail, LINE.c.fund, LINE.c.subject, LINE.c.side)
    rows = connection.execute(
        select(*keys, func.sum(LINE.c.amount, type_=LINE.c.amount.type))
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(LINE.c.subject.in_([paid, received]), *where)
        .group_by(*keys)
    )
    nets: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for book, detail, fund, printed, side, amount in rows:
        nets[book, detail, fund, printed] += signed(side, amount)
    smaller = {
        place: min(-nets[*place, paid], nets[*place, received])
        for place in sorted({key[:3] for key in nets})
    }
    return {place: amount for place, amount in smaller.items() if amount > 0}
