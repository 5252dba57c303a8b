"""The sums behind reports on sharing: of approved postings that stand.

A bill that the accounts of two cities paid counts once for each of them; what was
given back stands apart, below zero. No row of a person is read.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Callable, Iterable, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from ledger.money import NOTHING
from ledger.periods import Month
from ledger.schema import Posting
from ledger.settlements.results import CHARGE, SHARED
from ledger.settlements.tables import PremiumSum, SettlementSum
from posting_rules.uses import OWN

SUM, PREMIUM = SettlementSum.__table__, PremiumSum.__table__
POSTING = Posting.__table__
STANDS = and_(POSTING.c.state == "approved", POSTING.c.live)


class Figures(NamedTuple):
    """Lines and yuan: charged, and given back (below zero)."""

    charges: int = 0
    charged: Decimal = NOTHING
    refunds: int = 0
    refunded: Decimal = NOTHING

    @property
    def net(self) -> Decimal:
        return self.charged + self.refunded

    def and_of(self, other: Figures) -> Figures:
        return Figures(*(mine + theirs for mine, theirs in zip(self, other)))

    def plus(self, row: Shared) -> Figures:
        if row.act == CHARGE:
            return self._replace(
                charges=self.charges + row.lines, charged=self.charged + row.amount
            )
        return self._replace(
            refunds=self.refunds + row.lines, refunded=self.refunded + row.amount
        )


class Shared(NamedTuple):
    """Sums of one month, pair, relation, category and act (收费 or 退还)."""

    month: str
    payer: str  # 授权地
    place: str  # 就医地
    relation: str
    category: str
    act: str
    lines: int
    amount: Decimal


class Premiums(NamedTuple):
    """Premiums that the accounts of one region paid for relatives in another."""

    payer: str  # 授权地
    region: str  # 参保地
    kind: str  # 险种
    premiums: int
    amount: Decimal

    @property
    def cross(self) -> bool:
        return self.payer != self.region


def shared(
    connection: Connection, first: Month | None, last: Month | None, region: str = ""
) -> list[Shared]:
    """The finest sums, by month and pair."""
    keys = (
        SUM.c.month,
        SUM.c.payer,
        SUM.c.place,
        SUM.c.relation,
        SUM.c.category,
        SUM.c.act,
    )
    query = (
        select(*keys, *_sums(SUM))
        .join(POSTING, POSTING.c.id == SUM.c.posting_id)
        .where(STANDS, SUM.c.part == SHARED, *_span(SUM, first, last))
        .group_by(*keys)
        .order_by(*keys)
    )
    if region:
        query = query.where(or_(SUM.c.payer == region, SUM.c.place == region))
    return [
        Shared(*row[:6], int(row.lines), row.amount)
        for row in connection.execute(query)
    ]


def premiums(
    connection: Connection, first: Month | None, last: Month | None, region: str = ""
) -> list[Premiums]:
    """Premiums that relatives paid, by pair and 险种; one's own are left out."""
    keys = (PREMIUM.c.payer, PREMIUM.c.region, PREMIUM.c.kind)
    query = (
        select(*keys, *_sums(PREMIUM))
        .join(POSTING, POSTING.c.id == PREMIUM.c.posting_id)
        .where(STANDS, PREMIUM.c.relation != OWN, *_span(PREMIUM, first, last))
        .group_by(*keys)
        .order_by(*keys)
    )
    if region:
        query = query.where(or_(PREMIUM.c.payer == region, PREMIUM.c.region == region))
    return [
        Premiums(*row[:3], int(row.lines), row.amount)
        for row in connection.execute(query)
    ]


def figures(rows: Iterable[Shared]) -> Figures:
    found = Figures()
    for row in rows:
        found = found.plus(row)
    return found


def grouped(rows: Iterable[Shared], key: Callable) -> dict:
    found: dict = defaultdict(Figures)
    for row in rows:
        found[key(row)] = found[key(row)].plus(row)
    return found


def _span(table, first: Month | None, last: Month | None) -> list:
    asked = []
    if first:
        asked.append(table.c.month >= str(first))
    if last:
        asked.append(table.c.month <= str(last))
    return asked


def _sums(table) -> tuple:
    amount = func.sum(table.c.amount, type_=table.c.amount.type)
    return func.sum(table.c.lines).label("lines"), amount.label("amount")
