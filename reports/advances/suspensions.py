"""Who is overdue and could be suspended (待暂停), and who is (暂停).

A candidate is a city whose advance of a quarter (F3) had not all arrived when its day
had passed by setting suspension-after or more, or whose emergency increase is not
there on its day: only money counts. Nothing follows by itself. 依据：五（一）；附件一 一（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger import regions, settings
from ledger.advances.suspensions import SuspensionRow, suspensions
from ledger.errors import BookError
from ledger.periods import Quarter, period
from ledger.schema import QuotaLine
from posting_rules.workdays import SpecialDays
from reports.advances.emergencies import unpaid_emergencies
from reports.due import due_rows
from reports.evidence_advances import NEW

QUOTA = QuotaLine.__table__
TRANSFER_TASK = "advance-transfer"
AFTER = "suspension-after"


class Candidate(NamedTuple):
    """What a region should have paid and has not, seen on a day."""

    region: str
    region_name: str
    what: str  # the quarter, or the 文号 of an emergency increase
    quarter: str
    due: date
    late_by: int  # days
    note: str
    cite: str
    suspended: bool  # already


class Standing(NamedTuple):
    """A decision and whether it holds on the day that is asked for."""

    suspension: SuspensionRow
    region_name: str
    holds: bool


def candidates(
    connection: Connection, on: date, special: SpecialDays | None = None
) -> list[Candidate]:
    """Regions that are overdue long enough, the longest first."""
    after = days_allowed(connection, on)
    held = {row.region for row in suspensions(connection) if row.holds(on)}
    found = []
    for quarter, payers in _quarters(connection, on).items():
        for row in due_rows(connection, quarter, on, special, only=(TRANSFER_TASK,)):
            late = row.state == "late" and row.late_by >= after
            if late and row.region in payers:
                found.append(
                    Candidate(
                        row.region,
                        row.region_name,
                        f"{quarter}预付金",
                        str(quarter),
                        row.due,
                        row.late_by,
                        row.note,
                        row.cite,
                        row.region in held,
                    )
                )
    found += _emergencies(connection, on, after, held)
    return sorted(found, key=lambda each: (each.due, each.region))


def standing(connection: Connection, on: date) -> list[Standing]:
    """Every decision that had begun by a day, those that hold first.

    A lifting of a later day is not known yet.
    """
    rows = [
        Standing(row.known(on), regions.name(row.region, row.from_day), row.holds(on))
        for row in suspensions(connection)
        if row.from_day <= on
    ]
    return sorted(rows, key=lambda each: not each.holds)


def days_allowed(connection: Connection, on: date) -> int:
    """Setting suspension-after: from how many days late a region is listed."""
    text = settings.value(connection, AFTER, on)
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise BookError(
            f"设置{AFTER}为“{text[:20]}”，应为0至999的天数；"
            f"请用 yibao setting set {AFTER} 天数 改正"
        )
    return int(text)


def _quarters(connection: Connection, on: date) -> dict[Quarter, set[str]]:
    """Quarters up to a day, and the payers for whom F3 set an advance (核定)."""
    found: dict[Quarter, set[str]] = defaultdict(set)
    for row in connection.execute(
        select(QUOTA.c.quarter, QUOTA.c.region)
        .distinct()
        .where(QUOTA.c.live, QUOTA.c.kind == NEW)
    ):
        found[period(row.quarter)].add(row.region)
    return {
        quarter: found[quarter] for quarter in sorted(found) if quarter.first_day <= on
    }


def _emergencies(
    connection: Connection, on: date, after: int, held: set[str]
) -> list[Candidate]:
    return [
        Candidate(
            row.region,
            regions.name(row.region, on),
            f"紧急调增{row.number}",
            row.quarter,
            row.due,
            (on - row.due).days,
            row.note,
            "五（二）",
            row.region in held,
        )
        for row in unpaid_emergencies(connection, on)
        if (on - row.due).days >= after
    ]
