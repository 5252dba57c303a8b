"""The pages' tables as workbook sheets, in yuan."""

from __future__ import annotations

from fractions import Fraction
from typing import Sequence

from reports.balances import BalanceRow, BalanceTotals
from reports.due import WHO_NAMES, DueRow
from reports.fava_board import BoardRow
from reports.fava_looks import LOOKS
from reports.ledgers import JournalRow, LedgerRow
from reports.xlsx import Column, Sheet

BALANCE_COLUMNS = (
    Column("科目编号", "text", 20),
    Column("科目名称", "text", 30),
    Column("借方", "money", 17, "期初余额"),
    Column("贷方", "money", 17, "期初余额"),
    Column("借方", "money", 17, "本期发生额"),
    Column("贷方", "money", 17, "本期发生额"),
    Column("借方", "money", 17, "本年累计发生额"),
    Column("贷方", "money", 17, "本年累计发生额"),
    Column("方向", "text", 6),
    Column("借方", "money", 17, "期末余额"),
    Column("贷方", "money", 17, "期末余额"),
)
LEDGER_COLUMNS = (
    Column("月", "number", 5),
    Column("日", "number", 5),
    Column("凭证字号", "text", 12),
    Column("摘要", "text", 46),
    Column("险种", "text", 14),
    Column("借方", "money", 17),
    Column("贷方", "money", 17),
    Column("方向", "text", 6),
    Column("余额", "money", 17),
)
JOURNAL_COLUMNS = (
    Column("日期", "day", 12),
    Column("凭证", "text", 12),
    Column("摘要", "text", 46),
    Column("收入", "money", 17),
    Column("支出", "money", 17),
    Column("余额", "money", 17),
)
DUE_COLUMNS = (
    Column("到期日", "day", 12),
    Column("印明日期", "day", 12),
    Column("事项", "text", 44),
    Column("期间", "text", 10),
    Column("责任方", "text", 16),
    Column("地区", "text", 20),
    Column("状态", "text", 8),
    Column("办理日", "day", 12),
    Column("迟（天）", "text", 9),
    Column("说明", "text", 36),
    Column("依据", "text", 40),
)


def balance_sheet(
    title: str, line: str, rows: Sequence[BalanceRow], totals: BalanceTotals
) -> Sheet:
    """科目余额表; 合计 is of the first level."""
    cells = [
        [
            row.code,
            f"{'　' * (row.level - 1)}{row.name}",
            *LOOKS.columns(row.opening_direction, row.opening),
            row.debit,
            row.credit,
            row.year_debit,
            row.year_credit,
            row.direction,
            *LOOKS.columns(row.direction, row.closing),
        ]
        for row in rows
    ]
    total = ["", "合计", *totals.opening, *totals.month, *totals.year, ""]
    return Sheet(
        "科目余额表", title, line, BALANCE_COLUMNS, cells, [*total, *totals.closing]
    )


def ledger_sheet(title: str, line: str, rows: Sequence[LedgerRow]) -> Sheet:
    cells = [
        [
            row.month,
            row.day,
            row.voucher,
            row.summary,
            LOOKS.fund(row.fund),
            row.debit,
            row.credit,
            row.direction,
            row.balance.amount,
        ]
        for row in rows
    ]
    return Sheet("明细账", title, line, LEDGER_COLUMNS, cells)


def journal_sheet(title: str, line: str, rows: Sequence[JournalRow]) -> Sheet:
    cells = [
        [row.dated, row.voucher, row.summary, row.income, row.spending, row.balance]
        for row in rows
    ]
    return Sheet("日记账", title, line, JOURNAL_COLUMNS, cells)


def due_sheet(title: str, line: str, rows: Sequence[DueRow]) -> Sheet:
    cells = [
        [
            row.due,
            row.printed,
            row.name,
            row.period,
            WHO_NAMES.get(row.who, row.who),
            row.region_name,
            row.state_name,
            row.done_on,
            str(row.late_by or ""),
            row.note,
            row.cite,
        ]
        for row in rows
    ]
    return Sheet("办理日历", title, line, DUE_COLUMNS, cells)


def board_sheet(
    title: str, line: str, rows: Sequence[BoardRow], total: BoardRow, whole: bool
) -> Sheet:
    """The board as a workbook's sheet, in yuan."""
    columns = [
        Column("付款方", "text", 22),
        Column("核定额", "money", 16),
        Column("预付金", "money", 16),
        Column("在途", "money", 14),
        Column("清算", "money", 16),
        Column("剩余", "money", 16),
        Column("使用率", "rate", 10),
        Column("预警", "text", 10),
        Column("距黄色预警", "money", 16),
        Column("距红色预警", "money", 16),
        *([] if whole else [Column("全部资金预警", "text", 12)]),
    ]
    return Sheet(
        "预付金看板",
        title,
        line,
        tuple(columns),
        [_cells(row) for row in rows],
        _cells(total),
    )


def _cells(row: BoardRow) -> list:
    return [
        row.name,
        row.quota,
        row.advance,
        row.under_way,
        row.cleared,
        row.remaining,
        _cut(row.rate),
        row.level_name,
        row.to_yellow,
        row.to_red,
        row.overall_name,
    ]


def _cut(rate: Fraction | None) -> Fraction | str:
    """A rate cut to 0.01 %, so that no cell shows it over a threshold."""
    if rate is None:
        return "无预付金"
    sign = -1 if rate < 0 else 1
    return sign * Fraction(abs(rate.numerator) * 10_000 // rate.denominator, 10_000)
