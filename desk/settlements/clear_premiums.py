"""`yibao clear YEAR --kind premiums`: premiums that families' accounts paid (P10, P11).

授权地 owes 参保地 year by year; 参保地 pays on what was collected, also within the year
(`yibao clear 2024-10 --kind premiums`), whether 授权地 has paid it yet or not.
依据：皖医保中心〔2024〕39号 二（六）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from desk.settlements.between_regions import Run, clear_regions
from desk.settlements.clearing import Cleared, Period
from desk.settlements.region_postings import keeping
from ledger import settings
from ledger.database import Home
from ledger.postings import Actor
from ledger.settlements import clearing_rows
from ledger.settlements.clearing import PAID_ON, PREMIUM, Part
from posting_rules.personal import fund_of_accounts

KIND, ON = "premiums", "paid-on"


def clear_premiums(
    home: Home,
    actor: Actor,
    period: Period,
    province: str,
    *,
    post_on: date | None = None,
    draft: bool = False,
    dry_run: bool = False,
) -> Cleared:
    """Clear a year and pay on; of a month or a quarter only pay on."""
    takes = (KIND, ON) if isinstance(period, int) else (ON,)
    run = Run(actor, KIND, period, province, takes, _parts, post_on, draft)
    return clear_regions(home, run, dry_run)


def _parts(connection: Connection, clearing_id: int) -> list[Part]:
    """Between regions by fund of the paying account; paid on by region and 险种."""
    kept = keeping(settings.province(connection))
    sums: dict[tuple, list] = defaultdict(lambda: [0, Decimal(0)])
    rows = [
        (row, (PREMIUM, row.payer, row.region))
        for row in clearing_rows.premium_rows(connection, clearing_id)
    ]
    rows += [
        (row, (PAID_ON, row.region, row.kind))
        for row in clearing_rows.paid_on_rows(connection, clearing_id)
        if row.region in kept  # elsewhere others collect it, and pay it on
    ]
    for row, key in rows:
        total = sums[*key, fund_of_accounts(row.payer)]
        total[0] += row.lines
        total[1] += row.amount
    return [
        Part(*key, lines, amount, amount)
        for key, (lines, amount) in sorted(sums.items())
    ]
