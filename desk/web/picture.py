"""What the start page shows, as plain rows: pure functions over other rows.

The template lays out and computes nothing; money, rates and levels come from
`reports.usage`. Shares of a bar's length are for the drawing alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Iterable, NamedTuple, Sequence

from ledger import regions
from ledger.books import KIND_NAMES, book_name
from ledger.money import NOTHING, grouped
from posting_rules.policies import WarningBand

BAR_ENDS_AT = Fraction(6, 5)  # a bar has room for 120 %
UNITS = {"yuan": "元", "wan": "万元"}
WHO_NAMES = {
    "province-agency": "省级经办",
    "province-finance": "省级财政",
    "city-agency": "市州经办",
    "city-finance": "市州财政",
    "bank": "银行",
}
STATES = ("late", "open", "done")  # the worst first


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


class Duty(NamedTuple):
    """A task with one due day, for all regions that have it."""

    due: date
    name: str
    period: str
    who: str
    cite: str
    state: str  # the worst of its regions'
    state_name: str
    done: int
    count: int
    late: str  # the regions that are late
    note: str


class Draft(NamedTuple):
    """A posting that waits for approval; `name` is one of its vouchers' (#12)."""

    name: str
    dated: date
    narration: str
    prepared_by: str
    books: list[str]
    amount: Decimal  # of its largest voucher


class Shelf(NamedTuple):
    """The books of one city (or of the province itself)."""

    name: str
    rows: list[tuple[str, list[tuple[str, str, list[int]]]]]  # region: kind, id, years


def bar(row) -> Bar:
    from reports.usage import percent_text

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
    from reports.usage import percent_text, rate_and_level

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


def duties(rows: Iterable) -> list[Duty]:
    """Deadlines by day, one line for a task that many regions have."""
    tasks: dict[tuple, list] = defaultdict(list)
    for row in rows:
        tasks[row.due, row.task, row.period, row.who].append(row)
    return [_duty(kept) for kept in tasks.values()]


def _duty(rows: list) -> Duty:
    by_state = {state: [row for row in rows if row.state == state] for state in STATES}
    worst = next(state for state in STATES if by_state[state])
    return Duty(
        due=rows[0].due,
        name=rows[0].name,
        period=rows[0].period,
        who=WHO_NAMES[rows[0].who],
        cite=rows[0].cite,
        state=worst,
        state_name=by_state[worst][0].state_name,
        done=len(by_state["done"]),
        count=len(rows),
        late=_named(by_state["late"], len(rows)),
        note="；".join(sorted({row.note for row in rows if row.note})),
    )


def _named(rows: list, of: int) -> str:
    if len(rows) == of > 1:
        return f"全部{of}个市州"
    return "、".join(row.region_name for row in rows)


def drafts(vouchers: Iterable, amounts: dict[int, Decimal]) -> list[Draft]:
    """Draft vouchers by posting, the oldest first."""
    by_posting: dict[int, list] = defaultdict(list)
    for voucher in vouchers:
        by_posting[voucher.posting_id].append(voucher)
    return [
        Draft(
            name=f"#{kept[0].id}",
            dated=kept[0].dated,
            narration=kept[0].narration,
            prepared_by=kept[0].prepared_by,
            books=[book_name(voucher.book_id) for voucher in kept],
            amount=max(amounts.get(voucher.id, NOTHING) for voucher in kept),
        )
        for _, kept in sorted(by_posting.items())
    ]


def shelves(ids: Iterable[str], years: dict[str, list[int]]) -> list[Shelf]:
    """The books by city, as `ids` are ordered; `years` are those that can be seen."""
    by_city: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for id in ids:
        region, _, kind = id.partition("-")
        place = (kind_name(kind), id, years.get(id, []))
        by_city[regions.city_of(region)][region].append(place)
    return [
        Shelf(
            regions.name(city),
            [(regions.name(region), kept) for region, kept in by_region.items()],
        )
        for city, by_region in by_city.items()
    ]


def kind_name(kind: str) -> str:
    """财政, 经办 or 结算中心, as it fits a narrow column."""
    assert kind in KIND_NAMES
    return {"finance": "财政", "agency": "经办"}.get(kind.partition("-")[2], "结算中心")


def money(amount: Decimal, unit: str) -> str:
    """An amount in 元 or, cut for reading, in 万元; a red amount keeps its sign.

    >>> money(Decimal("12345678.90"), "wan"), money(Decimal("-0.50"), "yuan")
    ('1,234.57', '-0.50')
    """
    if unit == "wan":
        amount = amount.scaleb(-4).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return grouped(amount)
