"""How the sample's forms look on paper: title, unit, header, rows, 小计, 合计."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from ledger import regions
from ledger.documents import Clearing, Opening, Quota, Transfer
from ledger.errors import UsageError
from ledger.funds import fund_names
from ledger.money import NOTHING

KINDS = {"xlsx": "", "csv": "utf-8-sig", "gb18030": "gb18030"}
EPOCH = date(1899, 12, 30).toordinal()  # of a workbook's days


class Layout(NamedTuple):
    """A form on paper; `sums` are the columns with a figure in 小计 and 合计."""

    sheet: str
    titles: tuple[str, ...]
    cells: Callable[[NamedTuple], tuple]
    sums: tuple[str, ...]


class Head(NamedTuple):
    """What stands above the header, and the day that the file was made."""

    title: str
    office: str
    made_on: date


def suffix(kind: str) -> str:
    """A file's ending for a kind; UsageError for a kind that there is not."""
    if kind not in KINDS:
        raise UsageError(f"“{kind}”不是样例文件的种类，应为{'、'.join(KINDS)}")
    return ".xlsx" if kind == "xlsx" else ".csv"


def write_form(
    path: Path,
    layout: Layout,
    head: Head,
    lines: Iterable[NamedTuple],
    *,
    group: Callable[[NamedTuple], str] | None = None,
    kind: str = "xlsx",
    large: bool = False,
) -> Path:
    """Write one file. `group` names the 小计 that a line belongs to.

    A `large` workbook is written row by row, its memory does not grow.
    """
    rows = _rows(layout, head, lines, group)
    if kind == "xlsx":
        _write_xlsx(path, layout, head, rows, large)
    else:
        _write_csv(path, rows, KINDS[kind])
    return path


def _rows(layout: Layout, head: Head, lines, group) -> Iterator[tuple[str, list]]:
    """Each row's look and cells, all of one width."""
    width = len(layout.titles)
    blanks = [""] * width
    yield "title", [head.title, *blanks[1:]]
    yield "plain", [f"填报单位：{head.office}", *blanks[2:], "单位：元"]
    yield "header", list(layout.titles)
    at = [layout.titles.index(title) for title in layout.sums]
    total, part, label = [NOTHING] * len(at), [NOTHING] * len(at), ""
    for line in lines:
        if group and (now := group(line)) != label:
            if label:
                yield "sum", _sum(label + "小计", at, part, width)
            part, label = [NOTHING] * len(at), now
        cells = layout.cells(line)
        counted = [cells[place] or 0 for place in at]
        total = [a + b for a, b in zip(total, counted)]
        if group:
            part = [a + b for a, b in zip(part, counted)]
        yield "plain", cells
    if label:
        yield "sum", _sum(label + "小计", at, part, width)
    if at:
        yield "sum", _sum("合计", at, total, width)
    yield "plain", [f"制表：样例    复核：样例    日期：{head.made_on}", *blanks[1:]]


def _sum(label: str, at: list[int], figures: list, width: int) -> list:
    cells = ["" for _ in range(width)]
    cells[0] = label
    for place, figure in zip(at, figures):
        cells[place] = figure
    return cells


def _write_csv(path: Path, rows: Iterator[tuple[str, list]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        written = csv.writer(file)
        for _, cells in rows:
            written.writerow(
                f"{c:.2f}" if isinstance(c, Decimal) else "" if c is None else str(c)
                for c in cells
            )


def _write_xlsx(path: Path, layout: Layout, head: Head, rows, large: bool) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": large})
    book.set_properties({"created": datetime(*head.made_on.timetuple()[:3])})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "header": book.add_format({"bold": True, "border": 1, "align": "center"}),
        "sum": book.add_format({"bold": True, "num_format": "#,##0.00"}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet = book.add_worksheet(layout.sheet)
    sheet.set_column(0, len(layout.titles) - 1, 15)
    sheet.freeze_panes(3, 0)
    for row, (look, cells) in enumerate(rows):
        if look == "title":
            last = len(layout.titles) - 1
            sheet.merge_range(row, 0, row, last, cells[0], formats["title"])
        else:
            _write_row(sheet, row, cells, formats, formats.get(look))
    book.close()


def _write_row(sheet, row: int, cells, formats: dict, look) -> None:
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell:
                sheet.write_string(row, at, cell, look)
        elif isinstance(cell, Decimal):
            sheet.write_number(row, at, float(cell), look or formats["amount"])
        elif isinstance(cell, date):
            sheet.write_number(row, at, cell.toordinal() - EPOCH, formats["day"])
        elif cell is not None:
            sheet.write_number(row, at, cell)


@cache
def name(code: str, on: date) -> str:
    return regions.name(code, on)


def _opening(line: Opening) -> tuple:
    fund = fund_names()[line.fund]
    sides = (line.debit or None, line.credit or None)
    return (line.book, line.cutoff, line.subject, line.detail, fund, *sides)


def _transfer(line: Transfer) -> tuple:
    payer, payee = name(line.payer, line.paid_on), name(line.payee, line.paid_on)
    return (
        *(line.paid_on, line.received_on, line.payer, payer, line.payee, payee),
        *(line.nature, line.scope, fund_names()[line.fund]),
        *(line.own, line.lower, line.total, str(line.quarter or ""), line.notice),
        *(line.payer_account, line.payee_account, line.payer_bank),
        *(line.serial, line.received_serial, line.attachments, line.note),
    )


def _clearing(line: Clearing) -> tuple:
    on = line.period.last_day
    return (
        *(line.list_number, line.nature, str(line.period), line.scope),
        *(line.insured, name(line.insured, on), line.place, name(line.place, on)),
        *line[8:],  # 险种 to 备注, in the form's order
    )


def _quota(line: Quota) -> tuple:
    place = name(line.region, line.quarter.first_day)
    return (
        *(str(line.quarter), line.edition, line.kind, line.region, place, line.fund),
        *(line.abroad, line.home, line.total, line.note),
    )


OPENINGS = Layout(
    "期初余额",
    tuple("账簿 截止日期 科目 辅助明细 险种 借方余额 贷方余额".split()),
    _opening,
    ("借方余额", "贷方余额"),
)
TRANSFERS = Layout(
    "划拨单",
    tuple(
        "付款日期 到账日期 付款方代码 付款方 收款方代码 收款方 资金性质 用途 险种 "
        "本级金额 下级金额 合计 所属季度 通知书编号 付款账号 收款账号 付款银行 "
        "交易流水号 收款流水号 附单据数 备注".split()
    ),
    _transfer,
    ("本级金额", "下级金额", "合计"),
)
COSTS = tuple(
    "医疗总费用 统筹支付 大病支付 公务员补助 个人账户支付 其他基金 基金支付".split()
)
CLEARINGS = Layout(
    "清算明细",
    (
        *"清算单号 清算性质 清算期 范围 参保地代码 参保地 就医地代码 就医地".split(),
        *("险种", "医疗类别", "人次", *COSTS, "确认日期", "备注"),
    ),
    _clearing,
    COSTS,
)
QUOTAS = Layout(
    "明细表",
    tuple(
        "季度 版次 类型 统筹区代码 统筹区 险种 跨省核定额 省内核定额 合计 备注".split()
    ),
    _quota,
    ("跨省核定额", "省内核定额", "合计"),
)
