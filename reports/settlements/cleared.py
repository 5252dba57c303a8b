"""Whether clearings took a bill: between regions, and with the institution.

They take the sums of a posting's lines, so a bill is cleared with its sums' rows.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, select

from ledger.settlements.results import (
    CHARGE,
    GIVEN_BACK,
    MADE_UP,
    NETWORKED,
    OTHER,
    OWN,
    POOLED,
    SHARED,
)
from ledger.settlements.tables import Clearing, InstitutionSum, SettlementSum
from posting_rules.personal import fund_of_accounts

SUM, OWED = SettlementSum.__table__, InstitutionSum.__table__
CLEARING = Clearing.__table__


def cleared(
    connection: Connection, row, shares: Sequence, posting_id: int | None
) -> tuple[bool, str]:
    """Whether regions have to clear parts of a line, and the period that took all."""
    accounts = fund_of_accounts(row.region)
    wanted = {
        (part, row.region, fund, "")
        for part, fund, amount in (
            (POOLED, row.fund, row.pooled),
            (OTHER, row.fund, row.other),
            (OWN, accounts, row.own),
        )
        if amount
    }
    wanted |= {
        (SHARED, s.payer_region, fund_of_accounts(s.payer_region), s.relation)
        for s in shares
        if s.amount
    }
    if row.channel != NETWORKED:
        return False, ""
    wanted = {key for key in wanted if key[1] != row.place}
    if not wanted:
        return False, ""
    table = SUM.c
    found = connection.execute(
        select(SUM).where(
            table.posting_id == posting_id,
            table.month == row.month,
            table.act == (CHARGE if row.act in (CHARGE, MADE_UP) else GIVEN_BACK),
            table.place == row.place,
            table.region == row.region,
            table.channel == row.channel,
            table.category == row.category,
        )
    )
    ids = [
        each.clearing_id
        for each in found
        if (each.part, each.payer, each.fund, each.relation) in wanted
    ]
    return True, latest_period(connection, ids)


def paid(connection: Connection, row, posting_id: int | None) -> str:
    """The period of the clearing with the institution that took a line."""
    if row.channel != NETWORKED:
        return ""
    table = OWED.c
    ids = connection.execute(
        select(table.clearing_id).where(
            table.posting_id == posting_id,
            table.month == row.month,
            table.institution == row.institution,
            table.place == row.place,
            table.fund == row.fund,
        )
    ).scalars()
    return latest_period(connection, list(ids))


def latest_period(connection: Connection, ids: Sequence[int | None]) -> str:
    """The period of the last of some clearings; "" if one is open or there is none."""
    if not ids or None in ids:
        return ""
    return connection.execute(
        select(CLEARING.c.period)
        .where(CLEARING.c.id.in_(ids))
        .order_by(CLEARING.c.id.desc())
        .limit(1)
    ).scalar_one()
