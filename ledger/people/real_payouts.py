"""实账 in the database: every account of a region with money, and where it is paid.

A run is reckoned as that of filings is (ledger/people/payouts.py), by one ruling that
lets everybody be paid. The bank account is that of a filing (G7) where there is one.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection

from ledger.people import payouts, staging
from ledger.people.outflows import REAL as KIND
from ledger.people.payouts import Ruled, Run

BATCH, PREFIX = "real-payout", "SZ"
__all__ = ["BATCH", "KIND", "PREFIX", "choose"]


def choose(connection: Connection, run: Run, cite: str) -> None:
    """Reckon what each account is paid: the temporary table payout_candidate."""
    words = {"day": run.day, "region": run.region, "month": run.month}
    staging.temporary(connection, "payout_filed", ACCOUNTS.format(**words))
    rulings: Sequence[Ruled] = [
        Ruled("", "", "", 0, may=True, still=False, cite=cite, refused_cite="", why="")
    ]
    payouts.choose(connection, run, rulings, no_payee="")


# Of several filings in force with a bank account the latest.
ACCOUNTS = """
    SELECT account.person_id, '' AS scope, '' AS kind, '' AS state,
           '{day}' AS from_day, coalesce(filed.payee_name, person.name) AS payee_name,
           coalesce(filed.payee_account, '') AS payee_account,
           coalesce(filed.payee_bank, '') AS payee_bank
    FROM account
    JOIN person ON person.person_id = account.person_id
    LEFT JOIN (
        SELECT * FROM (
            SELECT person_id, payee_name, payee_account, payee_bank,
                   row_number() OVER (
                       PARTITION BY person_id ORDER BY from_day DESC, kind
                   ) AS place
            FROM filing
            WHERE freed = 0 AND payee_name <> '' AND payee_account <> ''
              AND from_day <= '{day}' AND (until_day IS NULL OR until_day >= '{day}')
        ) AS filings WHERE place = 1
    ) AS filed ON filed.person_id = account.person_id
    WHERE account.region = '{region}' AND account.balance > 0 AND NOT EXISTS (
        SELECT 1 FROM payout_line JOIN batch ON batch.id = payout_line.batch_id
        WHERE payout_line.person_id = account.person_id
          AND payout_line.region = '{region}' AND payout_line.period = '{month}'
          AND batch.state IN ('draft', 'counted')
    )
"""
