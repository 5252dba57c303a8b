"""What F2 shows: a period's lists are there, a city's lines are confirmed."""

from __future__ import annotations

from datetime import date
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, case, func, select

from ledger import regions
from ledger.advances.clearing_words import DISPUTED, WORD
from ledger.money import grouped
from ledger.periods import Month, Quarter, period
from ledger.schema import ClearingLine, Document
from reports.advances.waiting import Dispute
from reports.evidence_advances import recorded_day

NORMAL, ABROAD = "正常", "跨省"
NAMED = 3  # disputed lines that a note names
CLEARING, DOCUMENT = ClearingLine.__table__, Document.__table__


class Listed(NamedTuple):
    """Lines of F2 of one period, 范围 and 参保地.

    `lines`, `confirmed` and `last_confirmed` are of those that nobody ever disputed;
    `disputed` counts the others while they wait.
    """

    period: str
    scope: str
    nature: str
    insured: str
    lines: int
    confirmed: int
    last_confirmed: date | None
    disputed: int
    imported: date


def imported_on(lists: Sequence[Listed], asked: Month | Quarter) -> date | None:
    """The day on which a period's lists were all there.

    A month is there with its own 跨省 lines or its quarter's; a quarter with lines
    of its own, or with those of its three months.
    """
    first: dict[str, date] = {}
    abroad = isinstance(asked, Month)
    for row in lists:
        if not abroad or row.scope == ABROAD:
            day = first.get(row.period, row.imported)
            first[row.period] = min(day, row.imported)
    whole = first.get(str(asked.quarter))
    if abroad:
        days = [day for day in (first.get(str(asked)), whole) if day]
        return min(days, default=None)
    months = [first.get(str(month)) for month in asked.months]
    every = max(months) if all(months) else None
    return min((day for day in (whole, every) if day), default=None)


def confirmed_on(
    lists: Sequence[Listed], asked: Quarter, city: str
) -> tuple[date | None, str]:
    """The last 确认日期 once no line of the city waits; its list, if it has none.

    A line in dispute goes on to the next period and holds up nothing, unless all are
    in dispute. 补清算 and 冲减 come after the quarter's confirmation and do not move
    its day.
    """
    periods = {str(asked), *map(str, asked.months)}
    mine = [
        row
        for row in lists
        if row.period in periods and regions.city_of(row.insured) == city
    ]
    if not mine:
        return imported_on(lists, asked), ""
    waiting = sum(row.lines - row.confirmed for row in mine)
    if waiting:
        return None, f"还有{waiting}行待确认"
    disputed = sum(row.disputed for row in mine)
    note = f"{disputed}行有异议，转入下期" if disputed else ""
    known = [row for row in mine if row.last_confirmed]
    normal = [row for row in known if row.nature == NORMAL] or known
    return max((row.last_confirmed for row in normal), default=None), note


def is_of(line: Dispute, quarter: Quarter, city: str) -> bool:
    """Whether a line is a city's, of a quarter or one of its months."""
    of = period(line.period).quarter == quarter
    return of and regions.city_of(line.insured) == city


def named(lines: Sequence[Dispute]) -> str:
    """Lines in dispute, the first ones by name: payer, place, fund, amount."""
    if not lines:
        return ""
    said = [
        f"{regions.name(row.insured)}在{regions.name(row.place)}"
        f"险种{row.fund} {grouped(row.amount)}元"
        for row in lines[:NAMED]
    ]
    more = "等" if len(lines) > NAMED else ""
    return f"（{'、'.join(said)}{more}）"


def periods_of(quarters: Iterable[Quarter]) -> list[str]:
    """The quarters and their months as F2 writes them."""
    return sorted({text for q in quarters for text in (str(q), *map(str, q.months))})


def lists_of(connection: Connection, quarters: Iterable[Quarter]) -> list[Listed]:
    """What F2 holds of some quarters and their months."""
    periods = periods_of(quarters)
    ever = CLEARING.c.id.in_(select(WORD.c.line_id).where(WORD.c.says == DISPUTED))
    confirmed = CLEARING.c.confirmed_on
    rows = connection.execute(
        select(
            CLEARING.c.period,
            CLEARING.c.scope,
            CLEARING.c.nature,
            CLEARING.c.insured,
            _count(~ever),
            _count(~ever & confirmed.is_not(None)),
            func.max(case((~ever, confirmed))),
            _count(ever & confirmed.is_(None)),
            func.min(DOCUMENT.c.recorded_at),
        )
        .join(DOCUMENT, DOCUMENT.c.id == CLEARING.c.document_id)
        .where(CLEARING.c.period.in_(periods), CLEARING.c.live)
        .group_by(
            CLEARING.c.period,
            CLEARING.c.scope,
            CLEARING.c.nature,
            CLEARING.c.insured,
        )
    )
    return [Listed(*row[:-1], recorded_day(row[-1])) for row in rows]


def _count(condition):
    return func.sum(case((condition, 1), else_=0))
