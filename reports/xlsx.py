"""Workbooks: a report's rows as an xlsx that people go on reckoning with.

Amounts are numbers with a format, texts stay texts: a cell that begins with = is
shown, never reckoned. The same rows and day give the same bytes.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Iterable, NamedTuple, Sequence

import xlsxwriter

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
LONG_OPTIONS = {**OPTIONS, "in_memory": False, "constant_memory": True}
FORMATS = {
    "money": "#,##0.00;[Red]-#,##0.00;",  # zero stays blank
    "rate": "0.00%",
    "day": "yyyy-mm-dd",
    "text": "@",
    "number": "0",
}
LONGEST = 32_767  # characters that a cell can hold


class Column(NamedTuple):
    """A column's title and kind; columns of one `group` share a heading above."""

    title: str
    kind: str = "text"  # money, rate, day, number, text
    width: int = 16
    group: str = ""


class Sheet(NamedTuple):
    """A table as a report prints it: title, unit line, header, rows, 合计."""

    name: str
    title: str
    line: str  # below the title: 单位：元
    columns: tuple[Column, ...]
    rows: Iterable[Sequence]
    total: Sequence | None = None
    notes: Sequence[str] = ()


def workbook(sheets: Sequence[Sheet], on: date, long: bool = False) -> bytes:
    """The sheets as one xlsx file; `on` is the day that it says it was made.

    `long`: rows go to disk one by one, also from an iterator; headings above others
    (`group`) cannot be had then.
    """
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, LONG_OPTIONS if long else OPTIONS)
    book.set_properties({"created": datetime(on.year, on.month, on.day)})
    formats = _formats(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet_name(sheet.name)), sheet, formats)
    book.close()
    return stream.getvalue()


def _write(page, sheet: Sheet, formats: dict) -> None:
    last = len(sheet.columns) - 1
    page.merge_range(0, 0, 0, last, "", formats["title"])
    page.write_string(0, 0, sheet.title[:LONGEST], formats["title"])
    page.write_string(1, 0, sheet.line[:LONGEST], formats["line"])
    at = _write_header(page, sheet.columns, formats)
    page.freeze_panes(at, 0)
    page.repeat_rows(0, at - 1)
    for row in sheet.rows:
        _write_row(page, at, sheet.columns, row, formats, "")
        at += 1
    if sheet.total is not None:
        _write_row(page, at, sheet.columns, sheet.total, formats, "total ")
        at += 1
    for note in sheet.notes:
        page.write_string(at, 0, note[:LONGEST], formats["line"])
        at += 1
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer("&L&F&R第 &P 页 共 &N 页")


def _write_header(page, columns: Sequence[Column], formats: dict) -> int:
    """One row of titles, or two where columns have a heading above; the next row."""
    grouped = any(column.group for column in columns)
    top, below = 2, 3 if grouped else 2
    for number, column in enumerate(columns):
        if grouped and not column.group:
            page.merge_range(top, number, below, number, column.title, formats["head"])
        else:
            page.write_string(below, number, column.title, formats["head"])
    number = 0
    while grouped and number < len(columns):
        group = columns[number].group
        width = 1
        while number + width < len(columns) and columns[number + width].group == group:
            width += 1
        if group and width > 1:
            end = number + width - 1
            page.merge_range(top, number, top, end, group, formats["head"])
        elif group:
            page.write_string(top, number, group, formats["head"])
        number += width if group else 1
    return below + 1


def _write_row(
    page, at: int, columns: Sequence[Column], row: Sequence, formats: dict, weight: str
) -> None:
    for number, (column, value) in enumerate(zip(columns, row)):
        look = formats[weight + column.kind]
        if value is None or value == "":
            page.write_blank(at, number, None, look)
        elif isinstance(value, (Decimal, Fraction, int)):
            page.write_number(at, number, float(value), look)
        elif isinstance(value, date):
            page.write_datetime(at, number, value, look)
        else:
            # A text in a column of numbers, such as 无预付金, is a text there too.
            look = look if column.kind == "text" else formats[weight + "text"]
            page.write_string(at, number, str(value)[:LONGEST], look)


def _formats(book) -> dict:
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14, "align": "center"}),
        "line": book.add_format({"font_color": "#555555"}),
        "head": book.add_format(
            {
                "bold": True,
                "border": 1,
                "align": "center",
                "valign": "vcenter",
                "bg_color": "#EEF1F4",
                "text_wrap": True,
            }
        ),
    }
    for kind, number_format in FORMATS.items():
        look = {"border": 1, "border_color": "#BBBBBB", "num_format": number_format}
        formats[kind] = book.add_format(look)
        formats[f"total {kind}"] = book.add_format({**look, "bold": True, "top": 2})
    return formats


def sheet_name(name: str) -> str:
    """A worksheet's name: without what Excel forbids, 31 characters at most."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in name)
    return kept.strip(" '")[:31] or "表"
