"""A city's family sharing in a year, month by month, as its page draws it."""

from __future__ import annotations

from typing import NamedTuple, Sequence

from sqlalchemy import Connection, or_, select

from ledger.periods import Month
from ledger.settlements.results import SHARED
from reports.settlements.sharing_sums import (
    PREMIUM,
    SUM,
    Figures,
    Shared,
    figures,
    shared,
)

ROLES = AT_HOME, AWAY, FROM_AWAY = "本市账户在本市", "本市账户在外地", "外地账户在本市"
IN_WAN = 100_000  # yuan in a month from which a chart is in 万元


class MonthRow(NamedTuple):
    """A month's sharing: where whose account paid."""

    month: Month
    at_home: Figures
    away: Figures  # our accounts, elsewhere
    from_away: Figures  # others' accounts, here


def shares(connection: Connection, book: str) -> bool:
    """Whether families shared anything that touches a city agency's book."""
    region, _, kind = book.partition("-")
    if kind != "city-agency":
        return False
    for table, place in ((SUM, SUM.c.place), (PREMIUM, PREMIUM.c.region)):
        query = select(table.c.id).where(or_(table.c.payer == region, place == region))
        if table is SUM:
            query = query.where(SUM.c.part == SHARED)
        if connection.execute(query.limit(1)).first() is not None:
            return True
    return False


def months_in_year(connection: Connection, region: str, year: int) -> list[MonthRow]:
    """January up to the last month with anything."""
    rows = shared(connection, Month(year, 1), Month(year, 12), region)
    last = max((int(row.month[5:]) for row in rows), default=0)
    return [_month(region, Month(year, number), rows) for number in range(1, last + 1)]


def year_total(months: Sequence[MonthRow]) -> list[Figures]:
    """The months together, in the order of ROLES."""
    total = [Figures() for _ in ROLES]
    for row in months:
        total = [sums.and_of(found) for sums, found in zip(total, row[1:])]
    return total


def charts(months: Sequence[MonthRow]) -> list[dict]:
    """Charts as Fava draws them: net amounts and lines by month.

    Fava's axes write 350M for 350 million yuan and 500m for half of one 万元: large
    amounts are in 万元, small ones in yuan.
    """
    if not months:
        return []
    most = max(abs(found.net) for row in months for found in row[1:])
    unit, places = ("万元", 4) if most >= IN_WAN else ("元", 0)
    return [
        {
            "label": f"家庭共济净额（{unit}）",
            "type": "bar",
            "data": [
                _bar(row, lambda found: float(found.net.scaleb(-places)))
                for row in months
            ],
        },
        {
            "label": "收费笔数",
            "type": "bar",
            "data": [_bar(row, lambda found: found.charges) for row in months],
        },
    ]


def _month(region: str, month: Month, rows: Sequence[Shared]) -> MonthRow:
    mine = [row for row in rows if row.month == str(month)]
    ours = [row for row in mine if row.payer == region]
    return MonthRow(
        month,
        figures(row for row in ours if row.place == region),
        figures(row for row in ours if row.place != region),
        figures(row for row in mine if row.payer != region),
    )


def _bar(row: MonthRow, value) -> dict:
    balance = dict(zip(ROLES, map(value, row[1:])))
    return {
        "date": str(row.month.first_day),
        "balance": balance,
        "budgets": {},
        "account_balances": {},
    }
