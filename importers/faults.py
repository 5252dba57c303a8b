"""Faults: every wrong place that a reader finds in one file, worded for people."""

import unicodedata
from datetime import date, datetime
from typing import NoReturn

from ledger.errors import Fault, SourceError

MOST = 100  # places that are listed; reading stops there
REMEDY = "本文件没有入账。请改正后重新导入。"


class Wrong(Exception):
    """What is wrong with one cell: why, and what was expected."""

    def __init__(self, why: str, expected: str):
        super().__init__(why)
        self.why = why
        self.expected = expected


class Faults:
    """Collects the faults of one file; raises them together, in file order."""

    def __init__(self, name: str):
        self.name = shown(name.replace("\\", "/").rpartition("/")[2], 200)
        self._found: list[tuple[int, str, Fault]] = []
        self._sheets: list[str | None] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(
        self,
        sheet: str | None,
        row: int | None,
        column: str | None,
        cell,
        wrong: Wrong,
        excerpt: str = "",
    ):
        """One more fault; `sheet` is None or "" where the file has no sheets."""
        sheet = shown(sheet, 60) if sheet else None
        if sheet not in self._sheets:
            self._sheets.append(sheet)
        found = shown(cell)
        message = f"{self.place(sheet, row)}：{said(column, found, wrong)}。"
        fault = Fault(sheet, row, column, found, wrong.expected, message)
        self._found.append((self._sheets.index(sheet), excerpt, fault))
        if len(self._found) >= MOST:
            self.stop()

    def place(self, sheet: str | None, row: int | None) -> str:
        return place(self.name, sheet, row)

    def refuse(
        self, why: str, expected: str, sheet=None, row=None, cell=""
    ) -> NoReturn:
        """A fault after which nothing more can be read."""
        self.add(sheet, row, None, cell, Wrong(why, expected))
        self.stop()

    def check(self):
        if self._found:
            self.stop()

    def stop(self) -> NoReturn:
        found = sorted(self._found, key=lambda f: (f[0], f[2].row or 0))
        _, excerpt, first = found[0]
        lines = [first.message]
        if excerpt:
            lines.append(f"  {excerpt}")
        if len(found) > 1:
            least = "至少" if len(found) >= MOST else ""
            lines.append(f"另有{least}{len(found) - 1}处错误。")
        faults = [fault for _, _, fault in found]
        raise SourceError("\n".join([*lines, REMEDY]), faults) from None


def place(name: str, sheet: str | None, row: int | None) -> str:
    """Where in a file: 划拨单.xlsx“一月”第3行; a csv has no sheet."""
    return name + (f"“{sheet}”" if sheet else "") + f"第{row}行" * bool(row)


def said(column: str | None, found: str, wrong: Wrong) -> str:
    quoted = f"“{found}”" if found else ""
    return f"{column or ''}{quoted}{wrong.why}"


def shown(cell, most: int = 40) -> str:
    """A cell as a message may print it: one line, no control characters, short."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, datetime) and not any(cell.timetuple()[3:6]):
        cell = cell.date()
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    text = text[: most + 1].strip()
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return text if len(text) <= most else text[:most] + "…"


def _visible(character: str) -> str:
    if unicodedata.category(character)[0] in "CZ" and character != " ":
        return " " if character.isspace() else f"\\u{ord(character):04x}"
    return character
