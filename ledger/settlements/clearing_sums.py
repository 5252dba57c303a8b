"""What waits between regions and what the books hold of it: sums for the checks."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from ledger.money import NOTHING
from ledger.schema import Posting, Voucher, VoucherLine
from ledger.settlements.clearing import (
    CLEARING,
    NETWORKED,
    PART,
    PREMIUMS,
    SETTLED,
    UNDONE,
)
from ledger.vouchers import signed

POSTING, VOUCHER, LINE = Posting.__table__, Voucher.__table__, VoucherLine.__table__


class BilledSum(NamedTuple):
    """Rows that need clearing between regions; `clearing_id` None while open."""

    clearing_id: int | None
    part: str
    payer: str
    place: str
    fund: str
    lines: int
    amount: Decimal


class PremiumSum(NamedTuple):
    """Premiums by who paid, for whom; which clearing took and which paid them on."""

    clearing_id: int | None
    paid_on_id: int | None
    payer: str
    region: str
    kind: str
    lines: int
    amount: Decimal


class StandingPart(NamedTuple):
    """A part of a clearing between regions that is not undone; `posted` says the
    state of its posting, "" without one."""

    clearing_id: int
    subject: str
    payer: str
    payee: str
    fund: str
    lines: int
    gross: Decimal
    net: Decimal
    posting_id: int | None
    posted: str


Place = tuple[str, str, str, str]  # book, subject, detail, fund


def billed(connection: Connection) -> list[BilledSum]:
    """Of postings that count and are not reversed."""
    where = (SETTLED.c.channel == NETWORKED, SETTLED.c.payer != SETTLED.c.place)
    return _sums(connection, SETTLED, BilledSum, *where)


def premiums(connection: Connection) -> list[PremiumSum]:
    return _sums(connection, PREMIUMS, PremiumSum)


def standing_parts(connection: Connection, *kinds: str) -> list[StandingPart]:
    """In the order of clearings and parts."""
    rows = connection.execute(
        select(
            *(PART.c[name] for name in StandingPart._fields[:-1]),
            func.coalesce(POSTING.c.state, ""),
        )
        .join(CLEARING, CLEARING.c.id == PART.c.clearing_id)
        .outerjoin(POSTING, POSTING.c.id == PART.c.posting_id)
        .where(CLEARING.c.kind.in_(kinds), CLEARING.c.state != UNDONE)
        .order_by(PART.c.clearing_id, PART.c.id)
    )
    return [StandingPart(*row) for row in rows]


def held(connection: Connection, *subjects: str) -> dict[Place, Decimal]:
    """Debit less credit of approved vouchers on subjects (% ends a beginning)."""
    return _lines(connection, subjects, VOUCHER.c.number.is_not(None))


def opened(connection: Connection, event: str, *subjects: str) -> dict[Place, Decimal]:
    """As `held`, of the vouchers of one event."""
    of_event = VOUCHER.c.event == event
    return _lines(connection, subjects, VOUCHER.c.number.is_not(None), of_event)


def of_unit(connection: Connection, unit: str, *subjects: str) -> dict[Place, Decimal]:
    """As `held`, of the standing postings of a unit, drafts included."""
    return _lines(connection, subjects, POSTING.c.unit == unit, POSTING.c.live)


def _sums(connection: Connection, table, kind, *where) -> list:
    keys = [table.c[name] for name in kind._fields[:-2]]
    amount = table.c.amount
    rows = connection.execute(
        select(*keys, func.sum(table.c.lines), func.sum(amount, type_=amount.type))
        .join(POSTING, POSTING.c.id == table.c.posting_id)
        .where(POSTING.c.state == "approved", POSTING.c.live, *where)
        .group_by(*keys)
    )
    return [kind(*row[:-2], int(row[-2]), row[-1]) for row in rows]


def _lines(connection: Connection, subjects, *where) -> dict[Place, Decimal]:
    keys = (VOUCHER.c.book_id, LINE.c.subject, LINE.c.detail, LINE.c.fund, LINE.c.side)
    rows = connection.execute(
        select(*keys, func.sum(LINE.c.amount, type_=LINE.c.amount.type))
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(or_(*(LINE.c.subject.like(subject) for subject in subjects)), *where)
        .group_by(*keys)
    )
    found: dict[Place, Decimal] = defaultdict(lambda: NOTHING)
    for *place, side, amount in rows:
        found[tuple(place)] += signed(side, amount)
    return {place: amount for place, amount in found.items() if amount}
