"""Identity 7: one bank account, two books: finance and agency agree, day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection

from ledger import regions
from ledger.money import NOTHING
from reports.checks.books import daily
from reports.checks.findings import ERROR, NOTE, Finding, differing
from reports.checks.sources import BANK, FUND_BANK, Sources, level

ACCOUNTS = ("县本级", "市本级", "省本级", "异地就医结算中心")


def banks(
    connection: Connection, province: str, sources: Sources, on: date
) -> Iterator[Finding]:
    """银行存款 of finance is 财政专户存款 of the agency, in each county and city.

    The province has one bank account and two agency books; 2.1.4 moves money
    between these two, so that only the day asked for is compared, with what is
    under way between them.
    """
    nets: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(
        lambda: defaultdict(lambda: NOTHING)
    )
    subjects = [BANK, *(f"{FUND_BANK}{name}" for name in ACCOUNTS)]
    for book, day, net in daily(connection, on, subjects):
        region, _, kind = book.partition("-")
        side = "finance" if kind.endswith("finance") else "agency"
        nets[region, side][day] += net
    travelling = sum(
        (
            t.amount * (t.paid - t.received)
            for t in sources.transfers
            if level(t.payer) == "own"
        ),
        NOTHING,
    )
    for region in sorted({region for region, _ in nets}):
        finance, agency = nets[region, "finance"], nets[region, "agency"]
        if region == province:
            yield from _whole(region, finance, agency, travelling, sources)
        else:
            yield from _days(region, finance, agency, sources)


def _days(region: str, finance: dict, agency: dict, sources: Sources):
    """The first day on which the two differ, with the difference on it."""
    one = other = NOTHING
    for day in sorted(finance.keys() | agency.keys()):
        one += finance.get(day, NOTHING)
        other += agency.get(day, NOTHING)
        if one != other:
            why = f"自{day}起不符；两个账套记的是同一银行账户"
            yield from _differ(region, other, one, why, sources)
            return


def _whole(
    region: str, finance: dict, agency: dict, travelling: Decimal, sources: Sources
) -> Iterator[Finding]:
    expected = sum(agency.values(), NOTHING) + travelling
    found = sum(finance.values(), NOTHING)
    why = "省级财政一个账户，对应省本级和结算中心两个账套"
    yield from _differ(region, expected, found, why, sources)


def _differ(
    region: str, expected: Decimal, found: Decimal, why: str, sources: Sources
) -> Iterator[Finding]:
    """A note where the difference is an opening balance that one side lacks."""
    opened: dict[bool, Decimal] = defaultdict(lambda: NOTHING)
    seen = set()
    for place, amount in sources.opening.items():
        at, _, kind = place.book.partition("-")
        if at == region:
            is_finance = kind.endswith("finance")
            seen.add(is_finance)
            if place.subject == BANK or place.subject.startswith(FUND_BANK):
                opened[is_finance] += amount
    one_sided = len(seen) == 1 and found - expected == opened[True] - opened[False]
    if one_sided:
        why = "只有一方录了期初余额；另一方补录后即相符"
    yield from differing(
        "7",
        f"{region}-{_finance(region)}",
        f"{regions.name(region)}银行存款与财政专户存款",
        expected,
        found,
        why,
        NOTE if one_sided else ERROR,
    )


def _finance(region: str) -> str:
    return f"{regions.level(region)}-finance"
