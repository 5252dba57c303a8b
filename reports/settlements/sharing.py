"""运行监测: what families shared, by pair of cities, relation, category and month.

依据：皖医保中心〔2024〕39号 三
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Callable, Iterable, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger.errors import UsageError
from ledger.money import NOTHING
from ledger.periods import Month
from reports.settlements.sharing_sums import (
    Figures,
    Premiums,
    Shared,
    figures,
    grouped,
    premiums,
    shared,
)


class Pair(NamedTuple):
    payer: str  # 授权地
    place: str  # 就医地
    figures: Figures

    @property
    def cross(self) -> bool:
        return self.payer != self.place


class Part(NamedTuple):
    name: str
    figures: Figures


class Detail(NamedTuple):
    """What the other tables add up, one row a month, pair, relation and category."""

    month: str
    payer: str
    place: str
    relation: str
    category: str
    figures: Figures


class Money(NamedTuple):
    lines: int
    amount: Decimal


class Sharing(NamedTuple):
    """A span's figures; `first` and `last` are None where it is open."""

    first: Month | None
    last: Month | None
    region: str  # "" for all
    total: Figures
    cross: Figures  # 授权地 and 就医地 differ
    pairs: list[Pair]
    relations: list[Part]
    categories: list[Part]
    months: list[Part]
    premiums: list[Premiums]
    details: list[Detail]

    @property
    def cross_rate(self) -> Fraction | None:
        """The share of cross-city money in what was shared, None of nothing."""
        return rate(self.cross.net, self.total.net)

    @property
    def premium_total(self) -> Money:
        return _added(self.premiums)

    @property
    def premium_cross(self) -> Money:
        """Those between cities: 授权地 and 参保地 differ."""
        return _added([row for row in self.premiums if row.cross])

    @property
    def premium_cross_rate(self) -> Fraction | None:
        return rate(self.premium_cross.amount, self.premium_total.amount)


def sharing(
    connection: Connection, first: Month | None, last: Month | None, region: str = ""
) -> Sharing:
    """The months from `first` to `last`, both included; of a region, what its
    accounts paid and what others paid at its institutions."""
    if first and last and first > last:
        raise UsageError(f"--from {first}晚于--to {last}；请对调")
    rows = shared(connection, first, last, region)
    return Sharing(
        first=first,
        last=last,
        region=region,
        total=figures(rows),
        cross=figures(row for row in rows if row.payer != row.place),
        pairs=[
            Pair(*cities, found)
            for cities, found in sorted(
                grouped(rows, lambda r: (r.payer, r.place)).items()
            )
        ],
        relations=_parts(rows, lambda row: row.relation),
        categories=_parts(rows, lambda row: row.category),
        months=sorted(_parts(rows, lambda row: row.month)),
        premiums=premiums(connection, first, last, region),
        details=[
            Detail(*words, found)
            for words, found in sorted(grouped(rows, lambda row: row[:5]).items())
        ],
    )


def rate(part: Decimal, whole: Decimal) -> Fraction | None:
    """A share of money, None of nothing."""
    return Fraction(part) / Fraction(whole) if whole else None


def _parts(rows: Iterable[Shared], key: Callable) -> list[Part]:
    """By name, the largest first."""
    parts = [Part(name, found) for name, found in grouped(rows, key).items()]
    return sorted(parts, key=lambda part: (-part.figures.net, part.name))


def _added(rows: Sequence[Premiums]) -> Money:
    amount = sum((row.amount for row in rows), NOTHING)
    return Money(sum(row.premiums for row in rows), amount)
