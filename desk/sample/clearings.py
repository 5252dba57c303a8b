"""The sample's F2 lines: what is cleared, by payer, place, fund and period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from desk.sample.figures import (
    ABROAD,
    COUNTY_RATES,
    DESTINATIONS,
    FUNDS,
    HOME,
    Land,
    Office,
    Part,
    cleared,
    days_of,
    home_places,
    shared,
)
from ledger import regions
from ledger.documents import Clearing
from ledger.money import NOTHING, from_fen, to_fen
from ledger.periods import Month, Quarter

CATEGORIES = ("住院", "门诊特殊疾病", "普通门诊")
# How 基金支付 is made up, in hundredths: 统筹, 大病, 公务员, 个人账户, 其他.
MAKE_UP = {"310": (78, 6, 7, 8, 1), "390": (85, 13, 0, 0, 2)}


def confirm_days(land: Land, quarter: Quarter, rng: Random) -> dict[str, date]:
    """When each city (and 省本级) confirms, by the code that confirms."""
    days = days_of(quarter).confirm
    return {city: rng.choice(days) for city in (*land.cities, land.own_people)}


def clearing_lines(of: Office, quarter: Quarter, rng: Random) -> list[Clearing]:
    """A quarter's lines, all confirmed; what they pay is taken off the advances."""
    confirmed = confirm_days(of.land, quarter, rng)
    places = {p.payer: home_places(of.land, p.payer) for p in of.limits}
    lines = []
    for part, amount in cleared(of, rng).items():
        at = _abroad(of.land, rng) if part.scope == ABROAD else places[part.payer]
        at = rng.sample(at, min(2, len(at)))
        cells = [
            (place, period)
            for order, place in enumerate(at)
            for period in _periods(order, part, quarter, rng)
        ]
        weights = [rng.randint(40, 160) for _ in cells]
        on = confirmed[regions.city_of(part.payer)]
        for (place, period), share in zip(cells, shared(amount, weights)):
            if share:
                lines.append(
                    clearing_line(quarter, part, place, period, share, on, rng)
                )
    lines += _corrections(of, lines, quarter, rng)
    _owe(of, lines)
    order = {payer: at for at, payer in enumerate(of.land.payers)}
    return sorted(lines, key=lambda line: order[line.insured])


def _abroad(land: Land, rng: Random) -> list[str]:
    """Two other provinces, each as itself or as one of its cities."""
    weights = [DESTINATIONS[code] for code in land.partners]
    chosen = {}
    while len(chosen) < 2:
        province = rng.choices(land.partners, weights)[0]
        chosen[province] = rng.choice([province, *regions.cities(province)[:5]])
    return list(chosen.values())


def _periods(at: int, part: Part, quarter: Quarter, rng: Random) -> Sequence:
    """Abroad the first place is cleared by month, at home every tenth."""
    monthly = at == 0 and (part.scope == ABROAD or rng.random() < 0.1)
    return quarter.months if monthly else (quarter,)


def clearing_line(
    listed: Month | Quarter,
    part: Part,
    place: str,
    period: Month | Quarter,
    amount: Decimal,
    on: date,
    rng: Random,
    nature: str = "正常",
    note: str = "",
) -> Clearing:
    """A line of the list of a month or quarter."""
    weights = MAKE_UP[part.fund]
    make_up = shared(amount, [weight * rng.randint(70, 130) for weight in weights])
    made = [piece if weight else None for piece, weight in zip(make_up, weights)]
    letters = "KS" if part.scope == ABROAD else "SN"
    return Clearing(
        "",
        0,
        f"QS{listed}-{letters}",
        nature,
        period,
        part.scope,
        part.payer,
        place,
        part.fund,
        rng.choice(CATEGORIES),
        None if amount < 0 else int(amount / rng.randint(900, 2600)) + 1,
        to_fen(amount * rng.randint(125, 190) / 100),
        *made,
        amount,
        on,
        note,
    )


def _corrections(
    of: Office, lines: Sequence[Clearing], quarter: Quarter, rng: Random
) -> list[Clearing]:
    """Four 冲减 and four 补清算: of this quarter, later of the one before."""
    special = {of.land.counties[i] for i in COUNTY_RATES if i < len(of.land.counties)}
    usual = {
        (line.insured, line.place, line.scope, line.fund): line
        for line in lines
        if line.insured not in special
    }
    made = []
    chosen = rng.sample(list(usual.values()), min(8, len(usual)))
    for at, line in enumerate(chosen):
        part = Part(line.insured, line.scope, line.fund)
        share = to_fen(line.amount * rng.randint(3, 9) / 100)
        nature, amount, note = ("补清算", share, "补报上期遗漏单据")
        if at % 2:
            nature, amount, note = ("冲减", -share, "审核扣减")
        period = _before(quarter) if of.owed else line.period
        on = line.confirmed_on
        if amount:
            args = (part, line.place, period, amount, on, rng, nature, note)
            made.append(clearing_line(quarter, *args))
            of.hold(part, -amount)
    return made


def _before(quarter: Quarter) -> Month:
    """The last month before a quarter."""
    day = date.fromordinal(quarter.first_day.toordinal() - 1)
    return Month(day.year, day.month)


def _owe(of: Office, lines: Sequence[Clearing]) -> None:
    """Remember what other provinces have to be paid for these lines."""
    of.owed = {}
    for line in lines:
        if line.scope == ABROAD:
            key = (regions.province_of(line.place), line.fund)
            own, others = of.owed.get(key, (NOTHING, NOTHING))
            if line.insured == of.land.own_people:
                own += line.amount
            else:
                others += line.amount
            of.owed[key] = (own, others)


def listed(land: Land, quarter: Quarter, rows: int, rng: Random) -> Iterator[Clearing]:
    """A long list: every (payer, place, fund, month) at most once, all confirmed.

    Raises ValueError when a province has no room for so many rows.
    """
    confirmed = confirm_days(land, quarter, rng)
    everywhere = [
        row.code
        for row in regions.table()
        if row.until is None and row.level in ("county", "city")
    ]
    payers = land.payers
    for at, payer in enumerate(payers):
        city = regions.city_of(payer)
        places = [c for c in everywhere if regions.city_of(c) != city]
        cells = len(places) * len(FUNDS) * 3
        count = rows // len(payers) + (at < rows % len(payers))
        for cell in sorted(rng.sample(range(cells), count)):
            cell, month = divmod(cell, 3)
            place, fund = divmod(cell, len(FUNDS))
            place = places[place]
            home = regions.province_of(place) == land.province
            part = Part(payer, HOME if home else ABROAD, FUNDS[fund])
            amount = from_fen(1 + int(rng.lognormvariate(13, 1)))
            period = quarter.months[month]
            yield clearing_line(
                quarter, part, place, period, amount, confirmed[city], rng
            )
