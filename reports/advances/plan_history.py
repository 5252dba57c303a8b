"""What earlier years paid in the same quarter: lists (F2), else a year's table (F9)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Callable, Iterable, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.advances.past_payments import YearPaid, paid_in
from ledger.periods import Quarter
from reports.advances.plan_readings import Cleared, cleared, months_listed
from reports.usage_notes import Cell

QUARTERS, MONTHS = 4, 3  # in a year, in a quarter
PayerOf = Callable[[str], str]


class History:
    """Means of a quarter's payments, by cell, and the years that they are of."""

    def __init__(
        self,
        connection: Connection,
        quarter: Quarter,
        years: int,
        payers: Sequence[str],
        payer_of: PayerOf,
        on: date,
    ):
        earlier = [quarter._replace(year=quarter.year - n) for n in range(1, years + 1)]
        months = {q: months_listed(connection, q) for q in earlier}
        listed = _by_year(cleared(connection, earlier, on), payer_of, months)
        tabled = _tabled(paid_in(connection, {q.year for q in earlier}), payer_of)
        self.years: dict[str, list[int]] = {}
        self.sums: dict[Cell, Fraction] = defaultdict(Fraction)
        self.lists: set[tuple[str, str]] = set()  # payer and 范围 with lists of a year
        for payer in payers:
            known = self.years[payer] = []
            for year in sorted({q.year for q in earlier}):
                source = listed.get((payer, year)) or tabled.get((payer, year))
                if (payer, year) in listed:
                    listed_in = months[quarter._replace(year=year)]
                    self.lists |= {(payer, scope) for scope in listed_in}
                if source:
                    known.append(year)
                    for (scope, fund), amount in source.items():
                        self.sums[payer, scope, fund] += amount

    def mean(self, cell: Cell) -> Fraction:
        """A quarter's payment in the mean of the years that are known."""
        years = len(self.years[cell[0]])
        return self.sums.get(cell, Fraction(0)) / years if years else Fraction(0)

    def tells(self, cell: Cell) -> bool:
        """Whether a year says anything of a cell, also nothing: F9 by a line of its
        own, lists by being there for the payer and the 范围."""
        return cell in self.sums or cell[:2] in self.lists

    def funds(self) -> set[str]:
        return {fund for _, _, fund in self.sums}


def _by_year(rows: Iterable[Cleared], payer_of: PayerOf, months: dict) -> dict:
    """(payer, year) → (范围, 险种) → what was cleared and does not wait.

    A quarter with lists of some months alone is reckoned up to three.
    """
    found: dict = defaultdict(lambda: defaultdict(Fraction))
    for row in rows:
        if not row.waits:
            place = found[payer_of(row.insured), row.period.year]
            share = Fraction(MONTHS, len(months[row.period.quarter][row.scope]))
            place[row.scope, row.fund] += Fraction(row.amount) * share
    return found


def _tabled(rows: Iterable[YearPaid], payer_of: PayerOf) -> dict:
    """(payer, year) → (范围, 险种) → a quarter of what F9 has for the year.

    A city's own row is of the whole city; without it its counties' and own people's
    are added up.
    """
    whole = {(r.region, r.year, r.scope, r.fund) for r in rows}
    found: dict = defaultdict(lambda: defaultdict(Fraction))
    for row in rows:
        payer = payer_of(row.region)
        key = (payer, row.year, row.scope, row.fund)
        if row.region == payer or key not in whole:
            place = found[payer, row.year]
            place[row.scope, row.fund] += Fraction(row.amount) / QUARTERS
    return found


def payer_at(region: str) -> PayerOf:
    """Who pays at a holder for a 参保地: at the province its city, or 省本级; at a
    city itself."""
    if regions.level(region) == "province":
        return regions.city_of
    return lambda insured: insured
