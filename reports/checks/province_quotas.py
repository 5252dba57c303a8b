"""F4 against F1: whether the year's change of each province's advance was paid. Notes.

依据：黔人社厅通〔2017〕204号 附件一 二（一）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.advances.bounces import not_bounced
from ledger.advances.province_quotas import lines
from ledger.money import NOTHING, grouped
from ledger.schema import TransferLine
from posting_rules.policies import Policy
from reports.checks.findings import NOTE, Finding, differing

TRANSFER = TransferLine.__table__
NATURES = ("预付金", "紧急调增", "额度调整", "退回")
PAID, RECEIVED = "付款", "收款"


def province_quotas(
    connection: Connection, policy: Policy, on: date
) -> Iterator[Finding]:
    """A note where a year's transfers with a province are not its 调整额."""
    quotas = lines(connection)
    for year in sorted({quota.year for quota in quotas if quota.year <= on.year}):
        moved = _moved(connection, policy, year, on)
        for quota in quotas:
            if quota.year != year:
                continue
            found = moved.get((quota.direction, quota.province), NOTHING)
            why = f"额度调整通知书{grouped(quota.change)}，本年预付金划拨净额"
            yield from differing(
                "额度",
                f"{policy.province}-centre",
                f"{year}年{quota.direction} {regions.name(quota.province)}预付金",
                quota.change,
                found,
                f"{why}{grouped(found)}",
                NOTE,
            )


def _moved(
    connection: Connection, policy: Policy, year: int, on: date
) -> dict[tuple[str, str], Decimal]:
    """By direction and province: advances paid in a year, up to a day, less what came
    back; what the bank sent back (X11) was never paid."""
    keys = TRANSFER.c.payer, TRANSFER.c.payee, TRANSFER.c.nature
    amount = TRANSFER.c.own + TRANSFER.c.lower
    last = min(on, date(year, 12, 31))
    rows = connection.execute(
        select(*keys, func.sum(amount, type_=TRANSFER.c.own.type))
        .where(
            TRANSFER.c.live,
            TRANSFER.c.nature.in_(NATURES),
            TRANSFER.c.paid_on >= date(year, 1, 1),
            TRANSFER.c.paid_on <= last,
            TRANSFER.c.bounces_id.is_(None),
            not_bounced(),
        )
        .group_by(*keys)
    )
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for payer, payee, nature, total in rows:
        if nature == "退回":
            payer, payee, total = payee, payer, -total
        if payer == policy.province:
            sums[PAID, regions.province_of(payee)] += total
        else:
            sums[RECEIVED, regions.province_of(payer)] += total
    return dict(sums)
