"""A region's personal accounts in a book's year, month by month, from its book.

Figures of the control account and of the batches alone: no row of a person is read.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.money import NOTHING
from ledger.people.batches import BATCH, COUNTED, TOTAL, UNDONE
from ledger.periods import Month
from ledger.schema import AccountYear, Voucher, VoucherLine
from ledger.vouchers import signed
from reports.people.budget import BudgetRow, budget_row
from reports.people.kinds import CONTROL, EXPENDITURE, INCOME, Kind, kinds

VOUCHER, LINE = Voucher.__table__, VoucherLine.__table__
MOVED = AccountYear.__table__


class MonthRow(NamedTuple):
    """What a month moved, by kind as its side has it, and the balance at its end."""

    month: Month
    moved: dict[str, Decimal]  # an expenditure is above zero
    balance: Decimal


class AccountsInYear(NamedTuple):
    year: int
    kinds: list[Kind]  # that moved or were carried forward
    opening: Decimal
    months: list[MonthRow]
    total: dict[str, Decimal]
    closing: Decimal
    batches: Decimal  # the same, as the batches say it
    budget: list[BudgetRow]  # lines that have one


def accounts_in_year(connection: Connection, book: str, year: int) -> AccountsInYear:
    """The control account of a book's year; months up to the last that moved."""
    opening = _before(connection, book, year)
    moved = _moved(connection, book, year)
    used = {name for sums in moved.values() for name in sums}
    shown = [kind for kind in kinds() if kind.name in used]
    last = max(moved, default=0)
    balance, months = opening, []
    total: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for number in range(1, last + 1):
        sums = moved.get(number, {})
        balance += sum(sums.values(), NOTHING)
        told = {kind.name: _told(kind, sums) for kind in shown}
        for name, amount in told.items():
            total[name] += amount
        months.append(MonthRow(Month(year, number), told, balance))
    region = book.partition("-")[0]
    return AccountsInYear(
        year,
        shown,
        opening,
        months,
        dict(total),
        balance,
        _batches(connection, region, year),
        _budget(connection, region, year, total),
    )


def keeps_accounts(connection: Connection, book: str) -> bool:
    """Whether a book has a control account of personal accounts, or batches."""
    region, _, kind = book.partition("-")
    if kind != "city-agency":
        return False
    query = select(BATCH.c.id).where(BATCH.c.region == region).limit(1)
    return connection.execute(query).first() is not None


def _told(kind: Kind, sums: dict[str, Decimal]) -> Decimal:
    amount = sums.get(kind.name, NOTHING)
    return -amount if kind.nature == EXPENDITURE and amount else amount


def _before(connection: Connection, book: str, year: int) -> Decimal:
    """Credit less debit of the years before."""
    amount = func.sum(MOVED.c.amount, type_=MOVED.c.amount.type)
    rows = connection.execute(
        select(MOVED.c.side, amount)
        .where(
            MOVED.c.book_id == book,
            MOVED.c.year < year,
            MOVED.c.subject.startswith(CONTROL),
        )
        .group_by(MOVED.c.side)
    )
    return -sum((signed(side, moved) for side, moved in rows), NOTHING)


def _moved(
    connection: Connection, book: str, year: int
) -> dict[int, dict[str, Decimal]]:
    """By month and kind: credit less debit of approved vouchers."""
    amount = func.sum(LINE.c.amount, type_=LINE.c.amount.type)
    keys = (VOUCHER.c.month, LINE.c.subject, LINE.c.side)
    rows = connection.execute(
        select(*keys, amount)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year == year,
            VOUCHER.c.number.is_not(None),
            LINE.c.subject.startswith(CONTROL),
        )
        .group_by(*keys)
    )
    found: dict[int, dict[str, Decimal]] = {}
    for month, subject, side, moved in rows:
        sums = found.setdefault(month, defaultdict(lambda: NOTHING))
        sums[subject.removeprefix(CONTROL)] -= signed(side, moved)
    return found


def _batches(connection: Connection, region: str, year: int) -> Decimal:
    """What the batches dated up to the year's end add up to."""
    total = func.sum(TOTAL.c.amount, type_=TOTAL.c.amount.type)
    found = connection.execute(
        select(total)
        .join(BATCH, BATCH.c.id == TOTAL.c.batch_id)
        .where(
            BATCH.c.region == region,
            BATCH.c.state.in_([COUNTED, UNDONE]),
            BATCH.c.dated < Month(year, 12).next.first_day,
        )
    ).scalar()
    return found if found is not None else NOTHING


def _budget(
    connection: Connection, region: str, year: int, total: dict[str, Decimal]
) -> list[BudgetRow]:
    """The year's budget lines: 收入, 支出, and kinds that have one of their own."""
    mine = [kind for kind in kinds() if kind.nature in (INCOME, EXPENDITURE)]
    actuals = dict.fromkeys(((n, n) for n in (INCOME, EXPENDITURE)), NOTHING)
    for kind in mine:
        actuals[kind.nature, kind.nature] += total[kind.name]
        actuals[kind.name, kind.nature] = total[kind.name]
    rows = (
        budget_row(connection, year, region, line, nature, actual)
        for (line, nature), actual in actuals.items()
    )
    return [row for row in rows if row.budget is not None]
