"""What stood in the books as the sample's province-year begins (F0, F9).

Everybody has advances out, as the year before left them: each level's money with the
next, the centre's with other provinces, and other provinces' with the centre.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from desk.sample.figures import FUNDS
from desk.sample.year_lists import hosted, monthly_list, owed
from desk.sample.year_world import HISTORY, NEW_COUNTY, World
from ledger import regions
from ledger.documents import Opening, PastPayment
from ledger.money import NOTHING
from ledger.periods import Month

CUTOFF = date(2017, 12, 31)
BANK_MONTHS = 24  # of its people's need, on everybody's own account
ABROAD_MONTHS = 4  # of what is owed, paid in advance to other provinces
GUEST_MONTHS = 4  # of what their people cost here, by them to us
DECEMBER = Month(2017, 12)
BANK, NET = "银行存款——医保基金存款", "净资产——上年结余"
PAID, GUESTS = "暂付款——异地就医款", "暂收款——外省预付金"


class Openings:
    """The balances; `centre` is the centre's bank, by 险种."""

    def __init__(self, world: World):
        self.world = world
        self.provinces = {
            (due.province, due.fund): (due.own + due.lower) * ABROAD_MONTHS
            for due in owed(world, monthly_list(world, DECEMBER))
        }
        self.guests = {
            key: amount * GUEST_MONTHS
            for key, amount in hosted(world, DECEMBER).items()
        }
        self.advances: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        self.bank: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        for part, need in world.need.items():
            key = part.payer, part.fund
            self.advances[key] += world.opened(part)
            self.bank[key] += need * BANK_MONTHS
        self.centre = {fund: self._centre(fund) for fund in FUNDS}

    def lines(self) -> Iterator[Opening]:
        """F0, every book's balances; zero lines are left out."""
        for fund in FUNDS:
            for rows in self._books(fund):
                for book, subject, detail, debit, credit in rows:
                    if debit or credit:
                        line = ("", 0, book, CUTOFF, subject, detail, fund)
                        yield Opening(*line, debit, credit)

    def _books(self, fund: str) -> Iterator[list[tuple]]:
        land = self.world.land
        for city in land.cities:
            own = self.advances[regions.own_people(city), fund]
            counties = {c: self.advances[c, fund] for c in regions.counties(city)}
            for county, advance in counties.items():
                yield self._below(f"{county}-county", "县本级", county, fund, advance)
            whole = own + sum(counties.values(), NOTHING)
            rows = self._below(
                f"{city}-city", "市本级", regions.own_people(city), fund, whole
            )
            rows += [
                (f"{city}-city-agency", "暂收款——各县、区", county, NOTHING, advance)
                for county, advance in counties.items()
            ]
            rows[2] = (*rows[2][:4], rows[2][4] - whole + own)
            yield rows
        yield self._province(fund)
        yield self._centre_book(fund)

    def _below(self, body: str, bank: str, payer: str, fund: str, advance) -> list:
        """A county's or a city's two books."""
        held = self.bank[payer, fund]
        agency, finance = f"{body}-agency", f"{body}-finance"
        return [
            (agency, f"财政专户存款——{bank}", "", held, NOTHING),
            (agency, PAID, "", advance, NOTHING),
            (agency, NET, "", NOTHING, held + advance),
            (finance, BANK, "", held, NOTHING),
            (finance, NET, "", NOTHING, held),
        ]

    def _province(self, fund: str) -> list[tuple]:
        """省本级's agency, and the one finance book behind it and the centre."""
        land = self.world.land
        body = f"{land.province}-province"
        held, advance = (
            self.bank[land.own_people, fund],
            self.advances[land.own_people, fund],
        )
        rows = self._below(body, "省本级", land.own_people, fund, advance)[:3]
        guests = self._guests(fund)
        bank = held + self.centre[fund]
        net = bank - sum(guests.values(), NOTHING)
        finance = f"{body}-finance"
        rows += [(finance, BANK, "", bank, NOTHING), (finance, NET, "", NOTHING, net)]
        return rows + [
            (finance, GUESTS, partner, NOTHING, amount)
            for partner, amount in guests.items()
        ]

    def _centre_book(self, fund: str) -> list[tuple]:
        land = self.world.land
        book = f"{land.province}-centre"
        rows = [
            (book, "财政专户存款——异地就医结算中心", "", self.centre[fund], NOTHING)
        ]
        rows += [
            (book, "暂付款——各省、市", province, amount, NOTHING)
            for (province, at), amount in self.provinces.items()
            if at == fund
        ]
        rows += [
            (book, "暂收款——各市、州", city, NOTHING, self._of_city(city, fund))
            for city in (*land.cities, land.own_people)
        ]
        return rows + [
            (book, GUESTS, partner, NOTHING, amount)
            for partner, amount in self._guests(fund).items()
        ]

    def _centre(self, fund: str) -> Decimal:
        """The centre's bank: what it holds for others, less what is out with others."""
        land = self.world.land
        cities = [self._of_city(c, fund) for c in (*land.cities, land.own_people)]
        out = [amount for (_, at), amount in self.provinces.items() if at == fund]
        held = sum(cities, NOTHING) + sum(self._guests(fund).values(), NOTHING)
        return held - sum(out, NOTHING)

    def _of_city(self, city: str, fund: str) -> Decimal:
        if city == self.world.land.own_people:
            return self.advances[city, fund]
        payers = [regions.own_people(city), *regions.counties(city)]
        return sum((self.advances[payer, fund] for payer in payers), NOTHING)

    def _guests(self, fund: str) -> dict[str, Decimal]:
        return {p: amount for (p, at), amount in self.guests.items() if at == fund}


def past_payments(world: World) -> Iterator[PastPayment]:
    """F9 of every payer but the new county, which has no past."""
    for year in HISTORY:
        for part in world.need:
            if part.payer != NEW_COUNTY:
                line = ("", 0, year, part.payer, part.scope, part.fund)
                yield PastPayment(*line, world.paid_in(year, part), "")
