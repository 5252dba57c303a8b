"""明细账 and 日记账: what happened on an account, with the balance after each line.

A month ends with 本期合计 and 本年累计, also when nothing moved. F0's opening balances
(X1) show as 期初余额, not as 发生额. At a year's start income and expenditure begin at
nothing; what earlier years left of them is in 净资产——上年结余, as in printed books.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Iterator, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger.money import NOTHING
from ledger.periods import month_of
from ledger.vouchers import DEBIT, signed
from reports.chosen import Chosen, Moved, chosen, moved, net_before, places
from reports.directions import Balance, balance, is_actual

BANKS = ("银行存款", "财政专户存款", "支出户存款", "收入户存款", "库存现金")


class LedgerRow(NamedTuple):
    """A row of a 三栏式明细账.

    kind: opening (期初余额), carried (上年结转), entry, month (本期合计), year (本年累计).
    """

    kind: str
    year: int
    month: int
    day: int | None
    summary: str
    balance: Balance
    voucher: str = ""  # 记-12
    voucher_id: int | None = None
    debit: Decimal | None = None
    credit: Decimal | None = None
    detail: str = ""
    fund: str = ""

    @property
    def direction(self) -> str:
        return self.balance.direction


class JournalRow(NamedTuple):
    """A row of a 日记账; kind: opening, entry, day (本日合计)."""

    kind: str
    dated: date
    summary: str
    balance: Decimal
    voucher: str = ""
    voucher_id: int | None = None
    income: Decimal | None = None
    spending: Decimal | None = None


def ledger_rows(
    connection: Connection,
    book: str,
    place: str,
    first: date,
    last: date,
    *,
    detail: str = "",
    fund: str = "",
) -> list[LedgerRow]:
    """The rows of an account from `first` to `last`, both included.

    `place` is a printed subject or an account; one above others holds all of them.
    """
    account = chosen(connection, book, place, last, detail=detail, fund=fund)
    actual = is_actual(connection, last)
    lines = moved(connection, book, account, date(first.year, 1, 1), last)
    rows: list[LedgerRow] = []
    for year in range(first.year, last.year + 1):
        since = max(first, date(year, 1, 1))
        until = min(last, date(year, 12, 31))
        mine = [line for line in lines if line.dated.year == year]
        net = net_before(connection, book, account, year)
        kind = "carried" if rows else "opening"
        rows += _year(account, mine, net, since, until, actual, kind)
    return rows


def journal_rows(
    connection: Connection, book: str, subject: str, first: date, last: date
) -> list[JournalRow]:
    """The journal of a bank or cash subject, each day with its totals."""
    account = chosen(connection, book, subject, last)
    lines = moved(connection, book, account, date(first.year, 1, 1), last)
    net = net_before(connection, book, account, first.year)
    before = [line for line in lines if line.dated < first]
    net += _net(before)
    rows = [JournalRow("opening", first, SUMMARIES["opening"], net)]
    for dated, group in groupby(lines[len(before) :], key=lambda line: line.dated):
        entries = list(group)
        for line in entries:
            net += _net([line])
            income, spending = _cells(line)
            rows.append(
                JournalRow(
                    "opening" if line.opening else "entry",
                    dated,
                    line.narration,
                    net,
                    line.voucher,
                    line.voucher_id,
                    income,
                    spending,
                )
            )
        income, spending = _sides(entries)
        day = JournalRow("day", dated, SUMMARIES["day"], net)
        rows.append(day._replace(income=income, spending=spending))
    return rows


def journals(connection: Connection, book: str) -> list[str]:
    """The printed subjects of a book that have a journal (§57)."""
    subjects = {place[0] for place in places(connection, book)}
    return sorted(s for s in subjects if s.partition("——")[0] in BANKS)


SUMMARIES = {
    "opening": "期初余额",
    "carried": "上年结转",
    "month": "本期合计",
    "year": "本年累计",
    "day": "本日合计",
}


def _year(
    account: Chosen,
    lines: Sequence[Moved],
    net: Decimal,
    first: date,
    last: date,
    actual: bool,
    kind: str,
) -> Iterator[LedgerRow]:
    """One year's rows: what was there, then month by month.

    `lines` are the whole year's up to `last`, `net` what the year took over.
    """

    def row(kind: str, on: date, day: int | None = None) -> LedgerRow:
        shown = balance(net, account.attribute, actual)
        return LedgerRow(kind, on.year, on.month, day, SUMMARIES.get(kind, ""), shown)

    net += _net([line for line in lines if line.dated < first])
    yield row(kind, first, first.day)
    month = month_of(first)
    while month.first_day <= last:
        entries = [x for x in lines if month_of(x.dated) == month and x.dated >= first]
        for line in entries:
            net += _net([line])
            yield _entry(row("entry", line.dated, line.dated.day), line)
        at = min(last, month.last_day)
        debit, credit = _sides(entries)
        yield row("month", at)._replace(debit=debit, credit=credit)
        debit, credit = _sides([line for line in lines if line.dated <= at])
        yield row("year", at)._replace(debit=debit, credit=credit)
        month = month.next


def _entry(row: LedgerRow, line: Moved) -> LedgerRow:
    debit, credit = _cells(line)
    return row._replace(
        kind="opening" if line.opening else "entry",
        summary=line.narration,
        voucher=line.voucher,
        voucher_id=line.voucher_id,
        debit=debit,
        credit=credit,
        detail=line.detail,
        fund=line.fund,
    )


def _cells(line: Moved) -> tuple[Decimal | None, Decimal | None]:
    """An entry's 借 and 贷; X1 gives a balance and no 发生额."""
    if line.opening:
        return None, None
    return (line.amount, None) if line.side == DEBIT else (None, line.amount)


def _net(lines: Sequence[Moved]) -> Decimal:
    return sum((signed(line.side, line.amount) for line in lines), NOTHING)


def _sides(lines: Sequence[Moved]) -> tuple[Decimal, Decimal]:
    """发生额 of both sides; red shrinks its own, X1 is none."""
    pairs = [_cells(line) for line in lines]
    debit = sum((pair[0] or NOTHING for pair in pairs), NOTHING)
    credit = sum((pair[1] or NOTHING for pair in pairs), NOTHING)
    return debit, credit
