"""Sheets: the one reader of xlsx, xls and csv, told apart by content.

It gives each sheet's rows in order, once, as lists of cells: texts, and from a workbook
numbers (float) and days. Row numbers count from 1, empty and hidden rows too.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from datetime import time, timedelta
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import NamedTuple

import python_calamine as calamine

from importers.faults import Faults, Wrong
from importers.package import Cells, look_through

ROWS_AT_ONCE = 2_000  # few enough to stay near the processor


class Sheet(NamedTuple):
    """A sheet that is read once; places in it are (row, column), from 1."""

    name: str  # "" in a csv
    rows: Iterator[list]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = []
    cells: Cells = Cells([], {})
    ragged: bool = False  # a csv: rows may have any number of cells

    def blocks(self) -> Iterator[list[list]]:
        while block := list(islice(self.rows, ROWS_AT_ONCE)):
            yield block


def sheets(data: bytes, faults: Faults) -> Iterator[Sheet]:
    """The sheets of a file one after another; only one is held at a time."""
    if not data or data.isspace():
        faults.refuse("是空文件", "有内容的表")
    head = data[:512].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if data.startswith(b"PK"):
        yield from _workbook(data, look_through(data, faults), faults)
    elif data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            faults.refuse("有打开密码", "去掉密码后另存的文件")
        yield from _workbook(data, {}, faults)
    elif head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        faults.refuse("是网页或XML，不是表格文件", "用Excel打开后另存为的.xlsx文件")
    elif head.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"rar!")):
        faults.refuse("不是表格文件", "xlsx、xls或csv文件")
    else:
        yield Sheet("", _csv_rows(data, _encoding(data, faults), faults), ragged=True)


def _workbook(data: bytes, cells: dict[str, Cells], faults: Faults) -> Iterator[Sheet]:
    workbook = _try(
        lambda: calamine.CalamineWorkbook.from_filelike(BytesIO(data)), faults
    )
    for at, described in enumerate(workbook.sheets_metadata):
        if described.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = _try(lambda: workbook.get_sheet_by_index(at), faults)
        merged = [
            ((top + 1, left + 1), (bottom + 1, right + 1))
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
        found = cells.get(described.name, Cells([], {}))
        yield Sheet(described.name, _cell_rows(sheet), merged, found)
        del sheet


def _try(read, faults: Faults):
    """calamine answers broken files with errors of its own, and with panics."""
    try:
        return read()
    except calamine.PasswordError:
        faults.refuse("有打开密码", "去掉密码后另存的文件")
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            faults.refuse(
                "不是能读的Excel工作簿，可能已残缺", "用Excel打开后另存为的.xlsx文件"
            )
        raise


def _cell_rows(sheet: calamine.CalamineSheet) -> Iterator[list]:
    """Rows from A1 on; a boolean or time becomes the text it shows."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        if not ODD.isdisjoint(map(type, row)):
            row = [_shown(cell) if type(cell) in ODD else cell for cell in row]
        yield left + row if left else row


def _shown(cell) -> str:
    return str(cell).upper()


def _encoding(data: bytes, faults: Faults) -> str:
    """How a csv is written: UTF-8 with or without BOM, or GB18030; read through once.

    No text is kept: of a million rows it would take several times the file.
    """
    wanted = "UTF-8或GB18030编码的csv"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        faults.refuse("是UTF-16编码", f"{wanted}（另存为“CSV UTF-8”）")
    if b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        faults.refuse("含有空字节，不是文本或已损坏", wanted, row=row)
    bad = _first_bad(data, "utf-8")
    if bad is None:
        return "utf-8"
    torn_utf8 = _is_chinese(data, bad)
    if not torn_utf8 and not data.startswith(BOM):
        bad = _first_bad(data, "gb18030")
        if bad is None:
            return "gb18030"
    row = data.count(b"\n", 0, bad) + 1
    why = f"第{bad + 1}个字节起不是{'UTF-8' if torn_utf8 else 'UTF-8或GB18030'}文字"
    faults.refuse(why, f"完整的、{wanted}", row=row)


def _first_bad(data: bytes, encoding: str) -> int | None:
    """The first byte that is no text in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for at in range(0, len(data), PIECE):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(data[at : at + PIECE], at + PIECE >= len(data))
        except UnicodeDecodeError as error:
            return at - waiting + error.start
    return None


def _is_chinese(data: bytes, end: int) -> bool:
    """Whether more than three Chinese characters in UTF-8 stand before a byte."""
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    found = 0
    for at in range(0, end, PIECE):
        text = decoder.decode(data[at : min(at + PIECE, end)])
        found += 0 if text.isascii() else len(CHINESE.findall(text))
        if found > 3:
            return True
    return False


def _csv_rows(data: bytes, encoding: str, faults: Faults) -> Iterator[list[str]]:
    file = BytesIO(data)  # shares the bytes
    file.seek(len(BOM) if data.startswith(BOM) else 0)
    rows = csv.reader(TextIOWrapper(file, encoding, newline=""), strict=True)
    count = 0
    try:
        for count, row in enumerate(rows, 1):
            yield row
    except csv.Error:
        why = "引号没有闭合，或引号后面还有文字，文件可能残缺"
        wrong = Wrong(why, "每个引号都成对的csv")
        faults.add(None, count + 1, None, "", wrong)
        faults.stop()


BOM = codecs.BOM_UTF8
PIECE = 1 << 16
CHINESE = re.compile("[\u4e00-\u9fff]")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODD = {bool, time, timedelta}
