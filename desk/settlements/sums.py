"""Sums over the lines of a list, kept as they pass: what vouchers and clearing need."""

from __future__ import annotations

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


class Sums:
    """By everything that tells lines apart: how many, and how much."""

    def __init__(self):
        self.parts: dict[tuple, list[int]] = {}
        self.owed: dict[tuple, list[int]] = {}  # to institutions

    def add(self, result: Result, month: str, fund_of: Callable[[str], str]) -> None:
        act = CHARGE if result.act in (CHARGE, MADE_UP) else GIVEN_BACK
        region, place = result.region, result.place
        told = (result.channel, result.category)
        before = (month, act)
        if result.pooled:
            where = (POOLED, place, region, region, result.fund, *told, "")
            self._part(before + where, result.pooled)
        if result.other:
            where = (OTHER, place, region, region, result.fund, *told, "")
            self._part(before + where, result.other)
        if result.own:
            where = (OWN, place, region, region, fund_of(region), *told, "")
            self._part(before + where, result.own)
        for share in result.shares:
            payer = share.payer_region
            where = (SHARED, place, region, payer, fund_of(payer), *told)
            self._part((*before, *where, share.relation), share.amount)
        if result.channel == NETWORKED:
            key = (month, result.institution, place, result.fund)
            owed = self.owed.get(key)
            if owed is None:
                owed = self.owed[key] = [0] * 6
            owed[0] += 1
            owed[1] += result.total
            owed[2] += result.pooled
            owed[3] += result.other
            owed[4] += result.own
            owed[5] += result.shared

    def _part(self, key: tuple, amount: int) -> None:
        there = self.parts.get(key)
        if there is None:
            self.parts[key] = [1, amount]
        else:
            there[0] += 1
            there[1] += amount

    def of_month(self, month: str) -> list[Sum]:
        """The month's sums, in an order that does not depend on the list's."""
        found = [Sum(*key, *sums) for key, sums in self.parts.items()]
        return sorted(row for row in found if row.month == month)

    def rows_of(self, month: str) -> tuple[list[Sum], list[tuple]]:
        """The rows of settlement_sum and of institution_sum."""
        owed = [(*key, *sums) for key, sums in sorted(self.owed.items())]
        return self.of_month(month), [row for row in owed if row[0] == month]
