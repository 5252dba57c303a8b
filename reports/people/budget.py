"""预算与决算 of personal accounts (MOL 三, 南府办发〔2022〕33号 第二十九条).

Budget figures are settings, account-budget-YEAR-LINE. The final accounts (决算) are
told twice, from the accounts and from the book, side by side.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger import settings
from ledger.money import NOTHING
from ledger.schema import Voucher, VoucherLine
from ledger.vouchers import signed
from reports.people import statistics_rows as stored
from reports.people.kinds import CONTROL, EXPENDITURE, INCOME, OPENING, Kind, kinds

VOUCHER, LINE = Voucher.__table__, VoucherLine.__table__
BUDGET = "account-budget-{year}-{line}"
OPENING_LINE, CLOSING_LINE = "年初余额", "年末余额"
OTHER = "基金内划转与往来"  # neither income nor expenditure of the fund


class BudgetRow(NamedTuple):
    """A budget line; `rate` is actual ÷ budget, None without a budget."""

    line: str  # 收入, 支出, or a sub-account
    nature: str
    budget: Decimal | None
    actual: Decimal
    rate: Fraction | None
    rest: Decimal | None


class FinalRow(NamedTuple):
    """A line of the final accounts; `section` is 收入, 支出, or OTHER, "" for balances.

    The difference between accounts and book must be nothing.
    """

    section: str
    line: str  # the statutory subject
    accounts: Decimal
    book: Decimal

    @property
    def difference(self) -> Decimal:
        return self.book - self.accounts


def budget_rows(connection: Connection, year: int, region: str) -> list[BudgetRow]:
    """收入 and 支出 as a whole, each with its sub-accounts that have a budget or a
    movement; then others with a budget."""
    sums = _by_kind(connection, year, region)
    rows = []
    for nature, sign in ((INCOME, 1), (EXPENDITURE, -1)):
        mine = [kind for kind in kinds() if kind.nature == nature]
        total = sum((sums[kind.name] * sign for kind in mine), NOTHING)
        rows.append(budget_row(connection, year, region, nature, nature, total))
        for kind in mine:
            row = budget_row(
                connection, year, region, kind.name, nature, sums[kind.name] * sign
            )
            if row.budget is not None or row.actual:
                rows.append(row)
    for kind in kinds():  # neither income nor expenditure: only where budgeted
        if kind.nature not in (INCOME, EXPENDITURE):
            row = budget_row(
                connection, year, region, kind.name, kind.name, sums[kind.name]
            )
            if row.budget is not None:
                rows.append(row)
    return rows


def final_rows(connection: Connection, year: int, region: str) -> list[FinalRow]:
    """Opening, income and expenditure by statutory subject, closing; told twice.

    上年结余 taken over in the year itself (P21) is what the year opened with.
    """
    first = date(year, 1, 1)
    until = date.fromordinal(date(year + 1, 1, 1).toordinal() - 1)
    moved = stored.moved(connection, until, region)
    booked = _booked(connection, region, until)
    sides: list[dict] = [defaultdict(lambda: NOTHING), defaultdict(lambda: NOTHING)]
    for side, rows in zip(sides, (moved, booked)):
        for row in rows:
            if row.dated < first or row.kind == OPENING:
                side[OPENING_LINE] += row.amount
            else:
                side[row.kind] += row.amount
            side[CLOSING_LINE] += row.amount
    mine, book = sides
    found = [FinalRow("", OPENING_LINE, mine[OPENING_LINE], book[OPENING_LINE])]
    for section in (INCOME, EXPENDITURE, OTHER):
        sign = -1 if section == EXPENDITURE else 1
        lines: dict[str, list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
        for kind in kinds():
            if _section(kind) == section and (kind.name in mine or kind.name in book):
                lines[kind.statutory][0] += mine[kind.name] * sign
                lines[kind.statutory][1] += book[kind.name] * sign
        found += [FinalRow(section, line, *lines[line]) for line in sorted(lines)]
    found.append(FinalRow("", CLOSING_LINE, mine[CLOSING_LINE], book[CLOSING_LINE]))
    return found


def _section(kind: Kind) -> str:
    """收入 or 支出 as the statutory subject's name ends; everything else is OTHER."""
    for section in (INCOME, EXPENDITURE):
        if kind.statutory.endswith(section):
            return section
    return OTHER


def budget_row(
    connection: Connection,
    year: int,
    region: str,
    line: str,
    nature: str,
    actual: Decimal,
) -> BudgetRow:
    """A line of the year's budget beside what became of it."""
    name = BUDGET.format(year=year, line=line)
    said = settings.value(connection, name, None, region)
    if said is None:
        return BudgetRow(line, nature, None, actual, None, None)
    budget = Decimal(said).quantize(NOTHING)
    rate = Fraction(actual) / Fraction(budget) if budget else None
    return BudgetRow(line, nature, budget, actual, rate, budget - actual)


def _by_kind(connection: Connection, year: int, region: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    until = date.fromordinal(date(year + 1, 1, 1).toordinal() - 1)
    for row in stored.moved(connection, until, region):
        if row.dated.year == year:
            sums[row.kind] += row.amount
    return sums


class Booked(NamedTuple):
    kind: str
    dated: date
    amount: Decimal


def _booked(connection: Connection, region: str, until: date) -> list[Booked]:
    """Credit less debit of approved vouchers on 个人账户基金, by kind and day."""
    amount = func.sum(LINE.c.amount, type_=LINE.c.amount.type)
    rows = connection.execute(
        select(LINE.c.subject, VOUCHER.c.dated, LINE.c.side, amount)
        .join(VOUCHER, VOUCHER.c.id == LINE.c.voucher_id)
        .where(
            VOUCHER.c.book_id == f"{region}-city-agency",
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated <= until,
            LINE.c.subject.startswith(CONTROL),
        )
        .group_by(LINE.c.subject, VOUCHER.c.dated, LINE.c.side)
    )
    return [
        Booked(subject.removeprefix(CONTROL), dated, -signed(side, moved))
        for subject, dated, side, moved in rows
    ]
