"""Cells: how a printed cell is read, by kind of column.

A cell is what the file holds: a text, or from a workbook also a number, a day or a
boolean. A kind reads a whole column; each distinct cell is read once, a column of
plain amounts without looking at each. What is wrong becomes WRONG in the column and
is worded only when `fault` is asked for it.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from typing import Sequence

from importers.faults import Wrong
from ledger.errors import SourceError
from ledger.funds import fund_codes
from ledger.money import FEN, NOTHING
from ledger.periods import Month, Quarter, period

WRONG = type("Wrong", (), {"__repr__": lambda self: "WRONG"})()
LONGEST = 500  # characters in a text cell
THOUSANDTH = Decimal("0.00001")  # of a fen
LARGEST_FLOAT = 10**13  # beyond, a number does not hold its fen: 15 digits
LARGEST = 10**15
MISSING = ("没有填", "必填")


class Kind(dict):
    """A column's cells as read so far; `read` answers for a cell not seen."""

    empty = ""
    forget = 20_000  # distinct cells, to bound memory

    def __init__(self, required: bool = False, scale: int = 1):
        super().__init__()
        self.required = required
        self.scale = scale
        self.wrong = False

    def column(self, cells: Sequence) -> list:
        """The column's values; sets `wrong` when one of them is WRONG."""
        if len(self) > self.forget:
            self.clear()
        if cells.count(cells[0]) == len(cells):  # one cell all the way down
            return [self[cells[0]]] * len(cells)
        return list(map(self.__getitem__, cells))

    def fault(self, cell) -> Wrong | None:
        try:
            self.value(cell)
        except Wrong as wrong:
            return Wrong(wrong.why, wrong.expected)  # without the frames of this one
        return None

    def value(self, cell):
        if cell == "" or isinstance(cell, str) and not cell.strip():
            if self.required:
                raise Wrong(*MISSING)
            return self.empty
        return self.read(cell)

    def read(self, cell):
        raise NotImplementedError

    def __missing__(self, cell):
        try:
            value = self.value(cell)
        except Wrong:
            self.wrong = True
            return WRONG
        self[cell] = value
        return value


class Note(Kind):
    """A text for people, on one line."""

    def read(self, cell) -> str:
        if isinstance(cell, str):
            return clean(cell)
        if isinstance(cell, datetime) and not any(cell.timetuple()[3:6]):
            cell = cell.date()
        if isinstance(cell, date):
            return str(cell)
        return digits(cell)


class Serial(Kind):
    """A number that names something (流水号, 账号): kept digit by digit."""

    def read(self, cell) -> str:
        if isinstance(cell, str):
            text = cell.strip()
            if not text.isascii():
                text = unicodedata.normalize("NFKC", text)
            if SCIENTIFIC.fullmatch(text):
                raise Wrong(*LOST)
            return clean(text)
        return digits(cell)


class Code(Serial):
    """A region's code, six digits; whether it exists is not asked here."""

    def read(self, cell) -> str:
        text = super().read(cell)
        if not SIX_DIGITS.fullmatch(text):
            raise Wrong("不是六位行政区划代码", "六位行政区划代码，如520102")
        return text


class Count(Kind):
    """A whole number, or None."""

    empty = None

    def read(self, cell) -> int:
        try:
            number = yuan(cell)
        except Wrong:
            number = FEN
        if number != number.to_integral_value():
            raise Wrong("不是整数", "整数")
        return int(number)


class Choice(Kind):
    """One of a few words; an empty cell of a column not required is the first."""

    def __init__(self, words: Sequence[str], required: bool = False, scale: int = 1):
        super().__init__(required, scale)
        self.words = words
        self.empty = words[0]

    def read(self, cell) -> str:
        if (word := plain(cell)) not in self.words:
            words = "、".join(self.words)
            raise Wrong(f"不是{words}之一", words)
        return word


class Fund(Kind):
    """A fund's code, from its code, name or alias."""

    def read(self, cell) -> str:
        word = plain(digits(cell) if isinstance(cell, (int, float)) else cell)
        if word not in fund_codes():
            raise Wrong("不是已知的险种", "险种代码或名称，如310、职工医保")
        return fund_codes()[word]


class Day(Kind):
    """A day, or None; a time of day beside it is left out."""

    empty = None

    def read(self, cell) -> date:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = plain(digits(cell) if isinstance(cell, (int, float)) else cell)
        if found := DAY.fullmatch(text):
            year, month, day = map(int, filter(str.isdigit, found.groups("")))
        elif found := EIGHT_DIGITS.fullmatch(text):
            year, month, day = map(int, found.groups())
        else:
            raise Wrong("不是日期", "日期，如2017-04-28")
        try:
            return date(year, month, day)
        except ValueError:
            raise Wrong("不是日历上有的日期", "日期，如2017-04-28") from None


class Period(Kind):
    """A month or quarter, or None; Excel makes the first day of 2017-06."""

    empty = None
    wanted = "期间，月写作2017-06，季度写作2017Q2"

    def read(self, cell) -> Month | Quarter:
        if (
            isinstance(cell, date)
            or isinstance(cell, str)
            and DAY.fullmatch(plain(cell))
        ):
            day = Day().read(cell)
            if day.day != 1:
                raise Wrong("是一天，不是期间", self.wanted)
            return Month(day.year, day.month)
        try:
            return period(plain(cell if isinstance(cell, str) else digits(cell)))
        except SourceError:
            raise Wrong("不是期间", self.wanted) from None


class QuarterOnly(Period):
    """A quarter, or None."""

    wanted = "季度，写作2017Q2"

    def read(self, cell) -> Quarter:
        quarter = super().read(cell)
        if not isinstance(quarter, Quarter):
            raise Wrong("不是季度", self.wanted)
        return quarter


class Amount(Kind):
    """Yuan to the fen, or None; `scale` is 10000 where the form is in 万元."""

    empty = None

    def column(self, cells: Sequence) -> list[Decimal | None]:
        present = [cell for cell in cells if cell != ""]
        kinds = set(map(type, present))
        if not present and not self.required:
            return [None] * len(cells)
        values = None
        if self.scale == 1 and (len(present) == len(cells) or not self.required):
            if kinds == {str}:
                values = _plain_texts(present)
            elif kinds == {float}:
                values = _exact_floats(present)
        if values is None:
            self.clear()
            return list(map(self.__getitem__, cells))
        if len(values) == len(cells):
            return values
        following = iter(values)
        return [None if cell == "" else next(following) for cell in cells]

    def read(self, cell) -> Decimal:
        return yuan(cell, self.scale)


class AmountOrNothing(Amount):
    """Yuan to the fen, 0.00 where the cell is empty."""

    empty = NOTHING

    def column(self, cells: Sequence) -> list[Decimal]:
        values = super().column(cells)
        return [NOTHING if value is None else value for value in values]


def _plain_texts(cells: list[str]) -> list[Decimal] | None:
    """Amounts such as 1234.50 or -1,234.5; None: look at each."""
    joined = "\n".join(cells)
    if "-0" in joined or max(map(len, cells)) > 15 or not joined.isascii():
        return None
    try:
        with_two_places = set(map(itemgetter(-3), cells)) == {"."}
        if with_two_places and not joined.encode().translate(None, b"0123456789.-\n"):
            return list(map(Decimal, cells))
    except (IndexError, InvalidOperation):
        pass
    if all(map(SIMPLE.fullmatch, cells)):
        return [Decimal(cell.replace(",", "")).quantize(FEN) for cell in cells]
    return None


def _exact_floats(cells: list[float]) -> list[Decimal] | None:
    """Numbers that are the nearest to their fen; None: look at each."""
    if not -LARGEST_FLOAT < min(cells) <= max(cells) < LARGEST_FLOAT:
        return None
    texts = list(map("%.2f".__mod__, cells))
    if list(map(float, texts)) != cells or "-0.00" in texts:
        return None
    return list(map(Decimal, texts))


def yuan(cell, scale: int = 1) -> Decimal:
    """Read a printed amount: yuan to the fen, in whatever dress it comes.

    A number counts as its fen within a thousandth of one: what its shortest digits
    say, so that 0.1+0.2 is 0.30; one of more than 15 digits holds no fen.

    >>> yuan("（￥1,234.50）"), yuan(0.1 + 0.2)
    (Decimal('-1234.50'), Decimal('0.30'))
    """
    if isinstance(cell, str):
        amount, tolerance = _printed(cell), 0
        largest = LARGEST
    elif isinstance(cell, (int, float)):
        amount, tolerance = Decimal(repr(cell)), THOUSANDTH
        largest = LARGEST_FLOAT if isinstance(cell, float) else LARGEST
    else:
        raise Wrong(*NO_AMOUNT)
    if not amount.is_finite():
        raise Wrong(*NO_AMOUNT)
    amount *= scale
    if abs(amount) >= largest:
        if isinstance(cell, float):
            why = "是超过15位的数字，分位已经丢失"
            raise Wrong(why, "设为文本格式后重新填写的金额")
        raise Wrong("太大，不是金额", "小于一千万亿元的金额")
    nearest = amount.quantize(FEN)
    if abs(amount - nearest) > tolerance:
        raise Wrong(*NO_AMOUNT)
    return nearest + 0  # never -0.00


def _printed(cell: str) -> Decimal:
    text = unicodedata.normalize("NFKC", cell).replace("−", "-").strip()
    sign = 1
    if found := BRACKETS.fullmatch(text):
        sign, text = -1, found[1] + found[2]
        if "-" in text:
            raise Wrong(*NO_AMOUNT)
    found = NUMBER.fullmatch(text)
    if not found or len(text) > 40:
        raise Wrong(*NO_AMOUNT)
    return sign * Decimal((found[1] or found[2] or "") + found[3].replace(",", ""))


def digits(number) -> str:
    """A number cell as the text it stands for; 15 digits are what it can hold."""
    if not isinstance(number, (int, float)):
        raise Wrong("是日期或时间，不是文字", "设为文本格式后重新填写的内容")
    if not abs(number) < 1e15:
        raise Wrong(*LOST)
    return str(int(number)) if number == int(number) else repr(number)


def clean(text: str) -> str:
    """A text on one line; control characters, seen or unseen, are refused."""
    text = text.strip()
    if not text.isprintable():
        text = BREAKS.sub(" ", text).strip()
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
                code = f"U+{ord(character):04X}"
                raise Wrong(f"含有不可见的控制字符{code}", "没有控制字符的文字")
    if len(text) > LONGEST:
        raise Wrong(f"有{len(text)}个字，太长", f"不超过{LONGEST}个字的文字")
    return text


def plain(cell) -> str:
    """A word as it is compared: no spaces, no full-width forms, 账 for 帐.

    >>> plain(" 付款 帐号（元） ")
    '付款账号(元)'
    """
    text = cell if isinstance(cell, str) else str(cell)
    return SPACES.sub("", unicodedata.normalize("NFKC", text)).replace("帐", "账")


NO_AMOUNT = ("不是以元为单位、到分为止的金额", "以元为单位、到分为止的金额")
LOST = ("是超过15位的数字，末几位已经丢失", "设为文本格式后重新填写的号码")
SPACES = re.compile(r"\s+")
BREAKS = re.compile("[\t\r\n\u2028\u2029]+")
SIX_DIGITS = re.compile(r"[0-9]{6}")
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")
DAY = re.compile(
    r"([12][0-9]{3})(?:(?:([-/])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"(?:0?0:00(?::00)?)?)"
)
EIGHT_DIGITS = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
SIMPLE = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9][0-9]?)?")
BRACKETS = re.compile(r"(¥?)\s*\((.*)\)")
NUMBER = re.compile(
    r"(?:¥\s*(-?)|(-?)\s*(?:¥\s*)?)"
    r"((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
)
