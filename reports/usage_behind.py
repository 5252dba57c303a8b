"""Behind a usage rate: the vouchers of each figure, and the rates before it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, select

from ledger import regions, settings
from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.vouchers import signed
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.policies import Policy, policy_of
from reports.seen import written_off_by
from reports.usage import figures
from reports.usage_lines import (
    BOOK,
    CLEARED_BY,
    LINE,
    VOUCHER,
    Counted,
    counted_lines,
    counted_vouchers,
    counts,
    what_counts,
)

FIGURES = ("advance", "cleared", "earlier")


class VoucherBehind(NamedTuple):
    """A voucher and what of it counts in a figure, with the figure's sign."""

    id: int
    name: str  # BOOK/2017-04/12
    dated: date
    occurred_on: date
    narration: str
    source: str
    amount: Decimal


class TrendPoint(NamedTuple):
    """A quarter's rate as it stood on the day of its last clearing."""

    quarter: Quarter
    on: date
    advance: Decimal
    cleared: Decimal
    rate: Fraction | None
    level: str


def vouchers_behind(
    connection: Connection,
    book: str,
    payer: str,
    quarter: Quarter,
    on: date,
    what: str,
    *,
    scope: str = "",
    fund: str = "",
) -> list[VoucherBehind]:
    """The vouchers behind advance, cleared or earlier, in order of happening.

    Of one fund only its lines count. Of one scope those that hold it: a voucher of
    both 跨省 and 省内 (2.1.2) comes with its whole amount.

    Those of `advance` add up to the row's advance: clearing for earlier periods is
    among them, as a deduction, and by itself in `earlier`.
    """
    policy = policy_of(settings.province(connection))
    direction = _direction(policy, book, payer)
    which = FIGURES.index(what)
    found: dict[int, VoucherBehind] = {}
    for row in _lines(connection, policy, book, payer, quarter, on):
        if scope not in row.scope or fund not in ("", row.fund):
            continue
        parts = counts(direction, row.what, signed(row.side, row.amount))
        before = found.get(row.id) or VoucherBehind(
            row.id,
            f"{row.book_id}/{row.dated:%Y-%m}/{row.number}",
            row.dated,
            row.occurred_on,
            row.narration,
            row.source,
            NOTHING,
        )
        found[row.id] = before._replace(amount=before.amount + parts[which])
    return [row for row in found.values() if row.amount]


def trend(
    connection: Connection, book: str, payer: str, quarters: Sequence[Quarter]
) -> list[TrendPoint]:
    """A payer's rate in each quarter, as its clearing left it (reports/seen.py)."""
    policy = policy_of(settings.province(connection))
    direction = _direction(policy, book, payer)
    lines = list(
        _lines(connection, policy, book, payer, max(quarters), date.max)
        if quarters
        else ()
    )
    reading = settings.dated(connection, "usage-advances")
    points = []
    for quarter in quarters:
        asked = str(quarter)
        days = [
            line.occurred_on
            for line in lines
            if line.event == CLEARING
            and line.quarter == asked
            and line.occurred_on <= written_off_by(quarter)
        ]
        on = max(days, default=quarter.last_day)
        parts = [
            counts(
                direction,
                _what(line, asked, reading(on) == "quarter"),
                signed(line.side, line.amount),
            )
            for line in lines
            if line.occurred_on <= on
        ]
        seen = figures(policy, parts)
        points.append(
            TrendPoint(quarter, on, seen.advance, seen.cleared, seen.rate, seen.level)
        )
    return points


def _what(line, quarter: str, by_quarter: bool) -> str:
    """The same as `what_counts`, for one line in memory."""
    if line.event in CLEARED_BY:
        if line.quarter > quarter:
            return Counted.LATER
        return Counted.CLEARED if line.quarter == quarter else Counted.EARLIER
    if line.what == Counted.MADE_GOOD:
        return Counted.MADE_GOOD
    later = by_quarter and line.quarter > quarter
    return Counted.LATER if later else Counted.ADVANCE


def _lines(
    connection: Connection,
    policy: Policy,
    book: str,
    payer: str,
    quarter: Quarter,
    on: date,
) -> list:
    return connection.execute(
        select(
            VOUCHER.c.id,
            VOUCHER.c.book_id,
            VOUCHER.c.dated,
            VOUCHER.c.occurred_on,
            VOUCHER.c.number,
            VOUCHER.c.narration,
            VOUCHER.c.source,
            VOUCHER.c.event,
            VOUCHER.c.quarter,
            VOUCHER.c.scope,
            LINE.c.fund,
            LINE.c.side,
            LINE.c.amount,
            what_counts(connection, quarter, on).label("what"),
        )
        .select_from(VOUCHER)
        .join(BOOK, BOOK.c.id == VOUCHER.c.book_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            counted_lines(policy),
            *counted_vouchers(on, book),
            LINE.c.detail == payer,
        )
        .order_by(VOUCHER.c.occurred_on, VOUCHER.c.id, LINE.c.position)
    ).all()


def _direction(policy: Policy, book: str, payer: str) -> str:
    """Whose money it is: payers of the own province pay us, we pay the others."""
    inside = regions.province_of(payer) == policy.province
    return "received" if inside else "paid"
