"""What happens to people's treatment in the sample's province-year, as figures alone.

Each payer (a county, a city's own people, 省本级) needs so much a month for treatment
away from home, by 范围 and 险种; seasons, cities' growth and a few mishaps move it.
From these figures follow the lists (year_lists), and from the lists the advances
(year_advances). Everything is drawn from the seed; nobody's money.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from random import Random

from desk.sample.figures import (
    ABROAD,
    DESTINATIONS,
    FUNDS,
    HOME,
    Land,
    Part,
    home_places,
    office,
    shared,
    tenths,
)
from ledger import regions
from ledger.money import NOTHING
from ledger.periods import Month, Quarter, month_of

OPENED = 5  # months of cover that everybody holds as the year begins
HISTORY = {2015: Decimal("0.62"), 2016: Decimal("0.75"), 2017: Decimal("0.9")}
PARTNERS = 14  # other provinces
PLACES = 2  # other provinces that a payer's people go to in a month, by 险种
# The towns with large hospitals, and how many go there.
TOWNS = {
    "520103": 34,
    "520102": 26,
    "520115": 10,
    "520302": 18,
    "520303": 12,
    "522301": 5,
    "522601": 5,
    "522701": 5,
    "520502": 4,
    "520602": 4,
    "520402": 4,
    "520201": 3,
}
# Spring festival keeps people at home, summer and autumn bring them to hospitals.
SEASON = [
    Decimal(s)
    for s in "1.02 0.86 1.04 1.0 1.0 0.98 1.03 1.05 1.0 0.97 1.02 1.0".split()
]
# How much faster than in earlier years each city's people come to use it.
GROWTH = {
    "520100": "1.02",
    "520200": "0.93",
    "520300": "1.12",
    "520400": "0.98",
    "520500": "1.05",
    "520600": "0.9",
    "522300": "1.0",
    "522600": "0.94",
    "522700": "0.88",
    "520900": "0.97",
}
# Months in which a city's people need much more: 铜仁 before the year begins, 安顺 in
# spring, 毕节 in summer.
SURGES = {
    "520600": {"2017-10": "1.6", "2017-11": "1.75", "2017-12": "1.75"},
    "520400": {"2018-02": "1.3", "2018-03": "1.35"},
    "520500": {"2018-07": "1.3", "2018-08": "1.4", "2018-09": "1.4"},
}
# Counties that stand out in their cities: over 70 %, over 90 %, beyond the advance.
COUNTY_SURGES = {
    "520303": {"2018Q1": "1.25"},
    "520203": {"2018Q2": "1.55"},
    "522631": {"2018Q2": "1.75"},
    "522723": {"2018Q3": "1.35"},
}
NEW_COUNTY = "522634"  # 雷山县, which joins on GO_LIVE
GO_LIVE = Month(2018, 7)
SIZES = {"county": 84_000, "own": 180_000}  # a month's need by 范围 and 险种, about
PROVINCE_SIZE = 520_000


@dataclass
class World:
    """The province's payers and what their people cost, month by month."""

    land: Land
    seed: int
    need: dict[Part, Decimal]  # a usual month's
    months: dict[Month, dict[Part, Decimal]] = field(default_factory=dict)

    def random(self, of: object) -> Random:
        return Random(f"{self.seed}/{self.land.province}/year/{of}")

    def used(self, month: Month) -> dict[Part, Decimal]:
        """What a month's treatment costs each part; a fixed answer."""
        if month not in self.months:
            rng = self.random(month)
            self.months[month] = {
                part: tenths(
                    need * _factor(part, month) * Decimal(rng.uniform(0.94, 1.06))
                )
                for part, need in self.need.items()
            }
        return self.months[month]

    def opened(self, part: Part) -> Decimal:
        """The advance of a part as the year begins; it has last autumn to pay yet."""
        if part.payer == NEW_COUNTY:
            return NOTHING
        return tenths(self.need[part] * OPENED * Decimal("0.98"))

    def paid_in(self, year: int, part: Part) -> Decimal:
        """F9: what an earlier year's treatment cost; nothing before a payer joined."""
        rng = self.random(f"history {year} {part}")
        return tenths(
            self.need[part] * 12 * HISTORY[year] * Decimal(rng.uniform(0.96, 1.04))
        )


def world(province: str, seed: int) -> World:
    """The province as the year finds it; UsageError for a code that is no province."""
    land = office(province, seed).land
    partners = [code for code in DESTINATIONS if code != province][:PARTNERS]
    made = World(land._replace(partners=tuple(partners)), seed, {})
    rng = made.random("need")
    for payer in land.payers:
        size = SIZES[regions.level(payer)] * rng.uniform(0.6, 1.7)
        if payer == land.own_people:
            size = PROVINCE_SIZE
        for scope in (ABROAD, HOME):
            for fund in FUNDS:
                if payer == land.own_people and fund == "390":
                    continue  # 省本级 insures its employees alone
                made.need[Part(payer, scope, fund)] = tenths(
                    Decimal(rng.uniform(0.75, 1.25) * size)
                )
    return made


def _factor(part: Part, month: Month) -> Decimal:
    if part.payer == NEW_COUNTY and month < GO_LIVE:
        return NOTHING
    city = regions.city_of(part.payer)
    surge = SURGES.get(city, {}).get(str(month), "1")
    more = COUNTY_SURGES.get(part.payer, {}).get(str(month.quarter), "1")
    growth = Decimal(GROWTH.get(city, "1"))
    return SEASON[month.number - 1] * growth * Decimal(surge) * Decimal(more)


def quarter_before(quarter: Quarter) -> Quarter:
    """The quarter that a quarter's lists are about."""
    return month_of(_day_before(quarter.first_day)).quarter


def month_before(month: Month) -> Month:
    return month_of(_day_before(month.first_day))


def _day_before(day):
    return type(day).fromordinal(day.toordinal() - 1)


@cache
def places_at_home(land: Land, payer: str, seed: int) -> tuple[str, ...]:
    """Where a payer's people go in the province: two towns of other cities."""
    rng = Random(f"{seed}/{payer}/home")
    away = {p: TOWNS[p] for p in home_places(land, payer) if p in TOWNS}
    chosen: dict[str, None] = {}
    while len(chosen) < PLACES:
        chosen[rng.choices(list(away), list(away.values()))[0]] = None
    return tuple(chosen)


@cache
def places_abroad(land: Land, payer: str, fund: str, seed: int) -> tuple[str, ...]:
    """The other provinces that a payer's people go to, or one of their cities."""
    rng = Random(f"{seed}/{payer}/{fund}/abroad")
    weights = [DESTINATIONS[code] for code in land.partners]
    chosen: dict[str, str] = {}
    while len(chosen) < PLACES:
        province = rng.choices(land.partners, weights)[0]
        chosen[province] = rng.choice([province, *regions.cities(province)[:3]])
    return tuple(chosen.values())


def split(amount: Decimal, among: int, rng: Random) -> list[Decimal]:
    """An amount in uneven parts that add up to it."""
    return shared(amount, [rng.randint(60, 140) for _ in range(among)])
