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
from typing import Sequence

import xlsxwriter

from ledger.money import grouped
from reports.advances.notice_faces import (
    ASIDE_WIDTH,
    LINE,
    LYING,
    UPRIGHT,
    faces,
    line_height,
    row_height,
    widths,
)
from reports.advances.notice_paper import NoticePaper
from reports.advances.notice_table import (
    PrintedTable,
    cell_text,
    day_text,
    facts_text,
    label_width,
    printed_table,
    reader_value,
    told_words,
)
from reports.xlsx import LONGEST, OPTIONS, sheet_name

WIDEST_UPRIGHT = 7  # columns
LARGEST_NUMBER = 10**13  # a cell's number holds its fen up to here
A4 = 9
ASIDE = "以下各栏供导入时读取，不打印"
COPY = "收到的文书，按登记的内容打印，以原件为准。"
BLANK = "＿＿＿＿＿＿＿"


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
        self.texts = [
            [cell_text(row[at], paper.columns[at]) for at in self.printed.shown]
            for row in [*paper.rows, paper.total]
        ]
        titles = [column.title for column in self.columns]
        self.widths = widths(titles, self.texts, LYING if self.lying else UPRIGHT)
        self.faces = faces(book)
        self.page = book.add_worksheet(sheet_name(paper.title))
        self.at = self.header = 0

    def line(self, text: str, face: str, lines: float = 1) -> None:
        """One row of text over the whole width, as high as the text needs."""
        height = line_height(text, face, sum(self.widths), lines)
        look = self.faces[face]
        self.page.merge_range(self.at, 0, self.at, self.last, "", look)
        self.page.write_string(self.at, 0, text[:LONGEST], look)
        self.page.set_row(self.at, height)
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
        if self.printed.aside:
            where = self.at, self._place(len(self.columns))
            self.page.write_string(*where, ASIDE, self.faces["aside"])
        self.page.set_row(self.at, LINE)
        self.at += 1

    def table(self) -> None:
        """The header, the lines and 合计; then the amount in words."""
        order = [*self.printed.shown, *self.printed.aside]
        outside = len(self.columns)
        for place, position in enumerate(order):
            column = self.paper.columns[position]
            look = "head" if place < outside else "aside"
            self.page.write_string(
                self.at, self._place(place), column.title, self.faces[look]
            )
        self.page.set_row(self.at, 1.5 * LINE)
        self.header = self.at
        self.at += 1
        for above, (row, texts) in enumerate(zip(self.paper.rows, self.texts)):
            self._subtotals(above)
            for place, position in enumerate(order):
                self._cell(place, position, row[position], place >= outside)
            self.page.set_row(self.at, row_height(texts, self.widths))
            self.at += 1
        self._subtotals(len(self.paper.rows))
        self._sum("合计", self.paper.total)
        if self.paper.sums:  # a reader needs its end; nobody adds unlike things
            self.page.set_row(self.at - 1, LINE, None, {"hidden": True})
        for name, words, amount in told_words(self.paper):
            self.line(f"{name}：{words}　　（小写）：¥{grouped(amount)}", "words")

    def _subtotals(self, above: int) -> None:
        for part in self.paper.sums:
            if part.after == above:
                self._sum(str(part.row[0]), part.row)

    def _sum(self, label: str, row: Sequence) -> None:
        width = label_width(self.columns)
        look = self.faces["head"]
        if width > 1:
            self.page.merge_range(self.at, 0, self.at, width - 1, label, look)
        else:
            self.page.write_string(self.at, 0, label, look)
        for place, position in enumerate(self.printed.shown):
            if place >= width:
                self._cell(place, position, row[position], False, "sum ")
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
        outside = place - len(self.columns)
        return place if outside < 0 else self.last + 2 + outside

    def below(self) -> None:
        """Where the money goes, notes, signatures, seals, boxes for opinions."""
        paper = self.paper
        if paper.payee:
            self.line(f"收款账户　开户名称：{paper.payee.name}", "box")
            self.line(f"　　　　　账　　号：{paper.payee.number}", "box")
            self.line(f"　　　　　开户银行：{paper.payee.bank}", "box")
        if paper.due_day:
            word = "到账期限　" if paper.payee else "期限："
            self.line(f"{word}{day_text(paper.due_day)}前", "box")
        for number, note in enumerate(paper.notes, 1):
            self.line(f"说明{number}：{note}", "note")
        if paper.office:
            self.signatures()
        else:
            self.line(COPY, "note")
        for opinion in paper.opinions:
            hand = "经办人：　　　　　　　负责人：　　　　　　　（公章）　　　　"
            self.line(f"{opinion.title}：\n\n\n{hand}　　年　　月　　日", "box")
        self.line(f"依据：{paper.cite}", "basis")

    def signatures(self) -> None:
        """Lines to sign on, and the office with its day, where the seal goes."""
        self.line("", "sign", 0.5)
        names = ("经办人", "复核人", "负责人")
        self.line("　　".join(f"{name}：{BLANK}" for name in names), "sign", 1.5)
        self.line("", "sign", 0.5)
        self.line(f"{self.paper.office}（公章）", "seal")
        self.line(day_text(self.paper.made_on), "seal")
        self.line("", "sign", 0.5)

    def set_up(self) -> None:
        """Widths, and how it is printed: one page wide, the header on every page."""
        page = self.page
        for number, width in enumerate(self.widths):
            page.set_column(number, number, width)
        for place in range(len(self.columns), len(self.paper.columns)):
            page.set_column(self._place(place), self._place(place), ASIDE_WIDTH)
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
