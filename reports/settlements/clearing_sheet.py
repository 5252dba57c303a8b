"""Statements of a clearing between regions as workbooks to print and to send.

One for each city: what it owes and is owed, the lines behind; one for the province:
every pair, the matrices and the positions.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable, Sequence

from ledger import regions
from ledger.books import book_name
from ledger.funds import fund_names
from ledger.money import NOTHING
from ledger.periods import period as read_period
from posting_rules.entries import printed_period
from reports.settlements.clearing_statement import Line, Pair, Statement
from reports.settlements.clearings import KINDS
from reports.xlsx import Column, Sheet, workbook

NETTED = "多边轧差：实际收付按轧差后金额，各对之间的清算额供核对。"
RETURNS = "退还为退费、冲正，红字，在本期清算额中减去。"
ITEMS = (
    "项数按资金分列：一笔结算由统筹、其他基金、个账中几种资金支付的，每种各计一项，"
    "因此可多于汇总中的笔数。"
)
MONEY = (
    Column("笔数", "number", 8, "收费"),
    Column("金额", "money", 16, "收费"),
    Column("笔数", "number", 8, "退还"),
    Column("金额", "money", 16, "退还"),
)
BY_FUND = tuple(
    column._replace(title="项数") if column.title == "笔数" else column
    for column in MONEY
)


def city_workbook(made: Statement, region: str) -> bytes:
    """A city's statement; the same clearing gives the same bytes."""
    return workbook(city_sheets(made, region), _day(made))


def province_workbook(made: Statement) -> bytes:
    return workbook(province_sheets(made), _day(made))


def city_sheets(made: Statement, region: str) -> list[Sheet]:
    """汇总, then 应付, 应收 and 参保 line by line, where there are any."""
    sheets = [_summary(made, region)]
    for name, what, lines in (
        ("应付明细", "应付", [x for x in made.lines if x.payer == region]),
        ("应收明细", "应收", [x for x in made.lines if x.payee == region]),
        (
            "参保核对",
            "本地参保人由外地账户在外地支付（不收不付，供核对）",
            [x for x in made.lines if _insured_alone(x, region)],
        ),
    ):
        if lines:
            title = f"{_title(made, region)}：{what}"
            sheets.append(_detail(made, name, title, lines))
    return sheets + _paid_on(made, region)


def province_sheets(made: Statement) -> list[Sheet]:
    """Every pair, each matrix, the positions, what is paid on."""
    title = _title(made, made.head.province)
    columns = (
        Column("项目", width=14),
        Column("付款方", width=14),
        Column("收款方", width=14),
        Column("险种", width=12),
        *MONEY,
        Column("清算额", "money", 18),
        Column("实际收付", "money", 18),
    )
    rows = [
        (p.subject, _name(p.payer), _name(p.payee), _fund(p.fund), *_money(p))
        for p in made.pairs
    ]
    total = ("合计", "", "", "", *_money_total(made.pairs))
    sheets = [
        Sheet("各对", title, _line(made), columns, rows, total, _notes(made)),
    ]
    for subject, fund in made.lanes:
        sheets.append(_matrix(made, title, subject, fund))
    sheets.append(_positions(made, title))
    return sheets + _paid_on(made, "")


def _summary(made: Statement, region: str) -> Sheet:
    columns = (
        Column("收付", width=10),
        Column("项目", width=14),
        Column("对方统筹区", width=16),
        Column("险种", width=12),
        *MONEY,
        Column("清算额", "money", 18),
        Column("实际收付", "money", 18),
    )
    rows: list[tuple] = []
    sums = []
    for what, mine, other in (("应付", "payer", "payee"), ("应收", "payee", "payer")):
        pairs = [pair for pair in made.pairs if getattr(pair, mine) == region]
        rows += [
            (what, p.subject, _name(getattr(p, other)), _fund(p.fund), *_money(p))
            for p in pairs
        ]
        sums.append(_money_total(pairs))
        rows.append((f"{what}合计", "", "", "", *sums[-1]))
    left = tuple(owed - got for owed, got in zip(sums[0][-2:], sums[1][-2:]))
    total = ("应付减应收", "", "", "", "", "", "", "", *left)
    title = _title(made, region)
    return Sheet("汇总", title, _line(made), columns, rows, total, _notes(made))


def _detail(made: Statement, name: str, title: str, lines: Sequence[Line]) -> Sheet:
    """Lines by place, insured and grantor; premiums have no place and no category."""
    premiums = made.head.kind == "premiums"
    words = PREMIUM_WORDS if premiums else WORDS
    rows = [
        (
            *(say(line) for _, _, say in words),
            *line[-4:],
            line.total,
        )
        for line in lines
    ]
    wide = len(words)
    total = ("合计", *[""] * (wide - 1), *_added(row[wide:] for row in rows))
    columns = (*(Column(word, width=width) for word, width, _ in words),)
    columns += (*(MONEY if premiums else BY_FUND), Column("清算额", "money", 18))
    notes = _notes(made) if premiums else (ITEMS, *_notes(made))
    return Sheet(name, title, _line(made), columns, rows, total, notes)


def _matrix(made: Statement, title: str, subject: str, fund: str) -> Sheet:
    """Payers down, payees across."""
    owed = made.matrix(subject, fund)
    across = sorted({payee for _, payee in owed})
    down = sorted({payer for payer, _ in owed})
    columns = (
        Column("付款方＼收款方", width=16),
        *(Column(_name(payee), "money", 16) for payee in across),
        Column("应付合计", "money", 18),
    )
    rows = []
    for payer in down:
        amounts = [owed.get((payer, payee), NOTHING) for payee in across]
        rows.append((_name(payer), *amounts, sum(amounts, NOTHING)))
    total = ("应收合计", *_added(row[1:] for row in rows)) if rows else None
    name = f"矩阵{subject}{fund}"
    heading = f"{title}：{subject}（{_fund(fund)}）"
    return Sheet(name, heading, _line(made), columns, rows, total, _notes(made))


def _positions(made: Statement, title: str) -> Sheet:
    columns = (
        Column("项目", width=14),
        Column("险种", width=12),
        Column("统筹区", width=16),
        Column("应付", "money", 18, "清算额"),
        Column("应收", "money", 18, "清算额"),
        Column("应付减应收", "money", 18, "清算额"),
        Column("付出", "money", 18, "实际收付"),
        Column("收到", "money", 18, "实际收付"),
    )
    rows = [
        (subject, _fund(fund), _name(row.region), *row[1:])
        for subject, fund in made.lanes
        for row in made.positions(subject, fund)
    ]
    total = ("合计", "", "", *_added(row[3:] for row in rows)) if rows else None
    heading = f"{title}：净额"
    return Sheet("净额", heading, _line(made), columns, rows, total, _notes(made))


def _paid_on(made: Statement, region: str) -> list[Sheet]:
    """代缴保费转交; of one region, or of all."""
    parts = [part for part in made.paid_on if region in ("", part.payer)]
    if not parts:
        return []
    columns = (
        Column("参保地", width=16),
        Column("保费险种", width=24),
        Column("险种", width=12),
        Column("笔数", "number", 10),
        Column("转交金额", "money", 18),
    )
    rows = [(_name(p.payer), p.payee, _fund(p.fund), p.lines, p.net) for p in parts]
    total = ("合计", "", "", *_added(row[3:] for row in rows))
    title = f"{_title(made, region or made.head.province)}：转交"
    return [Sheet("转交", title, _line(made), columns, rows, total, _notes(made))]


def _title(made: Statement, region: str) -> str:
    head = made.head
    span = f"{head.period}年" if head.period.isdigit() else _span(head.period)
    return f"{_name(region)}{span}{KINDS[head.kind]}清算单（第{head.serial}号）"


def _span(period: str) -> str:
    return printed_period(read_period(period))


def _line(made: Statement) -> str:
    unit = book_name(f"{made.head.province}-province-agency")
    return f"编制单位：{unit}　　清算编号：{made.head.id}　　单位：元"


def _notes(made: Statement) -> tuple[str, ...]:
    signed = (
        f"制表：{made.head.made_by}　　制表日期：{_day(made)}　　"
        "复核：　　　　　　　　负责人：　　　　　　　　（盖章）"
    )
    notes = [RETURNS] if made.head.kind == "family" else []
    return (*notes, *([NETTED] if made.head.netted else []), "", signed)


def _insured_alone(line: Line, region: str) -> bool:
    return line.region == region and region not in (line.payer, line.payee)


def _money(pair: Pair) -> tuple:
    return pair[4:]


def _money_total(pairs: Sequence[Pair]) -> tuple:
    return _added(map(_money, pairs)) or (0, NOTHING, 0, NOTHING, NOTHING, NOTHING)


def _added(rows: Iterable[Sequence[Decimal]]) -> tuple:
    return tuple(sum(column) for column in zip(*rows))


def _name(region: str) -> str:
    return regions.name(region) if region else ""


def _fund(fund: str) -> str:
    return fund_names()[fund]


def _day(made: Statement) -> date:
    return date.fromisoformat(made.head.made_at[:10])


# A detail's columns of words: title, width, what a line says there.
PREMIUM_WORDS = (
    ("参保地", 12, lambda line: _name(line.region)),
    ("授权地", 12, lambda line: _name(line.grantor)),
    ("保费险种", 20, lambda line: line.part),
    ("险种", 12, lambda line: _fund(line.fund)),
    ("关系", 8, lambda line: line.relation),
    ("月份", 10, lambda line: line.month),
)
WORDS = (
    ("就医地", 12, lambda line: _name(line.place)),
    *PREMIUM_WORDS[:2],
    ("资金", 14, lambda line: line.part),
    PREMIUM_WORDS[3],
    ("费用类别", 14, lambda line: line.category),
    *PREMIUM_WORDS[4:],
)
