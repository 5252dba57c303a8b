"""F2: from the lines of a clearing list to the vouchers in every book.

The file is the unit of recording, the city the unit of posting: each city's
(and 省本级's) lines of one list and 确认日期 are one posting. 依据：附件二 二（二）、
二（三）2.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Callable, Iterable, NamedTuple, NoReturn, Sequence

from ledger import regions
from ledger.documents import Clearing
from ledger.errors import Fault, SourceError
from ledger.money import NOTHING
from ledger.periods import Month, Quarter
from ledger.vouchers import Posting, Voucher
from posting_rules.entries import Share, body_name, lines, printed_period
from posting_rules.policies import Entry, Policy, entries_for

EVENT = "clearing"


class Unit(NamedTuple):
    """A city's part of a list, confirmed on a day; 省本级 counts as a city."""

    list_number: str
    city: str
    confirmed_on: date

    def __str__(self) -> str:
        return f"F2|{self.list_number}|{self.city}|{self.confirmed_on}"


class Cell(NamedTuple):
    """Where an amount goes: the sums of a unit are kept by this."""

    period: Month | Quarter
    scope: str
    insured: str
    province: str  # of the place, "" for treatment within the province
    fund: str


Sums = dict[Cell, Decimal]


def city_of(insured: str) -> str:
    """The city that confirms for a payer; 省本级 confirms for itself."""
    return regions.city_of(insured)


def check(policy: Policy, line_list: Sequence[Clearing]) -> None:
    """Raise SourceError for a payer of another province, or a day before its period."""
    strangers = {
        code
        for code in set(map(attrgetter("insured"), line_list))
        if regions.province_of(code) != policy.province
    }
    early = {
        (period, on)
        for period, on in set(map(attrgetter("period", "confirmed_on"), line_list))
        if on is not None and on < period.first_day
    }
    if not (strangers or early):
        return
    for line in line_list:
        if line.insured in strangers:
            found = f"{line.insured}（{regions.name(line.insured)}）"
            expected = f"{regions.name(policy.province)}的县区、市本级或省本级；这个代码不属于本省"
            _refuse(line, "参保地代码", found, expected)
        if (line.period, line.confirmed_on) in early:
            expected = f"清算期{line.period}开始以后的日期"
            _refuse(line, "确认日期", str(line.confirmed_on), expected)


def _refuse(line: Clearing, column: str, found: str, expected: str) -> NoReturn:
    message = f"“{line.sheet}”第{line.row}行：{column}“{found}”，应为{expected}"
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )


def summed(line_list: Iterable[Clearing]) -> dict[Unit, Sums]:
    """The confirmed lines' amounts by unit and cell; lines that wait are left out."""
    places: dict[tuple[str, str], str] = {}
    sums: dict[tuple, Decimal] = {}
    for line in line_list:
        if line.confirmed_on is None:
            continue
        at = (line.scope, line.place)
        if at not in places:
            places[at] = regions.province_of(line.place) if at[0] == "跨省" else ""
        key = (*_spot(line), places[at])
        sums[key] = sums[key] + line.amount if key in sums else line.amount
    units: dict[Unit, Sums] = defaultdict(dict)
    for (number, on, period, scope, insured, fund, province), amount in sums.items():
        cell = Cell(period, scope, insured, province, fund)
        units[Unit(number, city_of(insured), on)][cell] = amount
    return units


_spot = attrgetter("list_number", "confirmed_on", "period", "scope", "insured", "fund")


def posting(
    policy: Policy,
    unit: Unit,
    sums: Sums,
    *,
    reading: Callable[[date], str],
    source: Callable[[Unit, Sums], str],
    ended: frozenset[str] = frozenset(),
) -> Posting | None:
    """A unit's vouchers; None when every net is zero (the lines are kept).

    `source` names the rows behind some cells. Counties whose books have `ended`
    (reading 8) have no voucher; the city takes their part as its own.
    """
    on = unit.confirmed_on
    vouchers = []
    for period, scope in sorted({cell[:2] for cell in sums}, key=str):
        cells = {c: a for c, a in sums.items() if c[:2] == (period, scope)}
        for entry in entries_for(policy, EVENT, scope, on, reading(on)):
            for region, kept in _by_book(policy, entry, unit, cells, ended).items():
                voucher = _voucher(
                    policy,
                    entry,
                    unit,
                    f"{region}-{entry.book}",
                    source(unit, kept),
                    next(iter(kept))[:2],
                    _amounts(entry, unit, kept, ended),
                )
                if voucher.lines:
                    vouchers.append(voucher)
    if not vouchers:
        return None
    return Posting(str(unit), "clr", "", EVENT, tuple(vouchers))


def _by_book(
    policy: Policy, entry: Entry, unit: Unit, cells: Sums, ended: frozenset[str]
) -> dict[str, Sums]:
    """The cells that an entry takes, by the region of the book that takes them."""
    if entry.book == "centre":
        return {policy.province: cells}
    if entry.book == "province-agency":
        return {policy.province: cells} if _is_province(unit) else {}
    if _is_province(unit):
        return {}
    if entry.book == "city-agency":
        return {unit.city: cells}
    counties: dict[str, Sums] = defaultdict(dict)
    for cell, amount in cells.items():
        if _is_county(cell) and cell.insured not in ended:
            counties[cell.insured][cell] = amount
    return dict(sorted(counties.items()))


def _voucher(
    policy: Policy,
    entry: Entry,
    unit: Unit,
    book: str,
    source: str,
    cleared: tuple[Month | Quarter, str],
    amounts: dict[str, list[Share]],
) -> Voucher:
    period, scope = cleared
    on = unit.confirmed_on
    return Voucher(
        book=book,
        dated=on,
        occurred_on=on,
        rule=policy.rule(entry),
        basis=policy.basis(entry),
        event=EVENT,
        scope=scope,
        period=str(period),
        quarter=str(period.quarter),
        payee=_counterpart(policy, entry, unit, on),
        narration=entry.summary.format(
            payer=regions.name(unit.city, on),
            period=printed_period(period),
            scope=scope,
            number=unit.list_number,
        ),
        lines=lines(entry, amounts),
        attachments=1,
        source=source,
        evidence=f"清算单{unit.list_number}",
    )


def _amounts(
    entry: Entry, unit: Unit, cells: Sums, ended: frozenset[str]
) -> dict[str, list[Share]]:
    total = _by(cells, lambda cell: "")
    if entry.book == "centre":
        return {
            "each payer": _by(cells, lambda cell: unit.city),
            "each place": _by(cells, lambda cell: cell.province),
            "total": total,
        }
    if entry.book == "city-agency":
        counties, own = {}, {}
        for cell, amount in cells.items():
            is_payer = _is_county(cell) and cell.insured not in ended
            (counties if is_payer else own)[cell] = amount
        return {
            "own": _by(own, lambda cell: ""),
            "each payer": _by(counties, lambda cell: cell.insured),
            "total": total,
        }
    return {"own": total, "total": total}


def _by(cells: Sums, detail: Callable[[Cell], str]) -> list[Share]:
    """Amounts summed by detail and fund, in code order."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for cell, amount in cells.items():
        sums[detail(cell), cell.fund] += amount
    return [Share(fund, at, amount) for (at, fund), amount in sorted(sums.items())]


def _is_county(cell: Cell) -> bool:
    return regions.level(cell.insured) == "county"


def _is_province(unit: Unit) -> bool:
    """省本级 and not a city."""
    return regions.level(unit.city) == "own"


def _counterpart(policy: Policy, entry: Entry, unit: Unit, on: date) -> str:
    if entry.counterpart == "centre":
        return policy.centre
    if _is_province(unit):
        return body_name("province-agency", policy.province, on, policy.centre)
    return body_name("city-agency", unit.city, on, policy.centre)
