"""From an entry template and amounts to a voucher's lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger import regions
from ledger.periods import Month, Quarter
from ledger.vouchers import CREDIT, DEBIT, Line, cut
from posting_rules.policies import Entry


class Share(NamedTuple):
    """An amount of one fund; `detail` is the region it is kept under, or ""."""

    fund: str
    detail: str
    amount: Decimal


def lines(entry: Entry, amounts: dict[str, list[Share]]) -> tuple[Line, ...]:
    """A template's lines with amounts, in printed order, debit first.

    `amounts` names what the template asks for: own, lower, total, each payer,
    each place, each other province. Zero lines are left out, a net below zero is
    red on its printed side; no lines at all means no voucher (RULES.md section 3).
    """
    made = [
        Line(side, subject, share.detail, share.fund, share.amount)
        for side, template in ((DEBIT, entry.debit), (CREDIT, entry.credit))
        for subject, amount in template
        for share in amounts.get(amount, ())
    ]
    return cut(made)


def body_name(kind: str, region: str, on: date, centre: str) -> str:
    """The name of a body as a counterparty: 贵阳市财政部门, 南明区经办机构."""
    if kind == "centre":
        return centre
    name = regions.name(region, on)
    if kind.endswith("finance"):
        return f"{name}财政部门"
    if kind.endswith("agency"):
        return f"{name}经办机构"
    return name


def printed_period(period: Month | Quarter | None) -> str:
    """A period in a narration: 2017年二季度, 2017年6月."""
    if period is None:
        return ""
    if isinstance(period, Quarter):
        return f"{period.year}年{'一二三四'[period.number - 1]}季度"
    return f"{period.year}年{period.number}月"
