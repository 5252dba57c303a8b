"""What a region's institutions are due, what was withheld and paid, and what is open.

An amount that no clearing has taken yet stands by itself. Drafts count as paid, and
are told apart.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.books import book_name
from ledger.funds import fund_names
from ledger.money import NOTHING
from ledger.periods import Month, Quarter, period
from ledger.settlements import institution_dues, institution_payments
from ledger.settlements.institution_dues import Due
from posting_rules.personal import fund_of_accounts
from reports.xlsx import Column, Sheet

ANY_MONTH = "9999-12"
UNKNOWN = "机构不详"  # 补记 that name no institution: nobody can be paid


class InstitutionRow(NamedTuple):
    """An institution's money of one fund; `open` is due less deducted and paid.

    `uncleared` waits for a clearing and is not in `due`; `waiting` is the part of
    deducted and paid that is a draft. `since` is the oldest period that is not wholly
    paid, `age` the days from its end, None where nothing is open.
    """

    institution: str
    name: str
    level: str
    fund: str
    uncleared: Decimal
    due: Decimal
    deducted: Decimal
    paid: Decimal
    waiting: Decimal
    open: Decimal
    since: str
    age: int | None

    @property
    def fund_name(self) -> str:
        return fund_names().get(self.fund, self.fund)


def institution_rows(
    connection: Connection,
    region: str,
    on: date,
    of_period: Month | Quarter | None = None,
) -> list[InstitutionRow]:
    """By institution and fund, of one 结算期 or of all, with what is not cleared."""
    asked = [str(of_period)] if of_period else []
    dues: dict[tuple[str, str], list[Due]] = defaultdict(list)
    for due in institution_dues.dues(connection, region, asked):
        dues[due.institution, due.fund].append(due)
    uncleared = {} if of_period else _uncleared(connection, region)
    keys = sorted(dues.keys() | uncleared.keys())
    roster = institution_payments.roster(connection, {code for code, _ in keys})
    return [
        _row(key, dues.get(key, []), uncleared.get(key, NOTHING), roster, on)
        for key in keys
    ]


def total(rows: Sequence[InstitutionRow]) -> list[Decimal]:
    """Sums of the money: uncleared, due, deducted, paid, waiting, open."""
    return [
        sum((getattr(row, name) for row in rows), NOTHING)
        for name in InstitutionRow._fields[4:10]
    ]


def institutions_sheet(
    region: str,
    on: date,
    of_period: Month | Quarter | None,
    rows: Sequence[InstitutionRow],
) -> Sheet:
    """The rows as people print them."""
    span = f"{of_period}" if of_period else "各期"
    unit = book_name(f"{region}-city-agency")
    money = ("未出结算单", "应付", "审核扣款", "已拨付", "其中待审核", "未付")
    return Sheet(
        "机构结算",
        f"{regions.name(region)}定点医药机构结算情况（{span}）",
        f"编制单位：{unit}　　截至{on}　　单位：元",
        (
            Column("机构代码", width=14),
            Column("机构名称", width=28),
            Column("机构级别", width=14),
            Column("险种", width=14),
            *(Column(title, "money", 18) for title in money),
            Column("最早未付结算期", width=16),
            Column("账龄（天）", "number", 12),
        ),
        [
            (row.institution, row.name, row.level, row.fund_name, *row[4:])
            for row in rows
        ],
        ("合计", "", "", "", *total(rows), "", ""),
        ("未付低于零的，为结转抵扣，从以后的结算款中抵扣。",),
    )


def _uncleared(connection: Connection, region: str) -> dict[tuple[str, str], Decimal]:
    """By institution and fund: what no clearing has taken."""
    waits: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for row in institution_dues.open_sums(
        connection, ANY_MONTH, [region], unnamed=True
    ):
        waits[row.institution, row.fund] += row.funds
        if row.accounts:
            waits[row.institution, fund_of_accounts(region)] += row.accounts
    return waits


def _row(
    key: tuple[str, str],
    dues: Sequence[Due],
    uncleared: Decimal,
    roster: dict[str, list],
    on: date,
) -> InstitutionRow:
    code, fund = key
    known = roster[code][-1] if code in roster else None
    ends = sorted(
        (period(due.period).last_day, due.period) for due in dues if due.payable > 0
    )
    last_day, since = ends[0] if ends else (on, "")
    return InstitutionRow(
        institution=code,
        name=known.name if known else ("" if code else UNKNOWN),
        level=known.level if known else "",
        fund=fund,
        uncleared=uncleared,
        due=_sum(due.gross for due in dues),
        deducted=_sum(due.deducted for due in dues),
        paid=_sum(due.vouched + due.paid for due in dues),
        waiting=_sum(due.waiting for due in dues),
        open=_sum(due.open for due in dues),
        since=since,
        age=(on - last_day).days if ends else None,
    )


def _sum(amounts) -> Decimal:
    return sum(amounts, NOTHING)
