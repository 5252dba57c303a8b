"""Rows of people that cannot be taken: each with its reason, in a file to correct.

The rest of a list posts (RULES.md section 2, reading 15). The file repeats the rows as
they were printed, so it holds whole names and ids; messages hold masks.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import NoReturn

from importers.faults import Faults, shown
from importers.head import Head, sheets_of_a_form
from ledger.errors import Fault, SourceError
from ledger.files import write_whole

MOST_ROWS = 100_000  # set aside in one file; with more the file itself is wrong
MOST_FAULTS = 100  # that a message or --json lists
REASONS = ("原因", "应为")
REMEDY = "本文件没有入账。请改正后重新导入。"
CLAUSE = "号 "  # a document's number and the article: …〔2024〕39号 二（二）1


class CannotTake(Exception):
    """Why a row is set aside: column, found (masked), expected, reason."""

    def __init__(self, column: str, found: str, expected: str, why: str):
        super().__init__(why)
        self.told = (column, found, expected, why)

    def by(self, article: str) -> tuple[str, str, str, str]:
        """What is told, with the article where the reason names none."""
        *told, why = self.told
        return *told, why if CLAUSE in why else f"{why}（{article}）"


class Aside:
    """The rows of one file that were set aside, in the order of finding.

    `faults` begins with what the reader found; a taker adds what it finds.
    """

    def __init__(self, name: str, faults: list[Fault]):
        self.name = name
        self.faults = faults

    def __len__(self) -> int:
        return len({(fault.sheet, fault.row) for fault in self.faults})

    def add(
        self, sheet: str, row: int, column: str, found: str, expected: str, why: str
    ) -> None:
        """Set a row aside; `found` must be masked where it is a name or an id.

        `why` goes on from column and found: 姓名“张*”与登记的姓名不同.
        """
        place = self.name + (f"“{sheet}”" if sheet else "") + f"第{row}行"
        quoted = f"“{found}”" if found else ""
        message = f"{place}：{column}{quoted}{why}。"
        fault = Fault(sheet or None, row, column or None, found, expected, message)
        self.faults.append(fault)
        if len(self.faults) > MOST_ROWS:
            self.refuse(f"不能收录的行超过{MOST_ROWS}行")

    def refuse(self, why: str) -> NoReturn:
        """Refuse the whole file, naming the first places."""
        first = self.first()
        lines = [f"{self.name}：{why}。", *(fault.message for fault in first[:10])]
        if len(self) > 10:
            lines.append(f"共{len(self)}行不能收录。")
        raise SourceError("\n".join([*lines, REMEDY]), first)

    def first(self) -> list[Fault]:
        """The first places, in the order of the file."""
        found = sorted(self.faults, key=lambda fault: (fault.sheet or "", fault.row))
        return found[:MOST_FAULTS]


def write(path: Path, aside: Aside, data: bytes, forms: list) -> None:
    """Write the rows that were set aside, as printed, with 原因 and 应为.

    Every cell is a text, a number or a day: one that begins with = is shown, never
    reckoned. Only its owner may read the file.
    """
    why: dict[tuple[str, int], list[Fault]] = {}
    for fault in aside.faults:
        why.setdefault((fault.sheet or "", fault.row), []).append(fault)
    write_whole(path, _workbook(aside.name, data, forms, why))
    path.chmod(0o600)


def _workbook(name: str, data: bytes, forms: list, why: dict) -> bytes:
    import xlsxwriter

    stream = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(stream, {**options, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    sheets = {sheet for sheet, _ in why}
    for sheet, head in sheets_of_a_form(data, forms, Faults(name)):
        place = shown(sheet.name, 60)
        if place not in sheets:
            continue
        page = book.add_worksheet(_sheet_name(sheet.name))
        _write_row(page, 0, [*_titles(head), *REASONS], day, text)
        at = 0
        for row, cells in enumerate(chain(head.rows, sheet.rows), head.row + 1):
            if faults := why.get((place, row)):
                at += 1
                cells = [*cells[: head.width], *[""] * (head.width - len(cells))]
                _write_row(page, at, [*cells, *_reasons(faults)], day, text)
    book.close()
    return stream.getvalue()


def _titles(head: Head) -> list[str]:
    """The printed header; what was in 万元 by a line above it says so itself."""
    titles = [shown(cell, 100) for cell in head.printed]
    for title in head.form.sums:
        at = head.place.get(title)
        if at is not None and head.scale[title] != 1 and "万元" not in titles[at]:
            titles[at] += "（万元）"
    return titles


def _reasons(faults: list[Fault]) -> tuple[str, str]:
    said = [fault.message.partition("：")[2] for fault in faults]
    return "；".join(said), "；".join(fault.expected for fault in faults)


def _write_row(page, at: int, cells: list, day, text) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, date):
            page.write_datetime(at, column, cell, day)
        elif isinstance(cell, (int, float)):
            page.write_number(at, column, cell)
        elif cell != "":
            page.write_string(at, column, str(cell), text)


def _sheet_name(name: str) -> str:
    kept = "".join(" " if char in "[]:*?/\\" else char for char in name)
    return kept.strip(" '")[:31] or "搁置"
