"""What everybody holds, and is asked for, in the sample's province-year.

The same plan as `yibao plan` makes: the policy's formula on the figures that the
books will show on the day. A city's counties are asked by the same formula; the city
pays what the province asks of it, its own people's part being what remains. What a
new county has to pay first is no part of its city's formula; it is added by an edit.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from desk.sample.figures import ABROAD, HOME, Part
from desk.sample.year_plan import planned
from desk.sample.year_world import GO_LIVE, HISTORY, NEW_COUNTY, World
from ledger import regions
from ledger.money import NOTHING
from ledger.periods import Quarter
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


class Advances:
    """What each part holds: `held` less what is cleared and not yet confirmed."""

    def __init__(self, world: World):
        self.world = world
        self.policy = policy_of(world.land.province)
        self.held = {part: world.opened(part) for part in world.need}
        self.waiting: dict[Part, Decimal] = defaultdict(lambda: NOTHING)
        self.edits: dict[str, Cells] = (
            {}
        )  # city: what is asked instead of the formula's

    def clear(self, amounts: dict[Part, Decimal]) -> None:
        for part, amount in amounts.items():
            self.held[part] -= amount

    def pay(self, part: Part, amount: Decimal) -> None:
        self.held[part] += amount

    def asked(self, quarter: Quarter, last: dict[Part, Decimal]) -> dict[Part, Decimal]:
        """By part: what is asked for a quarter; `last` was cleared and is taken off.

        Called once a quarter, when the lists of the quarter before are known.
        """
        self.clear(last)
        self.edits, amounts = {}, {}
        for city in (*self.world.land.cities, self.world.land.own_people):
            own = self._own_people(city)
            below = regions.counties(city) if city != own else []
            whole = self._asked(quarter, last, [own, *below])
            for cell, amount in whole.items():
                if NEW_COUNTY in below and quarter == GO_LIVE.quarter:
                    amount += FIRST_MONTHS * ESTIMATE[cell]
                    self.edits.setdefault(city, {})[cell] = amount
                for county in below:
                    part = Part(county, *cell)
                    amounts[part] = self._county(quarter, last, part)
                    amount -= amounts[part]
                amounts[Part(own, *cell)] = amount
        return amounts

    def _county(self, quarter: Quarter, last, part: Part) -> Decimal:
        if part.payer != NEW_COUNTY or quarter > GO_LIVE.quarter:
            return self._of(quarter, last, [part])
        first = quarter == GO_LIVE.quarter
        return FIRST_MONTHS * ESTIMATE[part.scope, part.fund] if first else NOTHING

    def _own_people(self, city: str) -> str:
        if city == self.world.land.own_people:
            return city
        return regions.own_people(city)

    def _asked(
        self, quarter: Quarter, last: dict[Part, Decimal], payers: list[str]
    ) -> Cells:
        """What some payers are asked for together, by 范围 and 险种."""
        found = {}
        for scope in (ABROAD, HOME):
            for fund in sorted({part.fund for part in self.world.need}):
                parts = [Part(payer, scope, fund) for payer in payers]
                parts = [part for part in parts if part in self.world.need]
                if parts:
                    found[scope, fund] = self._of(quarter, last, parts)
        return found

    def _of(self, quarter: Quarter, last, parts: list[Part]) -> Decimal:
        cleared = sum((last.get(part, NOTHING) for part in parts), NOTHING)
        held = sum((self.held[part] for part in parts), NOTHING)
        known = [part for part in parts if part.payer != NEW_COUNTY]
        past = [
            sum((self.world.paid_in(year, part) for part in known), NOTHING) / 4
            for year in HISTORY
            if known
        ]
        waiting = sum((self.waiting[part] for part in parts), NOTHING)
        return planned(
            self.policy, last=cleared, remaining=held, waiting=waiting, past=past
        )
