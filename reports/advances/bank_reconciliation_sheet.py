"""银行存款余额调节表 as a workbook of one page to sign (BOOKS.md, 图6-47).

Above both sides up to 调整后余额, in the middle the month's totals, below the two lists
of 未达账项 with 形成原因.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from ledger.advances.bank_accounts import masked
from ledger.books import book_name
from ledger.money import NOTHING
from reports.advances.bank_reconciliation import Item, Reconciliation
from reports.xlsx import FORMATS, LONGEST, OPTIONS

WIDTHS = (30, 13, 34, 17, 17, 34)
LAST = len(WIDTHS) - 1
HEADER = ("凭证号／流水号", "日期", "摘要", "借方（收入）", "贷方（支出）", "形成原因")
SIGNED = ("资金管理：", "会计稽核：", "财务负责人：")
BANK_ONLY, BOOK_ONLY = "银行已收付、单位未收付", "单位已收付、银行未收付"


def adjusted_rows(made: Reconciliation) -> list[tuple[str, Decimal, str, Decimal]]:
    """The upper part: the book's side and beside it the statement's."""
    bank, book = made.bank_only, made.book_only
    return [
        ("单位账面余额", made.book, "银行对账单余额", made.statement),
        ("加：银行已收、单位未收", _came(bank), "加：单位已收、银行未收", _came(book)),
        ("减：银行已付、单位未付", _went(bank), "减：单位已付、银行未付", _went(book)),
        ("调节后余额", made.book_adjusted, "调节后余额", made.statement_adjusted),
    ]


def month_rows(made: Reconciliation) -> list[tuple[str, Decimal, str, Decimal]]:
    """The middle part: what the month's vouchers and the bank's lines come to."""
    return [
        (
            "本月凭证借方合计",
            made.month_book[0],
            "本月银行收入合计",
            made.month_bank[0],
        ),
        (
            "本月凭证贷方合计",
            made.month_book[1],
            "本月银行支出合计",
            made.month_bank[1],
        ),
    ]


def headline(made: Reconciliation, unmasked: bool = False) -> str:
    numbers = dict.fromkeys(account.number for account in made.accounts)
    shown = "、".join(number if unmasked else masked(number) for number in numbers)
    one = made.accounts[0]
    return (
        f"{book_name(one.agency_book)}　{one.subject}　账号：{shown}　"
        f"对账单至：{made.until}　截止日：{made.on}　单位：元"
    )


def reconciliation_workbook(made: Reconciliation) -> bytes:
    """The form; the same rows and day give the same bytes."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    book.set_properties({"created": datetime(*made.on.timetuple()[:3])})
    page = book.add_worksheet("余额调节表")
    _write(page, made, _looks(book))
    book.close()
    return stream.getvalue()


def _write(page, made: Reconciliation, looks: dict) -> None:
    page.merge_range(0, 0, 0, LAST, "银行存款余额调节表", looks["title"])
    page.merge_range(1, 0, 1, LAST, headline(made, unmasked=True), looks["line"])
    at = 2
    for rows in (adjusted_rows(made), month_rows(made)):
        for mine, amount, theirs, other in rows:
            weight = "bold " if mine.startswith("调节后") else ""
            page.write_string(at, 0, mine, looks[f"{weight}text"])
            page.merge_range(at, 1, at, 2, float(amount), looks[f"{weight}money"])
            page.merge_range(at, 3, at, 4, theirs, looks[f"{weight}text"])
            page.write_number(at, 5, float(other), looks[f"{weight}money"])
            at += 1
    for title, items in ((BANK_ONLY, made.bank_only), (BOOK_ONLY, made.book_only)):
        at = _write_items(page, at, title, items, looks)
    words = (
        "调节后双方余额相符。"
        if not made.difference
        else (f"调节后双方余额相差{made.difference:,.2f}元，原因待查。")
    )
    page.merge_range(at, 0, at, LAST, words, looks["line"])
    page.write_string(at + 2, 0, SIGNED[0], looks["line"])
    page.write_string(at + 2, 2, SIGNED[1], looks["line"])
    page.write_string(at + 2, 4, SIGNED[2], looks["line"])
    for number, width in enumerate(WIDTHS):
        page.set_column(number, number, width)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.print_area(0, 0, at + 2, LAST)
    page.set_footer("&L&F&R第 &P 页 共 &N 页")


def _write_items(page, at: int, title: str, items: list[Item], looks: dict) -> int:
    page.merge_range(at, 0, at, LAST, title, looks["head"])
    for number, word in enumerate(HEADER):
        page.write_string(at + 1, number, word, looks["head"])
    at += 2
    for item in items:
        page.write_string(at, 0, item.name[:LONGEST], looks["text"])
        page.write_datetime(at, 1, datetime(*item.on.timetuple()[:3]), looks["day"])
        page.write_string(at, 2, item.words[:LONGEST], looks["text"])
        page.write_number(at, 3, float(item.debit), looks["money"])
        page.write_number(at, 4, float(item.credit), looks["money"])
        page.write_string(at, 5, item.reason[:LONGEST], looks["text"])
        at += 1
    if not items:
        page.merge_range(at, 0, at, LAST, "（没有）", looks["text"])
        at += 1
    return at


def _looks(book) -> dict:
    border = {"border": 1, "border_color": "#BBBBBB", "valign": "vcenter"}
    looks = {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "line": book.add_format({"font_color": "#333333"}),
        "head": book.add_format(
            {**border, "bold": True, "align": "center", "bg_color": "#EEF1F4"}
        ),
        "day": book.add_format({**border, "num_format": FORMATS["day"]}),
    }
    for weight in ("", "bold "):
        bold = {**border, "bold": bool(weight), "text_wrap": True}
        looks[f"{weight}text"] = book.add_format({**bold, "num_format": "@"})
        looks[f"{weight}money"] = book.add_format(
            {**bold, "num_format": FORMATS["money"]}
        )
    return looks


def _came(items: list[Item]) -> Decimal:
    return sum((item.debit for item in items), NOTHING)


def _went(items: list[Item]) -> Decimal:
    return sum((item.credit for item in items), NOTHING)
