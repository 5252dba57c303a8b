"""Clearing lines of a region that is suspended or not yet admitted: flagged.

A flag refuses nothing: patients in treatment may still be settled, and late lines of
earlier months come in. It says which lines a person should look at. 依据：
黔人社厅通〔2017〕204号 一、五（一）. A suspension counts where it touches the line's
period, 未接入 where the region was not yet open on the period's last day: the month in
which it opens holds good lines. What holds for a city holds for its counties and own
people; a county's own setting goes before its city's.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Callable, Iterable, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions, settings
from ledger.advances.suspensions import SuspensionRow, suspensions
from ledger.money import NOTHING
from ledger.periods import Month, Quarter, period
from ledger.schema import ClearingLine

CLEARING = ClearingLine.__table__
GO_LIVE, CLOSED = "go-live", "closed"
SUSPENDED, NOT_OPEN = "suspended", "not-open"
NOTED = 3  # flags that a notice names one by one


class Flag(NamedTuple):
    """The lines of one payer and period, and why they are to be looked at."""

    insured: str  # 参保地
    period: str
    why: str  # suspended or not-open
    since: date | None  # the suspension's first day
    document: str  # of the suspension
    lines: int
    amount: Decimal

    @property
    def text(self) -> str:
        """贵阳市南明区2018-03清算2行：自2018-03-10起暂停直接结算（文号）."""
        name = regions.name(self.insured)
        place = name
        if regions.level(self.insured) == "county":
            place = regions.name(regions.city_of(self.insured)) + name
        said = "在清算期内尚未接入直接结算"
        if self.why == SUSPENDED:
            said = f"自{self.since}起暂停直接结算（{self.document}）"
        return f"{place}{self.period}清算{self.lines}行：{said}"


def flag_note(found: list[Flag]) -> str:
    """Flags as a notice's note, a line each; the rest of many are counted."""
    said = [f"{flag.text}，请核实。" for flag in found[:NOTED]]
    if len(found) > NOTED:
        said.append(f"另有{len(found) - NOTED}处同样情形，见 yibao check。")
    return "\n".join(said)


def flags(connection: Connection, lines: Iterable) -> list[Flag]:
    """Flags of lines as a form or the database has them (insured, period, amount).

    By period and payer; nothing where no region was ever suspended or closed.
    """
    why = _reasons(connection)
    if why is None:
        return []
    sums: dict[tuple, list] = defaultdict(lambda: [0, NOTHING])
    for line in lines:
        part = sums[str(line.period), line.insured]
        part[0] += 1
        part[1] += line.amount
    return _flags(why, ((*key, *part) for key, part in sums.items()))


def flags_of(
    connection: Connection, periods: Iterable[Month | Quarter] | None = None
) -> list[Flag]:
    """Flags of the live lines in the database: of some periods, or of all."""
    why = _reasons(connection)
    if why is None:
        return []
    query = (
        select(
            CLEARING.c.period,
            CLEARING.c.insured,
            func.count(),
            func.sum(CLEARING.c.amount, type_=CLEARING.c.amount.type),
        )
        .where(CLEARING.c.live)
        .group_by(CLEARING.c.period, CLEARING.c.insured)
    )
    if periods is not None:
        query = query.where(CLEARING.c.period.in_(sorted(map(str, periods))))
    return _flags(why, connection.execute(query).all())


def _flags(why: Callable, sums: Iterable[tuple]) -> list[Flag]:
    found = []
    for at, insured, lines, amount in sorted(sums):
        for reason in why(insured, at):
            found.append(Flag(insured, at, *reason, lines, amount))
    return found


def _reasons(connection: Connection) -> Callable | None:
    """(payer, period) → [(why, since, document)]; None where nothing can be said."""
    suspended: dict[str, list[SuspensionRow]] = defaultdict(list)
    for row in suspensions(connection):
        suspended[row.region].append(row)
    closed = _closed(connection)
    if not suspended and closed is None:
        return None

    def why(insured: str, at: str) -> list[tuple]:
        asked = period(at)
        first, last = asked.first_day, asked.last_day
        places = dict.fromkeys((insured, regions.city_of(insured)))
        reasons = [
            (SUSPENDED, row.from_day, row.document)
            for place in places
            for row in suspended.get(place, ())
            if row.touches(first, last)
        ]
        if closed and closed(tuple(places), last):
            reasons.append((NOT_OPEN, None, ""))
        return reasons

    return why


def _closed(connection: Connection) -> Callable | None:
    """Whether the first of some places with a setting of its own is closed on a day."""
    rows = [row for row in settings.rows(connection) if row.name == GO_LIVE]
    if not rows:
        return None
    default = settings.setting_named(GO_LIVE).default

    def closed(places: tuple[str, ...], on: date) -> bool:
        for place in (*places, ""):
            in_force = [
                (row.from_day or date.min, index, row.value)
                for index, row in enumerate(rows)
                if row.region == place and (row.from_day or date.min) <= on
            ]
            if in_force:
                return max(in_force)[2] == CLOSED
        return default == CLOSED

    return closed
