"""What plans read from the forms: lists that were cleared or wait, transfers, F9.

A clearing line waits as of a day without a 确认日期 by then, or while its voucher is
not approved. Periods are read; regions stay as the forms have them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, case, exists, func, or_, select

from ledger.database import slices
from ledger.periods import Month, Quarter, period, quarter_of
from ledger.schema import ClearingLine, Posting, TransferLine, Voucher
from posting_rules.transfers import RETURN
from reports.usage_notes import bounced

CLEARING, POSTING, TRANSFER, VOUCHER = (
    ClearingLine.__table__,
    Posting.__table__,
    TransferLine.__table__,
    Voucher.__table__,
)
ADVANCES = ("预付金", "紧急调增", "额度调整", RETURN)
IN_CASH = ("清算资金",)  # X16


class Cleared(NamedTuple):
    """Lines of F2 of one 参保地, 范围, 险种 and period."""

    insured: str
    scope: str
    fund: str
    period: Month | Quarter
    waits: bool
    lines: int
    amount: Decimal


class Sent(NamedTuple):
    """An advance on its way up, or given back (then `amount` is below zero)."""

    payer: str
    scope: str
    fund: str
    quarter: Quarter  # that it is for; that of its 付款日期 where none is named
    amount: Decimal
    arrived: bool
    unnamed: bool  # the holder's voucher names no quarter (nor several)


def cleared(
    connection: Connection, quarters: Iterable[Quarter], on: date
) -> list[Cleared]:
    """What the lists of some quarters (and of their months) say."""
    periods = {text for q in quarters for text in (str(q), *map(str, q.months))}
    return _cleared(connection, on, CLEARING.c.period.in_(sorted(periods)))


def listed(connection: Connection) -> list[Cleared]:
    """What all lists say; whether a line waits is not looked at."""
    keys = (
        CLEARING.c.insured,
        CLEARING.c.scope,
        CLEARING.c.fund,
        CLEARING.c.period,
    )
    amount = func.sum(CLEARING.c.amount, type_=CLEARING.c.amount.type)
    rows = connection.execute(
        select(*keys, func.count(), amount).where(CLEARING.c.live).group_by(*keys)
    )
    return [Cleared(*row[:3], period(row.period), False, *row[4:]) for row in rows]


def waiting(connection: Connection, on: date) -> list[Cleared]:
    """Every line that waits, of whatever period."""
    return [row for row in _cleared(connection, on, _waits(on)) if row.waits]


def months_listed(
    connection: Connection, quarter: Quarter
) -> dict[str, frozenset[Month]]:
    """By 范围: the months of a quarter for which any list is there."""
    periods = [str(quarter), *map(str, quarter.months)]
    rows = connection.execute(
        select(CLEARING.c.scope, CLEARING.c.period)
        .distinct()
        .where(CLEARING.c.period.in_(periods), CLEARING.c.live)
    )
    found: dict[str, frozenset[Month]] = {}
    for row in rows:
        months = frozenset(period(row.period).months)
        found[row.scope] = found.get(row.scope, frozenset()) | months
    return found


def have_cleared(
    connection: Connection, insured: Iterable[str], before: Quarter
) -> set[tuple[str, Month | Quarter]]:
    """Those of some 参保地 that have a clearing line of an earlier quarter, with each
    period that such a line is of."""
    found = set()
    for part in slices(sorted(insured)):
        rows = connection.execute(
            select(CLEARING.c.insured, CLEARING.c.period)
            .distinct()
            .where(CLEARING.c.insured.in_(part), CLEARING.c.live)
        )
        found |= {(row.insured, period(row.period)) for row in rows}
    return {(place, of) for place, of in found if of.quarter < before}


def sent(
    connection: Connection,
    book: str,
    payers: Sequence[str],
    on: date,
    natures: Sequence[str] = ADVANCES,
) -> list[Sent]:
    """Advances (or what `natures` names) between payers and the holder that keeps
    `book` that had left by a day.

    What the bank sent back (X11) was never sent.
    """
    region = book.partition("-")[0]
    rows = connection.execute(
        select(TRANSFER, _unnamed(region, book).label("unnamed")).where(
            TRANSFER.c.live,
            TRANSFER.c.paid_on <= on,
            TRANSFER.c.nature.in_(natures),
            or_(TRANSFER.c.payee == region, TRANSFER.c.payer == region),
            TRANSFER.c.bounces_id.is_(None),
            TRANSFER.c.id.not_in(bounced(on)),
        )
    )
    known = set(payers)
    return [
        one for row in rows if (one := _sent(row, region, on)) and one.payer in known
    ]


def _sent(row, region: str, on: date) -> Sent | None:
    """None for what the holder pays on, or gets back from others."""
    returned = row.nature == RETURN
    payer, holder = (row.payee, row.payer) if returned else (row.payer, row.payee)
    if holder != region:
        return None
    amount = row.own + row.lower
    return Sent(
        payer=payer,
        scope=row.scope,
        fund=row.fund,
        quarter=period(row.quarter) if row.quarter else quarter_of(row.paid_on),
        amount=-amount if returned else amount,
        arrived=row.received_on is not None and row.received_on <= on,
        unnamed=bool(row.unnamed),
    )


def _unnamed(region: str, book: str):
    """Whether the voucher of a transfer in the holder's book names no quarter."""
    posting = case(
        (TRANSFER.c.payee == region, TRANSFER.c.received_posting_id),
        else_=TRANSFER.c.paid_posting_id,
    )
    return exists().where(
        VOUCHER.c.posting_id == posting,
        VOUCHER.c.book_id == book,
        VOUCHER.c.number.is_not(None),
        VOUCHER.c.quarter == "",
    )


def _cleared(connection: Connection, on: date, *where) -> list[Cleared]:
    waits = case((_waits(on), 1), else_=0).label("waits")
    keys = (
        CLEARING.c.insured,
        CLEARING.c.scope,
        CLEARING.c.fund,
        CLEARING.c.period,
    )
    rows = connection.execute(
        select(
            *keys,
            waits,
            func.count(),
            func.sum(CLEARING.c.amount, type_=CLEARING.c.amount.type),
        )
        .outerjoin(POSTING, POSTING.c.id == CLEARING.c.posting_id)
        .where(CLEARING.c.live, *where)
        .group_by(*keys, "waits")
    )
    return [
        Cleared(*row[:3], period(row.period), bool(row.waits), *row[5:]) for row in rows
    ]


def _waits(on: date):
    return or_(
        CLEARING.c.confirmed_on.is_(None),
        CLEARING.c.confirmed_on > on,
        func.coalesce(POSTING.c.state, "") == "draft",
    )
