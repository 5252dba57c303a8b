"""What is open, as sheets beside the sharing of a region."""

from __future__ import annotations

from datetime import date
from typing import Sequence

from ledger import regions
from ledger.money import NOTHING
from reports.settlements.region_clearings import (
    ClearingLine,
    OwedInstitution,
)
from reports.settlements.sharing_open import Open
from reports.xlsx import Column, Sheet

OPEN = (
    Column("项目", width=16),
    Column("付款地", width=14),
    Column("收款地", width=14),
    Column("月份", width=10),
    Column("已有月数", "number", 10),
    Column("笔数", "number", 10),
    Column("应付", "money", 18),
    Column("应收", "money", 18),
)
OWED = (
    Column("机构代码", width=16),
    Column("机构名称", width=30),
    Column("级别", width=14),
    Column("未清算笔数", "number", 12),
    Column("未清算金额", "money", 18),
    Column("已清算未拨付", "money", 18),
    Column("合计", "money", 18),
)
CLEARINGS = (
    Column("清算", "number", 8),
    Column("种类", width=16),
    Column("清算期", width=10),
    Column("次", "number", 6),
    Column("项目", width=16),
    Column("对方", width=16),
    Column("笔数", "number", 10),
    Column("清算额", "money", 18),
    Column("收付额", "money", 18),
    Column("状态", width=10),
    Column("凭证", width=24),
)
SIGNS = "清算额、收付额：应收为正数，应付为负数。"


def open_sheet(unit: str, region: str, rows: Sequence[Open], on: date) -> Sheet:
    """未清算: what regions owe each other, by pair and month."""
    owes, is_owed = open_totals(rows, region)
    return Sheet(
        "未清算",
        "统筹区之间未清算",
        f"编制单位：{unit}　　截至{on}　　单位：元",
        OPEN,
        [
            (
                row.subject,
                regions.name(row.payer),
                regions.name(row.payee),
                row.month,
                row.age,
                row.lines,
                row.amount if row.payer == region else NOTHING,
                row.amount if row.payee == region else NOTHING,
            )
            for row in rows
        ],
        ("合计", "", "", "", "", sum(row.lines for row in rows), owes, is_owed),
    )


def open_totals(rows: Sequence[Open], region: str) -> tuple:
    """What a region owes and what it is owed."""
    owes = sum((row.amount for row in rows if row.payer == region), NOTHING)
    is_owed = sum((row.amount for row in rows if row.payee == region), NOTHING)
    return owes, is_owed


def institutions_sheet(unit: str, rows: Sequence[OwedInstitution], on: date) -> Sheet:
    """机构应付: every institution that is owed something."""
    return Sheet(
        "机构应付",
        "应付定点医药机构",
        f"编制单位：{unit}　　截至{on}　　单位：元",
        OWED,
        [(*row, row.total) for row in rows],
        ("合计", "", "", *institution_totals(rows)),
    )


def institution_totals(rows: Sequence[OwedInstitution]) -> tuple:
    """Lines and money not cleared, money not paid, both together."""
    waiting = sum((row.waiting for row in rows), NOTHING)
    due = sum((row.due for row in rows), NOTHING)
    return sum(row.lines for row in rows), waiting, due, waiting + due


def clearings_sheet(unit: str, year: int, rows: Sequence[ClearingLine]) -> Sheet:
    """清算: a year's clearings with their state."""
    return Sheet(
        "清算",
        f"{year}年清算",
        f"编制单位：{unit}　　单位：元",
        CLEARINGS,
        [
            (
                row.clearing_id,
                row.kind_name,
                row.period,
                row.serial,
                row.subject,
                row.other,
                row.lines,
                row.gross,
                row.net,
                row.state_name,
                "、".join(
                    f"{v.dated:%Y-%m} 记-{v.number}" if v.number else "草稿"
                    for v in row.vouchers
                ),
            )
            for row in rows
        ],
        None,
        (SIGNS,),
    )
