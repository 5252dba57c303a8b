"""科目余额表: what every account of a book was, moved and is.

Opening balances from F0 (X1) count as 期初, not as 发生额. Income and expenditure of
earlier years count as 净资产——上年结余, as printed books carry them forward.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, and_, func, select

from ledger import regions
from ledger.funds import fund_names
from ledger.money import NOTHING
from ledger.periods import month_of
from ledger.printing import CARRIED_TO, PROFIT_AND_LOSS
from ledger.schema import Voucher, VoucherLine
from ledger.subjects import account as account_of
from ledger.subjects import subject
from ledger.vouchers import CREDIT, DEBIT
from reports.directions import LEVEL, ROOTS, attribute_of, balance, is_actual

OPENING = "opening"  # the event of X1
VOUCHER, LINE = Voucher.__table__, VoucherLine.__table__


class BalanceRow(NamedTuple):
    """An account, or what stands above accounts, up to and including a day.

    Balances are as shown beside their direction: negative on the other side of the
    attribute (reports/directions.py), nothing where the direction is 平.
    """

    level: int  # 1 for 1101暂付款; its children 2, 3 …
    code: str  # 1101-01
    name: str  # 异地就医款
    account: str
    subject: str  # printed; of a subtotal, the names down to it
    detail: str  # a region's code, or ""
    detail_name: str
    fund: str  # "" for all funds together
    attribute: str  # 余额方向
    leaf: bool  # False: a subtotal of the rows below it, or a fund of the one above
    year_direction: str
    year_opening: Decimal  # 年初
    opening_direction: str
    opening: Decimal  # 期初, on the month's first day
    debit: Decimal  # 本期借方, month to date
    credit: Decimal
    year_debit: Decimal  # 本年累计借方
    year_credit: Decimal
    direction: str
    closing: Decimal  # 期末


class BalanceTotals(NamedTuple):
    """合计: each pair is 借 and 贷, and the two are equal."""

    year_opening: tuple[Decimal, Decimal]
    opening: tuple[Decimal, Decimal]
    month: tuple[Decimal, Decimal]
    year: tuple[Decimal, Decimal]
    closing: tuple[Decimal, Decimal]

    @property
    def balanced(self) -> bool:
        return all(debit == credit for debit, credit in self)


class Sums(NamedTuple):
    """What a balance row is made of; debit plus, 发生额 by side."""

    year_opening: Decimal = NOTHING
    before_debit: Decimal = NOTHING  # this year before this month
    before_credit: Decimal = NOTHING
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(one + two for one, two in zip(self, other)))


class Place(NamedTuple):
    account: str
    subject: str
    detail: str
    fund: str


def balance_rows(
    connection: Connection,
    book: str,
    on: date,
    *,
    fund: str | None = None,
    by_fund: bool = False,
) -> list[BalanceRow]:
    """Every account with a balance at year's start or any movement in the year.

    In account order, subtotals above what they add up. `fund` leaves out the
    others; `by_fund` puts a row for each fund under every account.
    """
    places = _places(connection, book, on, fund)
    actual = is_actual(connection, on)
    above: dict[str, Sums] = defaultdict(Sums)
    leaves: dict[str, dict[str, Sums]] = defaultdict(dict)
    known: dict[str, Place] = {}
    for place, sums in places.items():
        leaves[place.account][place.fund] = sums
        known[place.account] = place
        parts = place.account.split(":")
        for depth in range(2, len(parts) + 1):
            above[":".join(parts[:depth])] += sums
    rows = []
    for account in sorted(above, key=_order):
        place = known.get(account) or Place(account, "", "", "")
        alone = place._replace(fund=fund or "")
        rows.append(_row(alone, above[account], on, actual, account in leaves))
        if by_fund:
            for code, sums in sorted(leaves.get(account, {}).items()):
                each = _row(place._replace(fund=code), sums, on, actual, True)
                name = f"{code} {fund_names()[code]}"
                rows.append(each._replace(level=each.level + 1, name=name, leaf=False))
    return rows


def balance_totals(rows: Iterable[BalanceRow]) -> BalanceTotals:
    """合计 over the accounts of the first level."""
    top = [row for row in rows if row.level == 1]

    def both(direction: str, amount: str) -> tuple[Decimal, Decimal]:
        sides = {DEBIT: NOTHING, CREDIT: NOTHING, LEVEL: NOTHING}
        for row in top:
            sides[getattr(row, direction)] += getattr(row, amount)
        return sides[DEBIT], sides[CREDIT]

    return BalanceTotals(
        both("year_direction", "year_opening"),
        both("opening_direction", "opening"),
        (_sum(row.debit for row in top), _sum(row.credit for row in top)),
        (_sum(row.year_debit for row in top), _sum(row.year_credit for row in top)),
        both("direction", "closing"),
    )


def _row(place: Place, sums: Sums, on: date, actual: bool, leaf: bool) -> BalanceRow:
    parts = place.account.split(":")
    opening = sums.year_opening + sums.before_debit - sums.before_credit
    closing = opening + sums.debit - sums.credit
    side = subject(place.subject).side if leaf else attribute_of(place.account)
    numbers = [re.match(r"\d*", part)[0] for part in parts[1:]]
    names = [part[len(number) :] for part, number in zip(parts[1:], numbers)]
    return BalanceRow(
        len(parts) - 1,
        "-".join(numbers),
        names[-1],
        place.account,
        place.subject or "——".join(names),
        place.detail,
        place.detail and regions.name(place.detail, date(on.year, 1, 1)),
        place.fund,
        side,
        leaf,
        *balance(sums.year_opening, side, actual),
        *balance(opening, side, actual),
        sums.debit,
        sums.credit,
        sums.before_debit + sums.debit,
        sums.before_credit + sums.credit,
        *balance(closing, side, actual),
    )


def _places(
    connection: Connection, book: str, on: date, fund: str | None
) -> dict[Place, Sums]:
    """Sums by account and fund; earlier years' results under 上年结余."""
    found: dict[Place, Sums] = defaultdict(Sums)
    for row in connection.execute(_query(book, on, fund)):
        printed, detail = row.subject, row.detail
        debit = row.side == DEBIT
        taken = (row.taken or NOTHING) * (1 if debit else -1)
        earlier = (row.earlier or NOTHING) * (1 if debit else -1)
        before, month = row.before or NOTHING, row.month or NOTHING
        moved = Sums(
            taken,
            *((before, NOTHING) if debit else (NOTHING, before)),
            *((month, NOTHING) if debit else (NOTHING, month)),
        )
        found[_place(printed, detail, row.fund, on)] += moved
        if subject(printed).account.startswith(PROFIT_AND_LOSS):
            printed, detail = CARRIED_TO, ""
        found[_place(printed, detail, row.fund, on)] += Sums(earlier)
    return {place: sums for place, sums in found.items() if any(sums)}


def _place(printed: str, detail: str, fund: str, on: date) -> Place:
    account = account_of(printed, fund=fund, detail=detail, year=on.year)
    return Place(account, subject(printed).printed, detail, fund)


def _query(book: str, on: date, fund: str | None):
    this_year = VOUCHER.c.year == on.year
    moved = and_(this_year, VOUCHER.c.event != OPENING)
    first_day = month_of(on).first_day

    def amount(condition, label: str):
        total = func.sum(LINE.c.amount, type_=LINE.c.amount.type)
        return total.filter(condition).label(label)

    keys = (LINE.c.subject, LINE.c.detail, LINE.c.fund, LINE.c.side)
    return (
        select(
            *keys,
            amount(VOUCHER.c.year < on.year, "earlier"),
            amount(and_(this_year, VOUCHER.c.event == OPENING), "taken"),
            amount(and_(moved, VOUCHER.c.dated < first_day), "before"),
            amount(and_(moved, VOUCHER.c.dated >= first_day), "month"),
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated <= on,
            *([LINE.c.fund == fund] if fund else []),
        )
        .group_by(*keys)
    )


def _order(account: str) -> tuple:
    root, *rest = account.split(":")
    return (ROOTS.index(root), rest)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
