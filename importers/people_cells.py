"""Cells of people: values as the database keeps them, and what a message may show.

Money is whole fen, a day 2023-01-15, a month 2023-01. Of a name or an id no more than
a mask is shown, of free text nothing.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from importers.cells import (
    DAY,
    EIGHT_DIGITS,
    LARGEST_FLOAT,
    Day,
    Kind,
    Note,
    Serial,
    digits,
    plain,
    yuan,
)
from importers.faults import Wrong, shown
from ledger.money import whole_fen
from ledger.people.masks import masked_id, masked_name


def hint(kind: Kind, cell) -> str:
    """A cell of people as a message may show it.

    >>> hint(Name(), "张三"), hint(Day(), "51130019900101123X")
    ('张*', '****123X')
    """
    mask: Callable[[str], str] = getattr(kind, "mask", _masked_runs)
    return shown(mask(shown(cell)))


def _masked_runs(text: str) -> str:
    """What may be an id in another's column is masked too."""
    return LONG.sub(lambda found: masked_id(found[0]), text)


class PersonId(Serial):
    """个人编号: 1 to 30 letters and digits, kept digit by digit, in upper case."""

    mask = staticmethod(masked_id)

    def column(self, cells: Sequence) -> list:
        return _if_plain(cells, _are_ids) or super().column(cells)

    def read(self, cell) -> str:
        if isinstance(cell, str) and ID.fullmatch(cell):
            return cell.upper()
        text = super().read(cell)
        if not ID.fullmatch(text):
            raise Wrong("不是1至30位的字母和数字", "1至30位的字母和数字")
        return text.upper()


class Name(Note):
    """A person's name."""

    mask = staticmethod(masked_name)

    def column(self, cells: Sequence) -> list:
        return _if_plain(cells, _are_words) or super().column(cells)


class Remark(Note):
    """Free text, which may say anything of a person."""

    @staticmethod
    def mask(text: str) -> str:
        return ""


class BankAccount(Serial):
    """A person's bank account."""

    mask = staticmethod(masked_id)


class LineSerial(Serial):
    """流水号: what names a line; that of a total is none."""

    longest = 60

    def read(self, cell) -> str:
        text = super().read(cell)
        if plain(text).rstrip(":").endswith(("小计", "合计", "总计")):
            raise Wrong("不是流水号", "流水号")
        if len(text) > self.longest:
            why = f"有{len(text)}个字，太长"
            raise Wrong(why, f"不超过{self.longest}个字的流水号")
        return text


class DayText(Day):
    """A day as 2023-01-15, or None."""

    def read(self, cell) -> str:
        return super().read(cell).isoformat()


class MonthText(Kind):
    """A month as 2023-01, or ""; Excel makes the first day of it."""

    wanted = "月份，如2023-01"

    def read(self, cell) -> str:
        text = cell if isinstance(cell, (str, date)) else digits(cell)
        if found := MONTH.fullmatch(plain(text)):
            year, month = found[1], int(found[2] or found[3])
            if not 1 <= month <= 12:
                raise Wrong("不是日历上有的月份", self.wanted)
            return f"{year}-{month:02d}"
        if not isinstance(cell, date) and not self.is_day(plain(text)):
            raise Wrong("不是月份", self.wanted)
        day = Day().read(cell)
        if not self.allows(day):
            raise Wrong("是一天，不是月份", self.wanted)
        return day.isoformat()[:7]

    def is_day(self, text: str) -> bool:
        return bool(DAY.fullmatch(text))

    def allows(self, day: date) -> bool:
        return day.day == 1


class BirthMonth(MonthText):
    """出生年月, or the day of birth, of which the month is kept."""

    wanted = "出生年月，如1958-03"

    def is_day(self, text: str) -> bool:
        return super().is_day(text) or bool(EIGHT_DIGITS.fullmatch(text))

    def allows(self, day: date) -> bool:
        return True


class Fen(Kind):
    """Whole fen, 0 or more, or None; printed in whatever dress `yuan` takes."""

    empty = None

    def column(self, cells: Sequence) -> list[int | None]:
        present = [cell for cell in cells if cell != ""]
        if not present or self.scale > 1 or self.required and len(present) < len(cells):
            return super().column(cells)
        values = _plain_texts(present) or _exact_floats(present)
        if values is None:
            return super().column(cells)
        if len(values) == len(cells):
            return values
        following = iter(values)
        return [None if cell == "" else next(following) for cell in cells]

    def read(self, cell) -> int:
        amount = self.figure(cell)
        if amount < 0:
            raise Wrong("是负数", "不小于零的金额")
        return amount

    def figure(self, cell) -> int:
        """The amount as it is printed, also a negative one."""
        if isinstance(cell, str) and self.scale == 1:
            if found := PLAIN.fullmatch(cell):
                whole, part = found.groups("00")
                return int(whole.replace(",", "") + part.ljust(2, "0"))
        return whole_fen(yuan(cell, self.scale))


def _plain_texts(cells: list) -> list[int] | None:
    """Whole fen of amounts such as 1234.50, 1234.5 and 1234; None: look at each."""
    try:
        text = "\n".join(cells) + "\n"
    except TypeError:  # a number or day among them
        return None
    if text.count(".") < len(cells) or ONE_PLACE.search(text):
        cells = [cell if cell[-3:-2] == "." else _two_places(cell) for cell in cells]
        text = "\n".join(cells) + "\n"
    form = text.encode().translate(None, b"0123456789")
    if form != b".\n" * len(cells) or NOT_TWO_PLACES.search(text):
        return None
    if max(map(len, cells)) > 15:
        return None
    return list(map(int, text.replace(".", "").split()))


def _two_places(cell: str) -> str:
    whole, point, part = cell.partition(".")
    return f"{whole}.{part:0<2}" if whole and (part or not point) else cell


def _exact_floats(cells: list) -> list[int] | None:
    """Whole fen of numbers that are the nearest to theirs; None: look at each."""
    if set(map(type, cells)) != {float}:
        return None
    if not 0 <= min(cells) <= max(cells) < LARGEST_FLOAT:
        return None
    texts = list(map("%.2f".__mod__, cells))
    if list(map(float, texts)) != cells:
        return None
    return list(map(int, "\n".join(texts).replace(".", "").split()))


def _if_plain(cells: Sequence, are: Callable[[Sequence[str]], bool]) -> list | None:
    """The cells as they are, if they are texts that need no reading."""
    try:
        return list(cells) if are(cells) else None
    except TypeError:  # a number or day among them
        return None


def _are_ids(cells: Sequence[str]) -> bool:
    text = "\n".join(cells)
    return (
        text.isascii()
        and text.encode().translate(None, LETTERS) == b"\n" * (len(cells) - 1)
        and 1 <= min(map(len, cells))
        and max(map(len, cells)) <= 30
    )


def _are_words(cells: Sequence[str]) -> bool:
    """Texts without a space or control character; none is too long."""
    text = "".join(cells)
    return text.isprintable() and " " not in text and max(map(len, cells)) < 100


LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID = re.compile(r"[0-9A-Za-z]{1,30}")
LONG = re.compile(r"[\dA-Za-z]{9,}")
MONTH = re.compile(r"((?:19|20)[0-9]{2})(?:[-/年]([0-9]{1,2})|([0-9]{2}))月?")
PLAIN = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?:\.([0-9][0-9]?))?")
ONE_PLACE = re.compile(r"\.[0-9]\n")
NOT_TWO_PLACES = re.compile(r"\.(?![0-9]{2}\n)")
