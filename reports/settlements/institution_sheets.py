"""Statements of a clearing with institutions, and the list of what is to be paid.

The list has the layout of F7 机构拨付单: filled with 付款日期 and 交易流水号 it is
imported as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.books import book_name
from ledger.funds import fund_names
from ledger.money import NOTHING
from ledger.settlements import clearing, institution_dues, institution_payments
from ledger.settlements.clearing import Part
from ledger.settlements.institution_dues import Owed
from reports.xlsx import Column, Sheet

MONEY = 16
PARTS = ("医疗总费用", "统筹", "其他基金", "个账", "共济")
PAYMENT = (
    *("付款日期", "机构代码", "机构名称", "结算期", "险种", "省内参保", "外省参保"),
    *("金额", "扣款", "付款账号", "收款账号", "交易流水号"),
)


class Statement(NamedTuple):
    """What a clearing says of one city's institutions."""

    place: str
    period: str
    serial: int
    owed: list[Owed]
    parts: list[Part]
    roster: dict[str, list]

    def name(self, code: str) -> str:
        rows = self.roster.get(code)
        return rows[-1].name if rows else ""

    def level(self, code: str) -> str:
        rows = self.roster.get(code)
        return rows[-1].level if rows else ""

    def account(self, code: str) -> str:
        rows = self.roster.get(code)
        return rows[-1].payee_account if rows else ""


def statements(connection: Connection, row) -> list[Statement]:
    """A clearing's statements, one a city, in the order of codes."""
    owed: dict[str, list[Owed]] = defaultdict(list)
    for one in institution_dues.cleared_sums(connection, row.id):
        owed[one.place].append(one)
    parts: dict[str, list[Part]] = defaultdict(list)
    for kept in clearing.parts_of(connection, row.id):
        parts[kept.part.payer].append(kept.part)
    codes = {one.institution for rows in owed.values() for one in rows}
    roster = institution_payments.roster(connection, codes)
    return [
        Statement(place, row.period, row.serial, owed[place], parts[place], roster)
        for place in sorted(owed)
    ]


def statement_sheet(made: Statement) -> Sheet:
    """定点医药机构结算单: what each institution's bills owe it, and what is paid."""
    funds = sorted({part.fund for part in made.parts})
    rows = _rows(made, funds)
    money = len(rows[0]) - 4
    sums = [sum((row[4 + at] for row in rows), NOTHING) for at in range(money)]
    total = ("合计", "", "", sum(row[3] for row in rows), *sums)
    line = f"经办机构：{book_name(f'{made.place}-city-agency')}　　单位：元"
    return Sheet(
        "结算单",
        f"{regions.name(made.place)}{made.period}定点医药机构结算单"
        + (f"（第{made.serial}次）" if made.serial > 1 else ""),
        line,
        (
            Column("机构代码", width=14),
            Column("机构名称", width=28),
            Column("机构级别", width=14),
            Column("笔数", "number", 10),
            *(Column(title, "money", MONEY) for title in PARTS),
            *(
                Column(fund_names().get(fund, fund), "money", MONEY, "应付（按险种）")
                for fund in funds
            ),
            Column("应付合计", "money", MONEY),
            Column("抵扣以前结转", "money", MONEY),
            Column("结转抵扣", "money", MONEY),
            Column("本次应拨", "money", MONEY),
        ),
        rows,
        total,
        ("应付低于零的，为结转抵扣，从以后的结算款中抵扣。",),
    )


def payment_sheet(made: Statement) -> Sheet:
    """机构拨付单, to be filled with 付款日期 and 交易流水号 (F7)."""
    kinds = {"金额": "money", "扣款": "money", "省内参保": "money", "外省参保": "money"}
    wide = {"机构名称": 28, "付款账号": 24, "收款账号": 24, "交易流水号": 24}
    rows = [
        _payment(made, part)
        for part in sorted(made.parts, key=lambda part: (part.payee, part.fund))
        if part.net
    ]
    at = PAYMENT.index("金额")
    total = ["合计", *[""] * (len(PAYMENT) - 1)]
    total[at] = sum((row[at] for row in rows), NOTHING)
    return Sheet(
        "机构拨付单",
        "机构拨付单",
        "单位：元",
        tuple(Column(t, kinds.get(t, "text"), wide.get(t, MONEY)) for t in PAYMENT),
        rows,
        total,
    )


def _rows(made: Statement, funds: Sequence[str]) -> list[tuple]:
    owed: dict[str, list[Owed]] = defaultdict(list)
    for one in made.owed:
        owed[one.institution].append(one)
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in made.parts:
        parts[part.payee].append(part)
    rows = []
    for code in sorted(owed):
        of = parts[code]
        gross = {fund: _sum(p.gross for p in of if p.fund == fund) for fund in funds}
        carried = _sum(min(part.gross, NOTHING) for part in of)
        net = _sum(part.net for part in of)
        due = _sum(gross.values())
        rows.append(
            (
                code,
                made.name(code),
                made.level(code),
                sum(one.lines for one in owed[code]),
                *(
                    _sum(getattr(one, field) for one in owed[code])
                    for field in ("total", "pooled", "other", "own", "shared")
                ),
                *gross.values(),
                due,
                net + carried - due,
                carried,
                net,
            )
        )
    return rows


def _payment(made: Statement, part: Part) -> tuple:
    filled = {
        "机构代码": part.payee,
        "机构名称": made.name(part.payee),
        "结算期": made.period,
        "险种": part.fund,
        "金额": part.net,
        "收款账号": made.account(part.payee),
    }
    return tuple(filled.get(title, "") for title in PAYMENT)


def _sum(amounts) -> Decimal:
    return sum(amounts, NOTHING)
