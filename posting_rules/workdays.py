"""Working days of China: the published holidays and make-up days, and Mon-Fri.

The package `chinese-calendar` knows a span of years and raises beyond it. What
workdays.toml, or a user's file of the same shape, says of a day goes before the
package; in a year that neither knows, Monday to Friday are taken for working
days, and `unknown_years` and `warning` say so.

Every function takes the `special` days to go by; without them, workdays.toml.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from ledger.errors import SourceError
from ledger.periods import month_of


class SpecialYear(NamedTuple):
    """Days of one year that are not what their weekday says."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()


SpecialDays = dict[int, SpecialYear]


def is_workday(day: date, special: SpecialDays | None = None) -> bool:
    year = (_own_days() if special is None else special).get(day.year, SpecialYear())
    if day in year.off:
        return False
    if day in year.work:
        return True
    published = _published(day)
    return day.weekday() < 5 if published is None else published


def nth_workday(n: int, first_day: date, special: SpecialDays | None = None) -> date:
    """The n-th working day, counted from 1, of a period that starts `first_day`."""
    return workdays_after(first_day - timedelta(days=1), n, special)


def workdays_after(day: date, n: int, special: SpecialDays | None = None) -> date:
    """The n-th working day after `day`; the day itself never counts."""
    assert n >= 1, "working days are counted from 1"

    while n:
        day += timedelta(days=1)
        n -= is_workday(day, special)
    return day


def workdays_before(day: date, n: int, special: SpecialDays | None = None) -> date:
    """The n-th working day before `day`; the day itself never counts."""
    assert n >= 1, "working days are counted from 1"

    while n:
        day -= timedelta(days=1)
        n -= is_workday(day, special)
    return day


def shifted(day: date, special: SpecialDays | None = None) -> date:
    """The working day that counts for a printed day: itself, or the next one.

    Never out of its month: where nothing but days off are left in it, the last
    working day before. No document says so; it is the project's reading 7.
    """
    month = month_of(day)
    later = range(day.toordinal(), month.last_day.toordinal() + 1)
    earlier = range(day.toordinal() - 1, month.first_day.toordinal() - 1, -1)
    for ordinal in (*later, *earlier):
        if is_workday(date.fromordinal(ordinal), special):
            return date.fromordinal(ordinal)
    return day


def unknown_years(
    days: Iterable[date], special: SpecialDays | None = None
) -> list[int]:
    """The years, in order, whose working days are only taken to be Mon-Fri."""
    known = _own_days() if special is None else special
    years = {day.year for day in days}
    return sorted(
        year
        for year in years
        if year not in known and _published(date(year, 1, 1)) is None
    )


def warning(years: list[int]) -> str:
    """What to tell the user about `unknown_years`; empty where there are none."""
    if not years:
        return ""
    listed = "、".join(f"{year}年" for year in years)
    return (
        f"{listed}的放假和调休安排未知，暂以周一至周五为工作日，期限可能有出入。"
        "安排公布后，请把放假日和补班日写入工作日补充文件（workdays.toml）。"
    )


def special_days(path: Path | None = None) -> SpecialDays:
    """What workdays.toml says and, before it, year by year, the file at `path`.

    Raises SourceError, which names the place, where the user's file is wrong.
    """
    if path is None:
        return _own_days()
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError:
        raise SourceError(f"{path}：工作日补充文件不存在或打不开。") from None
    except ValueError as error:
        at = re.search(r"at line (\d+), column (\d+)", str(error))
        place = f"第{at[1]}行第{at[2]}列" if at else ""
        raise SourceError(
            f"{path}{place}：工作日补充文件不是UTF-8编码的TOML文件。{SHAPE}"
        ) from None
    return _own_days() | _years(tables, path.name)


SHAPE = (
    "每年一个表，写作：[2027]，"
    "off = [2027-01-01]（放假日），work = [2027-01-09]（调休补班日）。"
)


@cache
def _own_days() -> SpecialDays:
    text = (files("posting_rules") / "workdays.toml").read_text("utf-8")
    return _years(tomllib.loads(text), "workdays.toml")


def _years(tables: dict, name: str) -> SpecialDays:
    special = {}
    for key, table in tables.items():
        if not (key.isdecimal() and len(key) == 4 and isinstance(table, dict)):
            raise SourceError(f"{name}：“{key}”不是年份。{SHAPE}")
        for word in table:
            if word not in SpecialYear._fields:
                raise SourceError(f"{name}“{key}”：不认识“{word}”。{SHAPE}")
        year = SpecialYear(
            **{word: _days(table[word], key, f"{name}“{key}”{word}") for word in table}
        )
        for day in sorted(year.off & year.work):
            raise SourceError(f"{name}“{key}”：{day}既是放假日又是补班日，请删去一处。")
        special[int(key)] = year
    return special


def _days(listed: object, year: str, place: str) -> frozenset[date]:
    if not isinstance(listed, list):
        raise SourceError(f"{place}：应为日期的列表。{SHAPE}")
    for day in listed:
        if type(day) is not date:  # a TOML date-time is a date's subclass
            raise SourceError(f"{place}：“{day}”不是日期，日期写作{year}-01-01。")
        if day.year != int(year):
            raise SourceError(f"{place}：{day}不在{year}年。请移到它自己的年份下。")
    return frozenset(listed)


@cache
def _published(day: date) -> bool | None:
    """Whether the package calls a day a working day; None beyond its years."""
    import chinese_calendar  # lazy: only what counts days pays for it

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
