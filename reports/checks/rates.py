"""Identity 10: usage rates reckoned from source lines are those that are shown."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.money import NOTHING
from ledger.periods import Quarter, period, quarter_of
from posting_rules.policies import Policy
from reports.checks.books import books_of
from reports.checks.findings import ERROR, NOTE, Finding, differing
from reports.checks.sources import (
    CITIES,
    COUNTIES,
    PROVINCES,
    Cleared,
    Sources,
    Transfer,
    funding,
    inside,
    level,
)
from reports.usage import usage_rows

Change = tuple[tuple[str, str], Decimal, Decimal]  # (book, payer), advance, cleared


def rates(
    connection: Connection, policy: Policy, sources: Sources, on: date
) -> Iterator[Finding]:
    """Advance and clearing of every payer for the quarter of the day asked for."""
    quarter = quarter_of(on)
    by_quarter = settings.value(connection, "usage-advances", on) == "quarter"
    expected: dict[tuple, list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
    changes = [
        *_of_opening(sources),
        *(
            change
            for t in sources.transfers
            if t.clearing or not (by_quarter and t.quarter > str(quarter))
            for change in _of_transfer(policy, t, quarter)
        ),
        *(
            change
            for row in sources.cleared
            for change in _of_clearing(policy, row, quarter)
        ),
    ]
    for place, advance, cleared in changes:
        expected[place][0] += advance
        expected[place][1] += cleared
    yield from _differences(connection, policy, expected, quarter, on)


def _differences(
    connection: Connection,
    policy: Policy,
    expected: dict,
    quarter: Quarter,
    on: date,
) -> Iterator[Finding]:
    shown = {
        (row.book, row.payer): (row.advance, row.cleared)
        for row in usage_rows(connection, quarter=quarter, on=on)
    }
    by_hand = books_of(connection, policy, on).by_hand
    excused = {(place.book, place.detail) for place in by_hand}
    for place in sorted(expected.keys() | shown.keys()):
        book, payer = place
        should = expected.get(place, (NOTHING, NOTHING))
        does = shown.get(place, (NOTHING, NOTHING))
        known = place in excused
        for what, one, other in zip(("预付金", "清算"), should, does):
            yield from differing(
                "10",
                book,
                f"{regions.name(payer)}{quarter}使用率的{what}",
                one,
                other,
                "有手工凭证" if known else "使用率与表格行重算的不符",
                NOTE if known else ERROR,
            )


def _of_opening(sources: Sources) -> Iterator[Change]:
    for place, amount in sources.opening.items():
        if place.subject in (COUNTIES, CITIES):
            yield (place.book, place.detail), -amount, NOTHING
        elif place.subject == PROVINCES:
            yield (place.book, place.detail), amount, NOTHING


def _of_transfer(policy: Policy, t: Transfer, quarter: Quarter) -> Iterator[Change]:
    centre = f"{policy.province}-centre"
    if not inside(policy, t) or funding(t):
        return
    kind = level(t.payer)
    if kind == "province" and t.paid:
        place = (centre, regions.province_of(t.payee))
        yield (place, NOTHING, -t.amount) if t.clearing else (place, t.amount, NOTHING)
    elif kind in ("county", "city", "own") and t.received:
        book = f"{t.payee}-city-agency" if kind == "county" else centre
        if not t.clearing or t.quarter < str(quarter):
            yield (book, t.payer), t.amount, NOTHING
        elif t.quarter == str(quarter):
            yield (book, t.payer), NOTHING, -t.amount


def _of_clearing(policy: Policy, row: Cleared, quarter: Quarter) -> Iterator[Change]:
    of = period(row.period).quarter
    if of > quarter:
        return
    city = regions.city_of(row.insured)
    places = [(f"{policy.province}-centre", city)]
    if level(row.payer) == "county":
        places.append((f"{city}-city-agency", row.payer))
    for place in places:
        if of == quarter:
            yield place, NOTHING, row.amount
        else:
            yield place, -row.amount, NOTHING
    if row.province:
        yield (f"{policy.province}-centre", row.province), NOTHING, row.amount
