"""What the start page shows, as plain rows: pure functions over other rows.

The template lays out and computes nothing; money, rates and levels come from
`reports.usage`. Shares of a bar's length are for the drawing alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Iterable, NamedTuple, Sequence

from ledger import regions
from ledger.money import NOTHING, grouped
from posting_rules.policies import WarningBand
from reports.usage import percent_text, rate_and_level

BAR_ENDS_AT = Fraction(6, 5)  # a bar has room for 120 %
UNITS = {"yuan": "元", "wan": "万元"}


class Bar(NamedTuple):
    """One payer's usage in one book."""

    book: str
    code: str
    name: str
    rate: str  # 94.99%, or 无预付金
    level: str  # normal, yellow, red
    level_name: str
    share: str  # of the bar's length, 79.15%
    advance: Decimal
    cleared: Decimal
    remaining: Decimal
    under_way: Decimal


class City(NamedTuple):
    """A city as the centre sees it, and its counties as the city sees them."""

    code: str
    name: str
    whole: Bar | None
    counties: list[Bar]


class Total(NamedTuple):
    """All cities together, in the centre's book."""

    advance: Decimal
    cleared: Decimal
    remaining: Decimal
    rate: str
    level: str
    level_name: str
    levels: list[tuple[str, str, int]]  # level, its name, how many payers


class Mark(NamedTuple):
    """A warning's threshold on a bar."""

    share: str
    name: str  # 70%
    level: str
    level_name: str


def bar(row) -> Bar:
    return Bar(
        book=row.book,
        code=row.payer,
        name=row.payer_name,
        rate=percent_text(row.rate),
        level=row.level,
        level_name=row.level_name,
        share=share(BAR_ENDS_AT if row.rate is None else row.rate),
        advance=row.advance,
        cleared=row.cleared,
        remaining=row.remaining,
        under_way=row.under_way,
    )


def cities(rows: Iterable, province: str) -> list[City]:
    """Every city with money in the centre's book or from its counties, by code."""
    wholes: dict[str, Bar] = {}
    counties: dict[str, list[Bar]] = defaultdict(list)
    for row in rows:
        if row.direction != "received":
            continue
        holder, _, kind = row.book.partition("-")
        if kind == "centre":
            wholes[row.payer] = bar(row)
        else:
            counties[holder].append(bar(row))
    every = [*regions.cities(province), regions.own_people(province)]
    return [
        City(code, regions.name(code), wholes.get(code), counties[code])
        for code in every
        if code in wholes or counties[code]
    ]


def other_provinces(rows: Iterable) -> list[Bar]:
    """What was paid out to other provinces, by code."""
    return [bar(row) for row in rows if row.direction == "paid"]


def total(rows: Iterable, bands: Sequence[WarningBand]) -> Total | None:
    """The centre's received rows added up; None where there are none."""
    kept = [
        row
        for row in rows
        if row.direction == "received" and row.book.endswith("-centre")
    ]
    if not kept:
        return None
    advance = sum((row.advance for row in kept), NOTHING)
    cleared = sum((row.cleared for row in kept), NOTHING)
    rate, level = rate_and_level(bands, advance, cleared)
    names = level_names(bands)
    count = Counter(row.level for row in kept)
    return Total(
        advance,
        cleared,
        advance - cleared,
        percent_text(rate),
        level,
        names[level],
        [(level, name, count[level]) for level, name in names.items()],
    )


def level_names(bands: Sequence[WarningBand]) -> dict[str, str]:
    """Each level's name, the most serious first."""
    worst_first = sorted(bands, key=lambda band: band.from_rate, reverse=True)
    return {band.level: band.name for band in worst_first} | {"normal": "正常"}


def marks(bands: Sequence[WarningBand]) -> list[Mark]:
    return [
        Mark(
            share(band.from_rate),
            f"{float(band.from_rate * 100):g}%",
            band.level,
            band.name,
        )
        for band in sorted(bands, key=lambda band: band.from_rate)
    ]


def share(rate: Fraction) -> str:
    """A rate as a part of a bar's length.

    >>> share(Fraction(7, 10)), share(Fraction(3)), share(Fraction(-1, 2))
    ('58.33%', '100.00%', '0.00%')
    """
    part = min(max(Fraction(rate) / BAR_ENDS_AT, Fraction(0)), Fraction(1))
    return f"{float(part * 100):.2f}%"


def money(amount: Decimal, unit: str) -> str:
    """An amount in 元 or, cut for reading, in 万元; a red amount keeps its sign.

    >>> money(Decimal("12345678.90"), "wan"), money(Decimal("-0.50"), "yuan")
    ('1,234.57', '-0.50')
    """
    if unit == "wan":
        amount = amount.scaleb(-4).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return grouped(amount)
