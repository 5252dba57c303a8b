"""`yibao clear MONTH --kind family`: treatment elsewhere and family sharing (P10).

家庭共济 is owed by 授权地, the other parts of a bill by 参保地 (异地结算), both to 就医地.
依据：皖医保中心〔2024〕39号 二（六）
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from desk.settlements.between_regions import Run, clear_regions
from desk.settlements.clearing import Cleared, Period, require_month
from ledger.database import Home
from ledger.postings import Actor
from ledger.settlements import clearing_rows
from ledger.settlements.clearing import Part
from posting_rules.personal import fund_of_accounts

KIND = "family"


def clear_family(
    home: Home,
    actor: Actor,
    period: Period,
    province: str,
    *,
    post_on: date | None = None,
    draft: bool = False,
    dry_run: bool = False,
) -> Cleared:
    """Clear a month, or a quarter's months, with all that came late."""
    require_month(period)
    takes = (KIND,)
    run = Run(actor, KIND, period, province, takes, _parts, post_on, draft)
    return clear_regions(home, run, dry_run)


def _parts(connection: Connection, clearing_id: int) -> list[Part]:
    return [
        Part(*owed, owed.amount)
        for owed in clearing_rows.owed_for_treatment(
            connection, clearing_id, fund_of_accounts
        )
    ]
