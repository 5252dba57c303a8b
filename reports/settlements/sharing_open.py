"""What is open: sums that no clearing between regions took, and what clearings say.

A month's age counts from the month of the bills to the one we are in. Only what an
approved posting brought, and none took back, is open.

依据：皖医保中心〔2024〕39号 二（六）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, and_, func, literal, or_, select

from ledger import regions
from ledger.money import NOTHING
from ledger.periods import Month, month_of
from ledger.settlements.clearing import ELSEWHERE, FAMILY, NETWORKED, PREMIUM
from ledger.settlements.results import SHARED
from reports.settlements.sharing_sums import POSTING
from reports.settlements.sharing_sums import PREMIUM as PREMIUMS
from reports.settlements.sharing_sums import STANDS, SUM


class Open(NamedTuple):
    """A month's open sums that one region owes another, of a subject."""

    subject: str  # 家庭共济, 异地结算, 家庭共济保费
    payer: str
    payee: str
    month: str
    age: int  # in months; 0 for this month's
    lines: int
    amount: Decimal


class RegionOpen(NamedTuple):
    """A region's open sums at a glance."""

    region: str
    name: str
    owes: Decimal
    is_owed: Decimal
    since: str  # the earliest month
    age: int


def open_sums(connection: Connection, on: date, region: str = "") -> list[Open]:
    """Every pair and month that waits, the oldest first; of a region, both sides."""
    found = []
    for table, subject, payee, where in (
        (SUM, FAMILY, SUM.c.place, _between(SUM.c.part == SHARED)),
        (SUM, ELSEWHERE, SUM.c.place, _between(SUM.c.part != SHARED)),
        (PREMIUMS, PREMIUM, PREMIUMS.c.region, PREMIUMS.c.payer != PREMIUMS.c.region),
    ):
        keys = (literal(subject), table.c.payer, payee, table.c.month)
        amount = func.sum(table.c.amount, type_=table.c.amount.type)
        query = (
            select(*keys, func.sum(table.c.lines), amount)
            .join(POSTING, POSTING.c.id == table.c.posting_id)
            .where(table.c.clearing_id.is_(None), STANDS, where)
            .group_by(table.c.payer, payee, table.c.month)
        )
        if region:
            query = query.where(or_(table.c.payer == region, payee == region))
        for *words, lines, owed in connection.execute(query):
            found.append(Open(*words, age(words[-1], on), int(lines), owed))
    return sorted(found, key=lambda row: (row.month, row.payer, row.payee, row.subject))


def region_rows(connection: Connection, on: date) -> list[RegionOpen]:
    """The regions that have something open, by code."""
    by_region: dict[str, list[Open]] = defaultdict(list)
    for row in open_sums(connection, on):
        by_region[row.payer].append(row)
        by_region[row.payee].append(row)
    return [
        RegionOpen(
            region,
            regions.name(region),
            _sum(row.amount for row in rows if row.payer == region),
            _sum(row.amount for row in rows if row.payee == region),
            rows[0].month,
            rows[0].age,
        )
        for region, rows in sorted(by_region.items())
        if regions.level(region) == "city"
    ]


def age(month: str, on: date) -> int:
    """How many months ago a month was.

    >>> age("2024-11", date(2025, 2, 1))
    3
    """
    at, then = month_of(on), Month(int(month[:4]), int(month[5:]))
    return (at.year - then.year) * 12 + at.number - then.number


def _between(part):
    return and_(part, SUM.c.channel == NETWORKED, SUM.c.payer != SUM.c.place)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
