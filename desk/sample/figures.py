"""A sample province's figures: invented payers' advances and clearings.

Every amount is drawn from the seed. The rates at which the payers use their
advances are chosen so that the usage report has something of every level.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple, Sequence

from ledger import regions
from ledger.errors import UsageError
from ledger.money import NOTHING, from_fen, to_fen, whole_fen
from ledger.periods import Quarter
from posting_rules.calendar import calendar_tasks, deadlines
from posting_rules.workdays import is_workday

FUNDS = ("310", "390")
ABROAD, HOME = "跨省", "省内"
# How much of its advance each city's people use; cities take them in turn.
CITY_RATES = [
    Decimal(rate)
    for rate in "0.58 0.75 0.62 0.94 0.55 0.65 0.50 0.79 0.60 0.57".split()
]
# Counties that stand out, by their place in the province: right on 70 %, over 70 %,
# beyond the advance (X10), over 90 %.
COUNTY_RATES = {
    0: Decimal("0.70"),
    5: Decimal("0.77"),
    16: Decimal("1.08"),
    20: Decimal("0.95"),
}
# Where people go for work and to hospitals, and how many of them.
DESTINATIONS = {
    "440000": 20,
    "500000": 12,
    "330000": 11,
    "510000": 10,
    "310000": 9,
    "110000": 8,
    "320000": 7,
    "350000": 6,
    "430000": 6,
    "450000": 6,
    "530000": 6,
    "420000": 5,
    "370000": 4,
    "410000": 4,
    "340000": 3,
}
PARTNERS = 14


class Part(NamedTuple):
    """What is kept apart of a payer's money."""

    payer: str  # a county, own people (..99, 529900)
    scope: str
    fund: str


class Land(NamedTuple):
    """A province and whom its forms speak of."""

    province: str
    cities: tuple[str, ...]
    counties: tuple[str, ...]
    partners: tuple[str, ...]  # other provinces

    @property
    def own_people(self) -> str:
        return regions.own_people(self.province)

    @property
    def payers(self) -> list[str]:
        """Each city's counties, then its own people; 省本级 comes last."""
        found = []
        for city in self.cities:
            found += [*regions.counties(city), regions.own_people(city)]
        return [*found, self.own_people]


@dataclass
class Office:
    """What the sample remembers from one quarter to the next.

    Counties right below a province (海南, 新疆) are left out: no form of theirs
    goes through a city.
    """

    land: Land
    seed: int
    limits: dict[Part, Decimal]  # what a payer should hold as a quarter begins
    held: dict[Part, Decimal] = field(default_factory=dict)
    # Cleared with other provinces, by (province, fund): 省本级's, the others'.
    owed: dict[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)

    def random(self, quarter: Quarter | str) -> Random:
        return Random(f"{self.seed}/{self.land.province}/{quarter}")

    def hold(self, part: Part, amount: Decimal) -> None:
        self.held[part] = self.held.get(part, NOTHING) + amount


class Days(NamedTuple):
    """The days of a quarter's business, from the policy's calendar."""

    quota: date
    counties: list[date]  # working days on which counties pay
    cities: list[date]  # and cities, after them
    payments: list[date]  # one a month, to other provinces
    confirm: list[date]  # in the next quarter, of this quarter's clearing


def office(province: str, seed: int) -> Office:
    """A province as it starts; UsageError for a code that is no province."""
    if (
        regions.today_code(province) != province
        or regions.level(province) != "province"
    ):
        raise UsageError(f"“{province}”不是省级代码；例如贵州省是 520000")
    cities = tuple(regions.cities(province))
    counties = tuple(county for city in cities for county in regions.counties(city))
    partners = [code for code in DESTINATIONS if code != province]
    land = Land(province, cities, counties, tuple(partners[:PARTNERS]))
    made = Office(land, seed, {})
    rng = made.random("limits")
    for payer in land.payers:
        size = _size(land, payer) * rng.uniform(0.5, 2.0)
        for scope in scopes(land, payer):
            for fund in FUNDS:
                made.limits[Part(payer, scope, fund)] = tenths(
                    Decimal(rng.uniform(0.7, 1.3) * size)
                )
    return made


def _size(land: Land, payer: str) -> float:
    if payer == land.own_people:
        return 2_600_000
    return 420_000 if regions.level(payer) == "county" else 900_000


def tenths(amount: Decimal) -> Decimal:
    """To the tenth of a yuan, so that 70 % of a sum is exact to the fen."""
    return to_fen(amount.quantize(Decimal("0.1")))


def scopes(land: Land, payer: str) -> tuple[str, ...]:
    return (ABROAD, HOME) if home_places(land, payer) else (ABROAD,)


def home_places(land: Land, payer: str) -> list[str]:
    """Where a payer's people are treated in the province: not in their own city."""
    city = regions.city_of(payer)
    elsewhere = [c for c in land.counties if regions.parent(c) != city]
    return elsewhere or [c for c in land.counties if c != payer]


def top_ups(of: Office, rng: Random) -> dict[Part, Decimal]:
    """What each payer pays in this quarter, so that it holds its limit again."""
    paid = {}
    for part, limit in of.limits.items():
        wanted = tenths(limit * Decimal(rng.uniform(1.0, 1.06)))
        paid[part] = wanted - of.held.get(part, NOTHING)
        of.held[part] = wanted
    return paid


def cleared(of: Office, rng: Random) -> dict[Part, Decimal]:
    """What is cleared of what they hold; it is taken off."""
    amounts = {}
    by_payer = defaultdict(list)
    for part in of.limits:
        by_payer[part.payer].append(part)
    for payer, parts in by_payer.items():
        held = [of.held[part] for part in parts]
        total = to_fen(sum(held) * _rate(of.land, payer, rng))
        weights = [int(amount * rng.randint(88, 112)) for amount in held]
        amounts.update(zip(parts, shared(total, weights)))
    for part, amount in amounts.items():
        of.hold(part, -amount)
    return amounts


def _rate(land: Land, payer: str, rng: Random) -> Decimal:
    jitter = Decimal(rng.randint(-40, 40)) / 1000
    if payer in land.counties:
        special = COUNTY_RATES.get(land.counties.index(payer))
        if special is not None:
            return special
    city = regions.city_of(payer)
    if city not in land.cities:
        return Decimal("0.63") + jitter
    return CITY_RATES[land.cities.index(city) % len(CITY_RATES)] + jitter


def shared(total: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """A total in parts by weight, to the fen; the parts add up to it."""
    fen, whole = abs(whole_fen(total)), sum(weights)
    parts = [fen * weight // whole for weight in weights]
    left = sorted(range(len(parts)), key=lambda i: -(fen * weights[i] % whole))
    for at in left[: fen - sum(parts)]:
        parts[at] += 1
    sign = -1 if total < 0 else 1
    return [from_fen(sign * part) for part in parts]


@cache
def days_of(quarter: Quarter) -> Days:
    due = _due(quarter)
    last = due["advance-transfer"][0]
    open_days = _workdays(due["clearing-confirm"][0], last)
    half = (len(open_days) + 1) // 2
    following = _due(quarter.next)
    listed, confirmed = following["clearing-list"][0], following["clearing-confirm"][0]
    return Days(
        quota=due["advance-quota"][0],
        counties=open_days[:half],
        cities=open_days[half:] or [last],
        payments=due["monthly-payment"],
        confirm=_workdays(listed, confirmed),
    )


def _due(quarter: Quarter) -> dict[str, list[date]]:
    found = defaultdict(list)
    for row in deadlines(calendar_tasks("guizhou_2017_204"), quarter):
        found[row.task].append(row.due)
    return found


def _workdays(after: date, until: date) -> list[date]:
    """The working days after a day, up to and with another."""
    ordinals = range(after.toordinal() + 1, until.toordinal() + 1)
    found = map(date.fromordinal, ordinals)
    return [day for day in found if is_workday(day)] or [until]
