"""The policy's advance formula on the sample's figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from ledger.advances.plans import QUOTA
from ledger.money import NOTHING
from posting_rules.planning import work
from posting_rules.policies import Policy


def planned(
    policy: Policy,
    *,
    last: Decimal,
    remaining: Decimal,
    waiting: Decimal,
    past: Sequence[Decimal],
) -> Decimal:
    """What `yibao plan` asks of a payer for one 范围 and 险种.

    `remaining` is what is left once `last`, the whole quarter before, is taken off;
    `past` what a quarter of each earlier year cost.
    """
    known = sum(past, NOTHING)
    inputs = {
        "last": last,
        "listed": 3,
        "advance": remaining + last,
        "waiting": waiting,
        "history": Fraction(known) / len(past) if past else 0,
        "years": len(past),
        "first": 0,
        "estimate": 0,
    }
    return work(policy, QUOTA, inputs).amount
