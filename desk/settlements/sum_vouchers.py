"""Vouchers of a month's bills, from their sums: P5, P6, P6c, P8, P9, P18.

What refunds and reversals give back stands in vouchers of its own, in red (P16).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, Iterator

from desk.settlements.sums import Sum
from ledger.money import from_fen
from ledger.settlements.results import CHARGE, MANUAL, OTHER, OWN, POOLED, SHARED
from ledger.vouchers import Voucher
from posting_rules.entries import Share
from posting_rules.settlement_vouchers import Told, mirrored, vouchers
from posting_rules.uses import mode_of

EVENTS = {POOLED: "pooled", OTHER: "other", OWN: "own", SHARED: "shared"}
RED = "（退费、冲正）"
Key = tuple[str, str, str, str, str]  # region, event, leg, mode, act


def vouchers_of(
    rows: Iterable[Sum], cities: frozenset[str], told: Told
) -> list[Voucher]:
    """The vouchers in every book that the rows touch, region by region."""
    groups: dict[Key, list[Share]] = defaultdict(list)
    for row in rows:
        for key, share in _shares(row):
            if key[0] in cities:
                groups[key].append(share)
    made = []
    for (region, event, leg, mode, act), shares in sorted(groups.items()):
        made += vouchers(region, event, leg, mirrored(shares), told, mode=mode, act=act)
    return made


def _shares(row: Sum) -> Iterator[tuple[Key, Share]]:
    """In whose book a sum stands, under which entry, and what is kept under whom."""
    event, amount = EVENTS[row.part], from_fen(row.amount)
    mode = mode_of(row.region, row.category) if row.part == POOLED else ""
    act = "" if row.act == CHARGE else RED
    leg = "payer" if row.part == SHARED else "insured"
    if row.channel == MANUAL:
        yield (row.payer, f"{event}-manual", leg, mode, act), Share(
            row.fund, "", amount
        )
    elif row.payer == row.place:
        yield (row.payer, event, leg, mode, act), Share(row.fund, "", amount)
    else:
        event += "-elsewhere"
        share = Share(row.fund, row.place, amount)
        yield (row.payer, event, leg, mode, act), share
        share = Share(row.fund, row.payer, amount)
        yield (row.place, event, "place", mode, act), share
