"""Arrivals of money, and whether the bank's slip came (附件一 三（三）): F1 and F6."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, select

from ledger import regions
from ledger.advances.tables import BankLine
from ledger.database import slices
from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.schema import Document, TransferLine
from posting_rules.policies import Policy
from reports.evidence_advances import recorded_day

BANK, DOCUMENT, TRANSFER = (
    BankLine.__table__,
    Document.__table__,
    TransferLine.__table__,
)
LEVELS = ("city", "province")
AHEAD = 30  # days before a quarter whose arrivals may still be due in it


class Arrival(NamedTuple):
    """What arrived at a region on a day."""

    region: str
    on: date
    lines: int
    missing: int  # without a line of a bank statement
    slip: date | None  # the last line's import, once none is missing
    statements: bool  # whether statements of these accounts come at all


def arrivals_of(
    connection: Connection, policy: Policy, quarter: Quarter
) -> list[Arrival]:
    """Arrivals at cities and the province whose slips may be due in a quarter."""
    rows = connection.execute(
        select(
            TRANSFER.c.payee,
            TRANSFER.c.received_on,
            TRANSFER.c.payee_account,
            TRANSFER.c.serial,
            TRANSFER.c.received_serial,
        )
        .distinct()
        .where(
            TRANSFER.c.live,
            TRANSFER.c.received_on.between(
                quarter.first_day - timedelta(days=AHEAD), quarter.last_day
            ),
        )
    ).all()
    ours = [
        row
        for row in rows
        if regions.level(row.payee) in LEVELS
        and regions.province_of(row.payee) == policy.province
    ]
    slips = _slips(connection, {row.payee_account for row in ours})
    groups: dict[tuple, list] = defaultdict(list)
    for row in ours:
        groups[row.received_on, row.payee].append(row)
    return [
        _arrival(region, on, group, slips)
        for (on, region), group in sorted(groups.items())
    ]


def _arrival(region: str, on: date, group: list, slips: dict) -> Arrival:
    days = []
    for row in group:
        of_account = slips.get(row.payee_account, {})
        found = [of_account.get(each) for each in (row.received_serial, row.serial)]
        days.append(next((day for day in found if day), None))
    missing = sum(day is None for day in days)
    return Arrival(
        region=region,
        on=on,
        lines=len(group),
        missing=missing,
        slip=None if missing else max(days),
        statements=all(row.payee_account in slips for row in group),
    )


def _slips(
    connection: Connection, accounts: Iterable[str]
) -> dict[str, dict[str, date]]:
    """By account and 流水号: the day on which money in was imported from F6."""
    found: dict[str, dict[str, date]] = {}
    for part in slices(sorted(account for account in accounts if account)):
        for row in connection.execute(
            select(BANK.c.account, BANK.c.serial, DOCUMENT.c.recorded_at)
            .join(DOCUMENT, DOCUMENT.c.id == BANK.c.document_id)
            .where(BANK.c.account.in_(part), BANK.c.income > NOTHING, BANK.c.live)
        ):
            day = recorded_day(row.recorded_at)
            found.setdefault(row.account, {})[row.serial] = day
    return found
