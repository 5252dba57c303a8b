"""Months and quarters, as forms write them: 2017-06, 2017Q2.

Both are a year and a number, but January is not the first quarter: they are equal
only among themselves, so that a list may hold both.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from ledger.errors import SourceError


class Month(NamedTuple):
    """A calendar month, written 2017-06; covers [first_day, next.first_day)."""

    year: int
    number: int  # 1 to 12

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def __eq__(self, other: object) -> bool:
        return type(other) is Month and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def last_day(self) -> date:
        return date.fromordinal(self.next.first_day.toordinal() - 1)

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, (self.number + 2) // 3)

    @property
    def months(self) -> list[Month]:
        return [self]


class Quarter(NamedTuple):
    """A calendar quarter, written 2017Q2; covers [first_day, next.first_day)."""

    year: int
    number: int  # 1 to 4

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"

    def __eq__(self, other: object) -> bool:
        return type(other) is Quarter and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def last_day(self) -> date:
        return date.fromordinal(self.next.first_day.toordinal() - 1)

    @property
    def quarter(self) -> Quarter:
        return self

    @property
    def months(self) -> list[Month]:
        return [Month(self.year, 3 * self.number - 2 + i) for i in range(3)]


def month_of(day: date) -> Month:
    return Month(day.year, day.month)


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def period(printed: str) -> Month | Quarter:
    """Read 2017-06, 2017年6月, 201706 or 2017Q2, 2017年2季度, 2017年第二季度.

    >>> str(period("2017年第二季度")), str(period("2017-6"))
    ('2017Q2', '2017-06')
    """
    text = printed.strip().upper()
    if found := QUARTER.fullmatch(text):
        number = "一二三四".find(found[2]) + 1 or int(found[2])
        return Quarter(int(found[1]), number)
    if (found := MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:
        return Month(int(found[1]), int(found[2]))
    raise SourceError(f"“{printed}”不是期间；月写作2017-06，季度写作2017Q2")


QUARTER = re.compile(r"(2\d{3})(?:-?Q|年第?)([1-4一二三四])(?:季度?)?")
MONTH = re.compile(r"(2\d{3})(?:-|/|年)?(\d{1,2})月?")
