"""A notice as a workbook: A4 to print and sign, and the form that reads back.

Below the table no text stands in a column of figures, so that an importer takes it
for what follows 合计. What happened since (steps, states) is not in it: the same
paper gives the same bytes. Columns that the head says already stand to the right of
the printed area.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Sequence

import xlsxwriter
from wcwidth import wcswidth

from ledger.money import grouped
from reports.advances.notice_paper import NoticePaper
from reports.advances.notice_table import (
    PrintedTable,
    day_text,
    facts_text,
    label_width,
    money_words,
    printed_table,
    reader_value,
)
from reports.xlsx import LONGEST, OPTIONS, Column, sheet_name

UPRIGHT, LYING = 88, 132  # what fits a page's width at full size, in characters
WIDEST_UPRIGHT = 7  # columns
LINE = 20  # points, a line of text
LARGEST_NUMBER = 10**13  # a cell's number holds its fen up to here
MONEY = "#,##0.00;-#,##0.00;"  # zero stays blank
A4 = 9
FACES = {
    "office": {"font_name": "华文中宋", "font_size": 26, "font_color": "#C8102E"},
    "rule": {"top": 6, "top_color": "#C8102E", "align": "right"},
    "title": {"font_name": "华文中宋", "font_size": 20, "bold": True},
    "body": {"font_size": 14, "align": "left", "text_wrap": True},
    "facts": {"align": "left"},
    "unit": {"align": "right"},
    "head": {"bold": True, "border": 1, "text_wrap": True, "bg_color": "#F2F2F2"},
    "aside": {"font_color": "#808080", "text_wrap": True, "font_size": 9},
    "text": {"border": 1, "num_format": "@"},
    "words": {"border": 1, "align": "left", "bold": True, "text_wrap": True},
    "box": {"border": 1, "align": "left", "text_wrap": True, "indent": 1},
    "note": {"align": "left", "text_wrap": True, "font_size": 10},
    "sign": {"align": "left"},
    "seal": {"align": "right", "indent": 3, "font_size": 13},
    "basis": {"align": "left", "font_size": 9, "top": 1},
}
KINDS = {
    "money": {"num_format": MONEY, "align": "right"},
    "day": {"num_format": "yyyy-mm-dd"},
    "rate": {"num_format": "0.00%", "align": "right"},
    "number": {"num_format": "0"},
    "text": {"num_format": "@", "text_wrap": True},
}


def notice_workbook(paper: NoticePaper) -> bytes:
    """The notice as an xlsx file, signature lines and place of the seal included."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    made = paper.made_on
    book.set_properties(
        {"title": paper.title, "created": datetime(made.year, made.month, made.day)}
    )
    sheet = _Sheet(book, paper)
    sheet.head()
    sheet.table()
    sheet.below()
    sheet.set_up()
    book.close()
    return stream.getvalue()


class _Sheet:
    """The sheet as it grows downward; `at` is the next row, from 0."""

    def __init__(self, book, paper: NoticePaper):
        self.paper = paper
        self.printed: PrintedTable = printed_table(paper)
        self.columns = [paper.columns[at] for at in self.printed.shown]
        self.last = max(len(self.columns) - 1, 2)
        self.lying = len(self.columns) > WIDEST_UPRIGHT
        self.widths = _widths(self.columns, LYING if self.lying else UPRIGHT)
        self.faces = _faces(book)
        self.page = book.add_worksheet(sheet_name(paper.title))
        self.at = self.header = 0

    def line(self, text: str, face: str, lines: float = 1) -> None:
        """One row of text over the whole width, as high as the text needs."""
        size = FACES[face].get("font_size", 11)
        if FACES[face].get("text_wrap"):
            fits = sum(self.widths) * 11 / size - 4
            lines = sum(
                max(1, ceil(max(wcswidth(part), 0) / fits)) for part in text.split("\n")
            )
        look = self.faces[face]
        self.page.merge_range(self.at, 0, self.at, self.last, "", look)
        self.page.write_string(self.at, 0, text[:LONGEST], look)
        self.page.set_row(self.at, max(lines * size * 1.5, LINE))
        self.at += 1

    def head(self) -> None:
        """From the office's name to the unit above the table."""
        paper = self.paper
        if paper.office:
            self.line(paper.office, "office", 1.1)
        self.line(paper.number, "rule")
        self.line(f"{paper.period}{paper.title}", "title", 1.3)
        if paper.addressee:
            self.line(f"{paper.addressee}：", "body")
        for part in paper.text.splitlines():
            self.line(f"　　{part}", "body")
        middle = self.last - 1
        facts = facts_text(self.printed.facts)[:LONGEST]
        self.page.merge_range(self.at, 0, self.at, middle, facts, self.faces["facts"])
        self.page.write_string(self.at, self.last, "单位：元", self.faces["unit"])
        self.page.set_row(self.at, LINE)
        self.at += 1

    def table(self) -> None:
        """The header, the lines and 合计; then the amount in words."""
        order = [*self.printed.shown, *self.printed.aside]
        outside = len(self.columns)
        for place, position in enumerate(order):
            column = self.paper.columns[position]
            look = "head" if place < outside else "aside"
            # A blank column may lie between where the table is narrower than its head.
            self.page.write_string(
                self.at, self._place(place), column.title, self.faces[look]
            )
        self.page.set_row(self.at, 1.5 * LINE)
        self.header = self.at
        self.at += 1
        for row in self.paper.rows:
            for place, position in enumerate(order):
                self._cell(place, position, row[position], place >= outside)
            self.page.set_row(self.at, LINE)
            self.at += 1
        self._total()
        words = money_words(self.paper)
        self.line(
            f"金额（大写）：{words}　　（小写）：¥{grouped(self.paper.amount)}", "words"
        )

    def _total(self) -> None:
        width = label_width(self.columns)
        look = self.faces["head"]
        if width > 1:
            self.page.merge_range(self.at, 0, self.at, width - 1, "合计", look)
        else:
            self.page.write_string(self.at, 0, "合计", look)
        for place, position in enumerate(self.printed.shown):
            if place >= width:
                value = self.paper.total[position]
                self._cell(place, position, value, False, "sum ")
        self.page.set_row(self.at, LINE)
        self.at += 1

    def _cell(self, place, position, value, aside: bool, weight: str = "") -> None:
        column = self.paper.columns[position]
        value = reader_value(value, column)
        look = self.faces[("aside " if aside else weight) + column.kind]
        where = self.at, self._place(place)
        if value is None or value == "":
            self.page.write_blank(*where, None, look)
        elif isinstance(value, date):
            self.page.write_datetime(*where, value, look)
        elif isinstance(value, (Decimal, int)) and abs(value) < LARGEST_NUMBER:
            self.page.write_number(*where, float(value), look)
        else:
            self.page.write_string(*where, str(value)[:LONGEST], look)

    def _place(self, place: int) -> int:
        """Columns aside begin after the printed ones and a blank one."""
        return place if place < len(self.columns) else place + self._gap()

    def _gap(self) -> int:
        return self.last + 2 - len(self.columns)

    def below(self) -> None:
        """Where the money goes, notes, signatures, seals."""
        paper = self.paper
        if paper.payee:
            self.line(f"收款账户　开户名称：{paper.payee.name}", "box")
            self.line(f"　　　　　账　　号：{paper.payee.number}", "box")
            self.line(f"　　　　　开户银行：{paper.payee.bank}", "box")
        if paper.due_day:
            self.line(f"到账期限　{day_text(paper.due_day)}前", "box")
        for number, note in enumerate(paper.notes, 1):
            self.line(f"说明{number}：{note}", "note")
        self.line("", "sign", 0.5)
        blank = "＿＿＿＿＿＿"
        names = ("经办人", "复核人", "负责人")
        self.line("　　".join(f"{name}：{blank}" for name in names), "sign", 1.5)
        self.line("", "sign", 0.5)
        self.line(f"{paper.office}（公章）", "seal")
        self.line(day_text(paper.made_on), "seal")
        self.line("", "sign", 0.5)
        for opinion in paper.opinions:
            hand = "经办人：　　　　　　　负责人：　　　　　　　（公章）　　　　"
            self.line(f"{opinion.title}：\n\n{hand}　　年　　月　　日", "box")
        self.line(f"依据：{paper.cite}", "basis")

    def set_up(self) -> None:
        """Widths, and how it is printed: one page wide, the header on every page."""
        page = self.page
        for number, width in enumerate(self.widths):
            page.set_column(number, number, width)
        for place in range(len(self.columns), len(self.paper.columns)):
            page.set_column(self._place(place), self._place(place), 14)
        if self.lying:
            page.set_landscape()
        page.set_paper(A4)
        page.print_area(0, 0, self.at - 1, self.last)
        page.fit_to_pages(1, 0)
        page.repeat_rows(self.header)
        page.center_horizontally()
        page.set_margins(left=0.8, right=0.7, top=0.8, bottom=0.8)
        number = self.paper.number.replace("&", "&&")
        page.set_footer(f"&L{number}&R第 &P 页 共 &N 页")
        page.hide_gridlines(2)


def _widths(columns: Sequence[Column], page: int) -> list[float]:
    """The columns' widths, stretched over the page; never fewer than three."""
    widths = [float(column.width) for column in columns]
    widths += [12.0] * (3 - len(widths))
    stretch = max(1.0, page / sum(widths))
    return [round(width * stretch, 1) for width in widths]


def _faces(book) -> dict:
    plain = {"font_name": "仿宋", "font_size": 11, "align": "center"}
    plain["valign"] = "vcenter"
    faces = {name: book.add_format({**plain, **face}) for name, face in FACES.items()}
    for kind, face in KINDS.items():
        faces[kind] = book.add_format({**plain, "border": 1, **face})
        faces[f"sum {kind}"] = book.add_format(
            {**plain, "border": 1, **face, "bold": True}
        )
        faces[f"aside {kind}"] = book.add_format(
            {**plain, **face, "font_color": "#808080", "font_size": 9}
        )
    return faces
