"""What everybody holds, and is asked for, in the sample's province-year.

The same plan as `yibao plan` makes: the policy's formula on the figures that the
books will show on the day. A city's counties are asked by the same formula; the city
pays what the province asks of it, its own people's part being what remains. What a
new county has to pay first is no part of its city's formula; it is added by an edit.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from desk.sample.figures import ABROAD, FUNDS, HOME, Part
from desk.sample.year_world import GO_LIVE, HISTORY, NEW_COUNTY, World, quarter_before
from ledger import regions
from ledger.advances.plans import EMERGENCY, QUOTA
from ledger.money import NOTHING
from ledger.periods import Quarter
from posting_rules.funding import apportioned
from posting_rules.planning import work
from posting_rules.policies import policy_of

FIRST_MONTHS = 4  # 三（三）
# A month's payment of the new county as its agency estimates it.
ESTIMATE = {
    (ABROAD, "310"): Decimal("70000.00"),
    (ABROAD, "390"): Decimal("75000.00"),
    (HOME, "310"): Decimal("72000.00"),
    (HOME, "390"): Decimal("78000.00"),
}
Cells = dict[tuple[str, str], Decimal]  # (范围, 险种): yuan
Amounts = dict[Part, Decimal]


class Advances:
    """What each part holds: what was there as the year began, and what moved since."""

    def __init__(self, world: World):
        self.world = world
        self.policy = policy_of(world.land.province)
        self.opened: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        for part in world.need:  # F0 knows no 范围
            self.opened[part.payer, part.fund] += world.opened(part)
        self.moved: Amounts = defaultdict(lambda: NOTHING)
        self.waiting: Amounts = defaultdict(lambda: NOTHING)  # set, and not paid
        self.cleared: dict[Quarter, Amounts] = {}
        self.edits: dict[str, Cells] = {}  # city: asked instead of the formula's

    def pay(self, part: Part, amount: Decimal) -> None:
        self.moved[part] += amount

    def asked(self, quarter: Quarter) -> Amounts:
        """By part: what is asked for a quarter, when `cleared` has the one before."""
        self.edits, amounts = {}, {}
        for city in (*self.world.land.cities, self.world.land.own_people):
            own, below = own_people(city), counties(city)
            for cell in self.cells(city):
                amount = self._asked(quarter, [own, *below], cell)
                if NEW_COUNTY in below and quarter == GO_LIVE.quarter:
                    amount += FIRST_MONTHS * ESTIMATE[cell]
                    self.edits.setdefault(city, {})[cell] = amount
                asked = {c: self._county(quarter, c, cell) for c in below}
                for payer, part in _shared_out(amount, asked, own).items():
                    amounts[Part(payer, *cell)] = part
        return amounts

    def clear(self, quarter: Quarter) -> None:
        """Take off what was cleared for a quarter."""
        for part, amount in self.cleared[quarter].items():
            self.moved[part] -= amount

    def urgent(self, quarter: Quarter, city: str) -> Cells:
        """紧急调增 by the formula, once all of a quarter is cleared."""
        payers = [own_people(city), *counties(city)]
        found = {}
        for cell in self.cells(city):
            held, cleared = self._held(quarter, payers, cell)
            more = {"cleared": cleared, "elapsed": 3, "advance_now": held}
            inputs = {**self._common(quarter, payers, cell), **more}
            found[cell] = work(self.policy, EMERGENCY, inputs).amount
        return found

    def spread(self, quarter: Quarter, city: str, amounts: Cells) -> Amounts:
        """A city's amounts over its own people and its counties, as they cleared."""
        found = {}
        for cell, amount in amounts.items():
            parts = [Part(p, *cell) for p in (own_people(city), *counties(city))]
            weights = {part: self.cleared[quarter][part] for part in parts}
            found.update(apportioned(amount, weights))
        return found

    def more(self, quarter: Quarter, city: str, missed: Amounts) -> Amounts:
        """What lines that came after the plan add to what a city is asked for.

        Called before the quarter's own money is paid, like the plan that it corrects.
        """
        before = quarter_before(quarter)
        payers, found = [own_people(city), *counties(city)], {}
        self._unclear(before)
        first = {cell: self._asked(quarter, payers, cell) for cell in self.cells(city)}
        for part, amount in missed.items():
            self.cleared[before][part] += amount
        for cell, asked in first.items():
            extra = self._asked(quarter, payers, cell) - asked
            found[Part(own_people(city), *cell)] = extra
        self.clear(before)
        return found

    def _unclear(self, quarter: Quarter) -> None:
        for part, amount in self.cleared[quarter].items():
            self.moved[part] += amount

    def cells(self, city: str) -> list[tuple[str, str]]:
        """范围 and 险种 of a payer, in the order of a plan's lines."""
        known = {part[1:] for part in self.world.need if part.payer == own_people(city)}
        return [(s, f) for s in (ABROAD, HOME) for f in FUNDS if (s, f) in known]

    def _county(self, quarter: Quarter, county: str, cell) -> Decimal:
        if county != NEW_COUNTY or quarter > GO_LIVE.quarter:
            return self._asked(quarter, [county], cell)
        first = quarter == GO_LIVE.quarter
        return FIRST_MONTHS * ESTIMATE[cell] if first else NOTHING

    def _asked(self, quarter: Quarter, payers: list[str], cell) -> Decimal:
        """What some payers are asked for together for a 范围 and 险种."""
        before = quarter_before(quarter)
        held, cleared = self._held(before, payers, cell)
        inputs = {
            **self._common(quarter, payers, cell),
            "last": cleared,
            "listed": 3,
            "advance": held,
            "waiting": self._sum(self.waiting, payers, cell),
            "cash": 0,
        }
        return work(self.policy, QUOTA, inputs).amount

    def _common(self, quarter: Quarter, payers: list[str], cell) -> dict:
        before = self.cleared.get(quarter_before(quarter))
        years = [y for y in range(quarter.year - 3, quarter.year) if y in HISTORY]
        if set(payers) == {NEW_COUNTY}:
            years = []
        past = [self._past(Quarter(y, quarter.number), payers, cell) for y in years]
        return {
            "last": self._sum(before, payers, cell) if before else 0,
            "listed": 3 if before else 0,
            "waiting": 0,
            "cash": 0,
            "history": sum(past, Fraction(0)) / len(past) if past else 0,
            "years": len(past),
            "told": int(bool(past)),
            "first": 0,
            "estimate": 0,
        }

    def _past(self, quarter: Quarter, payers: list[str], cell) -> Fraction:
        """An earlier year's quarter: its lists, or a quarter of F9."""
        if quarter in self.cleared:
            return Fraction(self._sum(self.cleared[quarter], payers, cell))
        parts = [Part(p, *cell) for p in payers if p != NEW_COUNTY]
        paid = [self.world.paid_in(quarter.year, part) for part in parts]
        return Fraction(sum(paid, NOTHING)) / 4

    def _held(self, quarter: Quarter, payers: list[str], cell) -> tuple:
        """Advance and clearing of a quarter; the openings follow the first clearing."""
        scope, fund = cell
        first = {
            s: self._sum(self.cleared[min(self.cleared)], payers, (s, fund))
            for s in (ABROAD, HOME)
        }
        opened = sum((self.opened[payer, fund] for payer in payers), NOTHING)
        if any(amount > 0 for amount in first.values()):
            opened = apportioned(opened, first).get(scope, NOTHING)
        cleared = self._sum(self.cleared[quarter], payers, cell)
        return opened + self._sum(self.moved, payers, cell), cleared

    def _sum(self, amounts: Amounts, payers: list[str], cell) -> Decimal:
        parts = [Part(payer, *cell) for payer in payers]
        return sum((amounts.get(part, NOTHING) for part in parts), NOTHING)


def _shared_out(
    whole: Decimal, asked: dict[str, Decimal], own: str
) -> dict[str, Decimal]:
    """A city's amount over its counties and its own people, who pay what remains.

    Where the counties' add up to more than the city's, they pay less alike.
    """
    parts = {payer: max(amount, NOTHING) for payer, amount in asked.items()}
    total = sum(parts.values(), NOTHING)
    if total > whole:
        parts = {**dict.fromkeys(parts, NOTHING), **apportioned(whole, parts)}
        total = whole
    return {**parts, own: whole - total}


def counties(city: str) -> list[str]:
    """A city's counties; 省本级 has none."""
    return regions.counties(city) if regions.level(city) == "city" else []


def own_people(city: str) -> str:
    return regions.own_people(city) if regions.level(city) == "city" else city
