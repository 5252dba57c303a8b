"""What payers hold in advance, by 范围 and 险种, as the usage rates have it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Callable, Mapping

from sqlalchemy import Connection

from ledger import regions
from ledger.advances.plans import SCOPES
from ledger.money import NOTHING
from ledger.periods import Quarter
from posting_rules.funding import apportioned
from posting_rules.policies import Policy
from reports.usage import UsageRow, usage_rows
from reports.usage_notes import Cell


def payers_of(policy: Policy, region: str) -> list[str]:
    """Who pays advances to a holder: its cities and 省本级, or its counties."""
    if region == policy.province:
        return [*regions.cities(region), regions.own_people(region)]
    return regions.counties(region)


def book_of(policy: Policy, region: str) -> str:
    """The book in which a region's payers' advances are held."""
    level = "centre" if region == policy.province else "city-agency"
    return f"{region}-{level}"


def usage_at(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    region: str,
    on: date,
    quarter_alone: bool = False,
) -> list[UsageRow]:
    return usage_rows(
        connection,
        quarter=quarter,
        on=on,
        book=book_of(policy, region),
        quarter_alone=quarter_alone,
    )


def money(
    rows: list[UsageRow],
    spread: dict[str, Decimal],
    weights_of: Callable[[], Mapping[Cell, Decimal]],
) -> dict[Cell, tuple[Decimal, Decimal]]:
    """Advance and clearing by cell; `spread` learns what had no 范围 (an opening
    balance has none) and was shared out by `weights_of()`, asked only then."""
    found: dict[Cell, list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
    for row in rows:
        if row.direction != "received":
            continue
        for (scope, fund), part in row.cells.items():
            if scope in SCOPES:
                _add(found[row.payer, scope, fund], part.advance, part.cleared)
        for (scope, fund), part in row.cells.items():
            if scope in SCOPES:
                continue
            spread[row.payer] += part.advance
            known = weights_of()
            weights = {s: known.get((row.payer, s, fund), NOTHING) for s in SCOPES}
            for at, amount in enumerate((part.advance, part.cleared)):
                for s, share in _shares(amount, weights).items():
                    found[row.payer, s, fund][at] += share
    return {cell: (advance, cleared) for cell, (advance, cleared) in found.items()}


def _shares(amount: Decimal, weights: dict[str, Decimal]) -> dict[str, Decimal]:
    if not any(weight > 0 for weight in weights.values()):
        return {SCOPES[0]: amount}
    sign = -1 if amount < 0 else 1
    return {s: sign * part for s, part in apportioned(abs(amount), weights).items()}


def _add(place: list[Decimal], advance: Decimal, cleared: Decimal) -> None:
    place[0] += advance
    place[1] += cleared
