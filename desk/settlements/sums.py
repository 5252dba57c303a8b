"""Sums over the lines of a list, kept as they pass: what vouchers and clearing need."""

from __future__ import annotations

from collections import defaultdict
from typing import Callable, NamedTuple

from ledger.settlements.results import (
    CHARGE,
    GIVEN_BACK,
    MADE_UP,
    NETWORKED,
    OTHER,
    OWN,
    POOLED,
    SHARED,
    Result,
)

PARTS = (POOLED, OTHER, OWN)


class Sum(NamedTuple):
    """A row of settlement_sum without its posting; `amount` in whole fen."""

    month: str
    act: str
    part: str
    place: str
    region: str
    payer: str
    fund: str
    channel: str
    category: str
    relation: str
    lines: int
    amount: int


class Alike(NamedTuple):
    """What tells lines apart in the sums, but for the family's part."""

    month: str
    act: str
    institution: str
    place: str
    region: str
    fund: str
    channel: str
    category: str


class Sums:
    """How many lines are alike, and how much of each part they have.

    `lines` holds count, total, and of pooled, other, own, shared amount; then of how
    many lines pooled, other and own are not nothing.
    """

    def __init__(self, fund_of: Callable[[str], str]):
        self.fund_of = fund_of  # the accounts' fund of a region
        self.lines: dict[tuple, list[int]] = {}
        self.shares: dict[tuple, list[int]] = {}

    def add(self, result: Result, month: str) -> None:
        act = result.act
        act = CHARGE if act == CHARGE or act == MADE_UP else GIVEN_BACK
        key = (month, act, result.institution, result.place, result.region)
        key += (result.fund, result.channel, result.category)
        sums = self.lines.get(key)
        if sums is None:
            sums = self.lines[key] = [0] * 9
        pooled, other, own = result.pooled, result.other, result.own
        sums[0] += 1
        sums[1] += result.total
        sums[2] += pooled
        sums[3] += other
        sums[4] += own
        sums[5] += result.shared
        sums[6] += pooled != 0
        sums[7] += other != 0
        sums[8] += own != 0
        for share in result.shares:
            key = (month, act, SHARED, result.place, result.region)
            key += (share.payer_region, self.fund_of(share.payer_region))
            key += (result.channel, result.category, share.relation)
            there = self.shares.setdefault(key, [0, 0])
            there[0] += 1
            there[1] += share.amount

    def of_month(self, month: str) -> list[Sum]:
        """The month's sums, in an order that does not depend on the list's."""
        parts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
        for told, sums in self.lines.items():
            like = Alike(*told)
            for at, part in enumerate(PARTS):
                fund = self.fund_of(like.region) if part == OWN else like.fund
                key = (like.month, like.act, part, like.place, like.region)
                key += (like.region, fund, like.channel, like.category, "")
                parts[key][0] += sums[6 + at]
                parts[key][1] += sums[2 + at]
        rows = [
            Sum(*key, *sums) for key, sums in (*parts.items(), *self.shares.items())
        ]
        return sorted(row for row in rows if row.month == month and row.lines)

    def owed_of_month(self, month: str) -> list[tuple]:
        """The month's rows of institution_sum: what networked lines owe by fund."""
        owed: dict[tuple, list[int]] = defaultdict(lambda: [0] * 6)
        for told, sums in self.lines.items():
            like = Alike(*told)
            if like.month == month and like.channel == NETWORKED:
                row = owed[month, like.institution, like.place, like.fund]
                for at, amount in enumerate(sums[:6]):
                    row[at] += amount
        return [(*key, *sums) for key, sums in sorted(owed.items())]
