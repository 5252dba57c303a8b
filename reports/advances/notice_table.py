"""A notice's table as people read it: what a column says once is said once.

A form repeats on every row what a letter says in its head (文号, 期间, 账号). Columns
of which every row says the same, and which the head says, are `aside`: out of the
printed table, but in the workbook, beyond the print area, so that it reads back. So
are codes that a name tells, and amounts of which there are none.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from ledger.funds import fund_names
from ledger.money import grouped
from reports.advances.notice_paper import NoticePaper
from reports.xlsx import Column

SAID = (  # the head or the account's box says it
    *("通知书编号", "期间", "季度", "年度", "清算期", "期限"),
    *("收款户名", "收款账号", "开户行"),
)
FACTS = (  # told in the line above the table
    *("单位代码", "单位", "版次", "类型", "清算单号", "清算性质", "确认日期"),
)
CODES = {"参保地代码": "参保地", "就医地代码": "就医地"}  # a name says it on paper
EMPTY = (  # a list of clearings has them all, few of them figures
    *("医疗总费用", "统筹支付", "大病支付", "公务员补助", "个人账户支付", "其他基金"),
    "人次",
)
WITH_NOTES = 5  # columns; such a table has room for one of words by hand


class PrintedTable(NamedTuple):
    """Positions of the columns in the table and aside, and what is told above it."""

    shown: tuple[int, ...]
    aside: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]  # 版次, 1


def printed_table(paper: NoticePaper) -> PrintedTable:
    """Which columns a reader needs on each row."""
    shown, aside, facts, notes = [], [], [], None
    titles = {column.title for column in paper.columns}
    for at, column in enumerate(paper.columns):
        values = [row[at] for row in paper.rows]
        same = len({str(value) for value in values}) == 1
        if same and column.title in SAID and _said(paper, column.title, values[0]):
            aside.append(at)
        elif same and column.title in FACTS:
            aside.append(at)
            if text := cell_text(values[0], column):
                facts.append((column.title, text))
        elif column.title in CODES and CODES[column.title] in titles:
            aside.append(at)
        elif column.title in EMPTY and not any(values):
            aside.append(at)
        elif all(value in (None, "") for value in values):
            aside.append(at)
            notes = at if column.title == "备注" else notes
        else:
            shown.append(at)
    if notes is not None and len(shown) == WITH_NOTES:
        shown, aside = [*shown, notes], [at for at in aside if at != notes]
    return PrintedTable(tuple(shown), tuple(aside), tuple(facts))


def reader_value(value, column: Column):
    """What a reader sees of a cell: a fund by its name, which a form may write too."""
    if column.title == "险种":
        return fund_names().get(value, value)
    return value


def cell_text(value, column: Column) -> str:
    """A cell as it is printed; nothing for nothing, and for no money."""
    value = reader_value(value, column)
    if value is None or value == "":
        return ""
    if column.kind == "money" and isinstance(value, Decimal):
        return grouped(value) if value else ""
    return day_text(value) if isinstance(value, date) else str(value)


def day_text(day: date) -> str:
    """A day as a document writes it: 2018年1月15日."""
    return f"{day.year}年{day.month}月{day.day}日"


def total_text(value, column: Column) -> str:
    """A cell of the row 合计: a sum of nothing is 0.00."""
    if column.kind == "money" and isinstance(value, Decimal):
        return grouped(value)
    return cell_text(value, column)


def facts_text(facts: Sequence[tuple[str, str]]) -> str:
    """What is told above the table: 版次：1　类型：核定."""
    return "　".join(f"{title}：{value}" for title, value in facts)


def label_width(columns: Sequence[Column]) -> int:
    """How many columns the word 合计 takes: those before the first figure."""
    figures = [at for at, column in enumerate(columns) if column.kind != "text"]
    return max(1, figures[0]) if figures else len(columns)


def told_words(paper: NoticePaper) -> list[tuple[str, str, Decimal]]:
    """What stands in words below the table: of what, the words, the amount.

    One amount, or each sum that the table does not add to another.
    """
    told = [
        (f"{part.row[0]}（大写）", money_words(part.words), part.amount)
        for part in paper.sums
        if part.words
    ]
    return told or [("金额（大写）", money_words(paper.words), paper.amount)]


def money_words(words: str) -> str:
    """An amount in words with its currency (支付结算办法 附一 四)."""
    return f"人民币{words.removeprefix('人民币')}"


def _said(paper: NoticePaper, title: str, value) -> bool:
    """Whether the head, or the account's box, says just that."""
    payee = paper.payee
    if title == "期限":
        return value == paper.due_day or value in (None, "")
    if title == "通知书编号":
        return value == paper.number
    if title in ("收款户名", "收款账号", "开户行"):
        printed = payee and {
            "收款户名": payee.name,
            "收款账号": payee.number,
            "开户行": payee.bank,
        }
        return value in (None, "") or bool(payee) and value == printed[title]
    return bool(paper.period)
