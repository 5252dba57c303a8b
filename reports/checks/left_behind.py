"""Accounts with money in a region that their owners have left: to be moved (G6).

They pay no bills any more, those of the new region do. Notes: the owner's request
makes the transfer, nothing is wrong in the books.
"""

from __future__ import annotations

from typing import Iterator

from sqlalchemy import Connection, text

from ledger.money import from_fen
from reports.checks.findings import NOTE, Finding
from reports.checks.people import named, place

IDENTITY = "转移后余额"
SHOWN = 20  # of a region


def left_behind(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Open accounts above zero of the living who are insured elsewhere now."""
    for row in connection.execute(text(LEFT)).all():
        many = f"；本区共{row.accounts}人" if row.accounts > 1 else ""
        if row.accounts > SHOWN:
            many += f"，列出前{SHOWN}人"
        yield Finding(
            IDENTITY,
            f"{row.region}-city-agency",
            f"{named(row.person_id, row.region, unmasked)}个人账户余额",
            "0.00",
            f"{from_fen(row.balance):.2f}",
            "",
            NOTE,
            f"现参保地是{place(row.now)}，仍有余额，请办理转出（G6）{many}",
            row.person_id if unmasked else "",
        )


LEFT = f"""
    SELECT * FROM (
        SELECT account.region, account.person_id, account.balance,
               person.region AS now,
               count(*) OVER (PARTITION BY account.region) AS accounts,
               row_number() OVER (
                   PARTITION BY account.region ORDER BY account.person_id) AS nth
        FROM account JOIN person ON person.person_id = account.person_id
        WHERE account.balance > 0 AND account.state = 'open'
          AND person.region <> account.region AND person.died_on IS NULL
    ) AS moved WHERE nth <= {SHOWN} ORDER BY region, person_id
"""
