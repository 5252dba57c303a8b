"""Results: a line of a list as it was split, on its way into the tables.

Amounts are whole fen, signed as in the table `settlement`: what is given back is below
zero. Times and days are texts.
"""

from __future__ import annotations

from typing import NamedTuple

CHARGE, REFUND, REVERSAL, MADE_UP = "收费", "退费", "冲正", "补记"
GIVEN_BACK = "退还"  # 退费 and 冲正 in sums and vouchers
NETWORKED, MANUAL = "联网", "手工"
POOLED, OTHER, OWN, SHARED = "统筹", "其他基金", "个账", "共济"


class Share(NamedTuple):
    """What one account of the family paid; `position` counts from 1 in the order of
    deduction, and is the original's where it is given back."""

    position: int
    payer_id: str
    payer_region: str
    relation: str
    amount: int


class Result(NamedTuple):
    """A line as the table `settlement` keeps it, with the shares of the family.

    The other columns (batch, document, freed) follow from where it is recorded.
    """

    sheet: str
    row: int
    serial: str
    at: str
    act: str
    original: str
    original_month: str
    person_id: str
    region: str
    fund: str
    status: str
    channel: str
    institution: str
    place: str
    category: str
    total: int
    in_policy: int
    deductible: int
    pooled: int
    other: int
    own: int
    shared: int
    cash: int
    deducted_before: int
    paid_before: int
    taken: bool
    differences: str
    late: bool
    note: str
    shares: tuple[Share, ...]
    ruled: bool = False

    @property
    def month(self) -> str:
        return self.at[:7]


def reversed_result(original: Result, serial: str, at: str) -> Result:
    """The 冲正 of a line: every part with the other sign, to the accounts that paid."""
    return original._replace(
        serial=serial,
        at=at,
        act=REVERSAL,
        original=original.serial,
        original_month=original.month,
        **{field: -getattr(original, field) for field in PARTS},
        taken=False,
        differences="",
        late=False,
        note="",
        shares=tuple(s._replace(amount=-s.amount) for s in original.shares),
    )


PARTS = ("total", "in_policy", "deductible", "pooled", "other", "own", "shared", "cash")
