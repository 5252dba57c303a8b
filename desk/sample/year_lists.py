"""The lists of the sample's province-year: what is cleared (F2) and notified (F8).

Abroad a list comes every month, at home every quarter; nobody has confirmed any of
it when it comes. Beside the month's list stand the two notices of what the provinces
owe one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple

from desk.sample.clearings import clearing_line
from desk.sample.figures import ABROAD, HOME, Part, shared, tenths
from desk.sample.year_world import (
    GO_LIVE,
    NEW_COUNTY,
    World,
    month_before,
    places_abroad,
    places_at_home,
)
from ledger import regions
from ledger.documents import Clearing, NoticeLine
from ledger.money import NOTHING, to_fen
from ledger.periods import Month, Quarter

CORRECTIONS = 4  # a month's lines that take a little of another back
EARLY = Decimal("8642.50")  # cleared for the new county before its day
VISITING = 1_150_000  # what another province's people cost here in a month, at most


class Owed(NamedTuple):
    """What we owe another province for a month, by 险种: 省本级's, the others'."""

    province: str
    fund: str
    own: Decimal
    lower: Decimal


def monthly_list(world: World, month: Month) -> list[Clearing]:
    """全国异地就医费用清算明细 of a month: our people in other provinces."""
    rng = world.random(f"{month} list")
    lines = []
    for part, amount in world.used(month).items():
        if part.scope == ABROAD and amount:
            places = places_abroad(world.land, part.payer, part.fund, world.seed)
            lines += _spread(part, places, month, amount, rng)
    if month == month_before(GO_LIVE):
        early = Part(NEW_COUNTY, ABROAD, "390")
        note = "接入前的清算"
        lines.append(_line(month, early, "440000", EARLY, rng, note=note))
    lines += _taken_back(lines, month, rng)
    return _in_order(world, lines)


def quarterly_list(world: World, quarter: Quarter) -> list[Clearing]:
    """省内异地就医费用清算明细 of a quarter."""
    rng = world.random(f"{quarter} list")
    lines = []
    for part in world.need:
        if part.scope == HOME:
            amount = sum((world.used(m)[part] for m in quarter.months), NOTHING)
            places = places_at_home(world.land, part.payer, world.seed)
            if amount:
                lines += _spread(part, places, quarter, amount, rng)
    return _in_order(world, lines)


def missed_line(
    world: World, quarter: Quarter, part: Part, amount: Decimal
) -> Clearing:
    """补清算 of what a quarter's list had missed."""
    place = places_at_home(world.land, part.payer, world.seed)[0]
    if part.scope == ABROAD:
        place = places_abroad(world.land, part.payer, part.fund, world.seed)[0]
    words = {"nature": "补清算", "note": "补报上期遗漏单据"}
    return _line(quarter, part, place, amount, world.random("missed"), **words)


def cleared(lines: Iterable[Clearing]) -> dict[Part, Decimal]:
    sums: dict[Part, Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        sums[Part(line.insured, line.scope, line.fund)] += line.amount
    return dict(sums)


def owed(world: World, lines: Iterable[Clearing]) -> list[Owed]:
    """What a month's list makes us owe, by province and 险种."""
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [NOTHING] * 2)
    for line in lines:
        key = (regions.province_of(line.place), line.fund)
        sums[key][line.insured != world.land.own_people] += line.amount
    return [Owed(*key, *parts) for key, parts in sorted(sums.items())]


@cache
def _hosted(seed: int, partner: str, month: Month) -> dict[str, Decimal]:
    rng = Random(f"{seed}/{partner}/{month}/hosted")
    share = Random(f"{seed}/{partner}/hosted").uniform(0.15, 1)
    total = tenths(Decimal(VISITING * share * rng.uniform(0.85, 1.15)))
    employees, residents = shared(total, [58, 42])
    return {"310": employees, "390": residents}


def hosted(world: World, month: Month) -> dict[tuple[str, str], Decimal]:
    """What other provinces' people cost here in a month, by province and 险种."""
    return {
        (partner, fund): amount
        for partner in world.land.partners
        for fund, amount in _hosted(world.seed, partner, month).items()
    }


def payment_notice(
    number: str, month: Month, dues: Iterable[Owed], due_day: date
) -> Iterator[NoticeLine]:
    """跨省异地就医费用付款通知书: what we have to pay each province."""
    for due in dues:
        line = ("", 0, "payment-notice", number, month, due.province, ABROAD, due.fund)
        yield NoticeLine(*line, due.own + due.lower, due_day, "", "", "", "")


def receipt_notice(
    number: str, month: Month, of: dict[tuple[str, str], Decimal], due_day: date
) -> Iterator[NoticeLine]:
    """跨省异地就医费用收款通知书: what each province has to pay us."""
    for (province, fund), amount in of.items():
        line = ("", 0, "receipt-notice", number, month, province, ABROAD, fund)
        yield NoticeLine(*line, amount, due_day, "", "", "", "")


def _spread(part: Part, places, period, amount: Decimal, rng: Random):
    weights = [rng.randint(40, 160) for _ in places]
    for place, share in zip(places, shared(amount, weights)):
        if share:
            yield _line(period, part, place, share, rng)


def _line(period, part: Part, place: str, amount: Decimal, rng, **more) -> Clearing:
    waits = date.max  # nobody has confirmed it yet
    line = clearing_line(period, part, place, period, amount, waits, rng, **more)
    return line._replace(confirmed_on=None)


def _taken_back(lines: list[Clearing], month: Month, rng: Random) -> list[Clearing]:
    """冲减 after a review of bills, in the month they belong to."""
    usual = [line for line in lines if line.insured != NEW_COUNTY]
    made = []
    for line in rng.sample(usual, min(CORRECTIONS, len(usual))):
        part = Part(line.insured, line.scope, line.fund)
        amount = -to_fen(line.amount * rng.randint(3, 9) / 100)
        words = {"nature": "冲减", "note": "审核扣减"}
        made.append(_line(month, part, line.place, amount, rng, **words))
    return made


def _in_order(world: World, lines: list[Clearing]) -> list[Clearing]:
    order = {payer: at for at, payer in enumerate(world.land.payers)}
    return sorted(lines, key=lambda line: order[line.insured])
