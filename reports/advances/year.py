"""`yibao report year`: a year of treatment away from home, for a head of office.

Everything is read from what the other reports read: voucher lines, forms, notices and
their steps, the calendar. Nothing is computed here that a page would not show.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.advances.suspensions import SuspensionRow, suspensions
from ledger.database import Home
from ledger.money import NOTHING
from ledger.periods import Month, Quarter, quarter_of
from posting_rules.policies import Policy, WarningBand, policy_of
from reports.advances.warnings import Warned, warnings
from reports.advances.year_events import Event, NoticeCount, events, notice_counts
from reports.advances.year_money import (
    MonthFlow,
    PayerMoney,
    PlaceCost,
    cleared_by_scope,
    clearing_days,
    month_flows,
    payer_money,
    places,
)
from reports.checks.findings import ERROR
from reports.due import DueRow, due_rows
from reports.reconcile import check
from reports.seen import written_off_by
from reports.usage import NORMAL, usage_rows

NO_MONEY = PayerMoney(NOTHING, NOTHING, NOTHING)
RECEIVED = "received"


class Rate(NamedTuple):
    """The highest rate of a payer in a quarter, while it was written off."""

    quarter: Quarter
    on: date
    rate: Fraction | None
    level: str
    level_name: str


class PayerYear(NamedTuple):
    """A city's (or 省本级's) year; `reds` are its own counties' red warnings."""

    code: str
    name: str
    money: PayerMoney
    rates: tuple[Rate, ...]
    warned: tuple[Warned, ...]  # by day
    reds: int
    late: int  # deadlines that it did not keep


class TaskYear(NamedTuple):
    """How a task's deadlines were kept; those not due yet, or without a trace, are
    left out."""

    task: str
    name: str
    who: str
    kept: int
    late: int  # done after the day
    missed: int  # not done at all


class YearReport(NamedTuple):
    """A year up to a day; `rows` of lateness are the latest first."""

    year: int
    on: date
    province: str
    number: str  # of the policy
    months: list[MonthFlow]
    cleared: dict[str, Decimal]  # by 范围
    payers: list[PayerYear]
    tasks: list[TaskYear]
    late: list[DueRow]
    suspensions: list[SuspensionRow]
    abroad: list[PlaceCost]
    home: list[PlaceCost]
    events: list[Event]
    notices: list[NoticeCount]
    errors: int  # of `check` on the day
    notes: int
    bands: tuple[WarningBand, ...]

    @property
    def balance(self) -> Decimal:
        return self.months[-1].balance

    @property
    def kept(self) -> tuple[int, int]:
        """Deadlines kept, and all that count."""
        kept = sum(task.kept for task in self.tasks)
        return kept, kept + sum(task.late + task.missed for task in self.tasks)

    @property
    def warned(self) -> list[tuple[PayerYear, Warned]]:
        return [(payer, row) for payer in self.payers for row in payer.warned]


def year_report(
    connection: Connection, year: int, on: date, home: Home | None = None
) -> YearReport:
    """The year as it stands on a day, which is in it or after it."""
    policy = policy_of(settings.province(connection))
    first, last = date(year, 1, 1), min(on, date(year, 12, 31))
    quarters = [Quarter(year, number) for number in range(1, 5)]
    quarters = [quarter for quarter in quarters if quarter.first_day <= last]
    months = [Month(year, number) for number in range(1, 13)]
    due = [row for quarter in quarters for row in due_rows(connection, quarter, last)]
    found = check(connection, last, home)
    return YearReport(
        year=year,
        on=last,
        province=policy.province,
        number=policy.number,
        months=month_flows(connection, policy, months, last),
        cleared=cleared_by_scope(connection, policy, first, last),
        payers=_payers(connection, policy, quarters, first, last, due),
        tasks=_tasks(due),
        late=sorted((r for r in due if r.late_by), key=lambda r: (-r.late_by, r.due)),
        suspensions=[s for s in suspensions(connection) if s.touches(first, last)],
        abroad=places(connection, "跨省", first, last),
        home=places(connection, "省内", first, last),
        events=events(connection, policy, first, last),
        notices=notice_counts(connection, policy, year),
        errors=sum(finding.severity == ERROR for finding in found),
        notes=sum(finding.severity != ERROR for finding in found),
        bands=policy.warnings,
    )


def _payers(
    connection: Connection,
    policy: Policy,
    quarters: list[Quarter],
    first: date,
    last: date,
    due: list[DueRow],
) -> list[PayerYear]:
    """Every payer of the centre, in the order of codes, 省本级 last."""
    before = quarter_of(first - timedelta(days=1))
    watched = [before, *quarters]
    money = payer_money(connection, policy, first, last)
    rates = [_rates(connection, policy, quarter, last) for quarter in watched]
    warned = [
        row
        for row in warnings(connection, watched, last)
        if row.direction == RECEIVED and (row.until is None or row.until > first)
    ]
    centre, found = f"{policy.province}-centre", []
    payers = [*regions.cities(policy.province), regions.own_people(policy.province)]
    for code in payers:
        mine = [row for row in warned if row.book == centre and row.payer == code]
        below = [row for row in warned if row.book == f"{code}-city-agency"]
        found.append(
            PayerYear(
                code,
                regions.name(code, last),
                money.get(code, NO_MONEY),
                tuple(each[code] for each in rates if code in each),
                tuple(sorted(mine, key=lambda row: row.since)),
                len([row for row in below if row.level == policy.warnings[-1].level]),
                len([row for row in due if row.region == code and row.late_by]),
            )
        )
    return found


def _rates(
    connection: Connection, policy: Policy, quarter: Quarter, last: date
) -> dict[str, Rate]:
    """By payer the highest rate of a quarter, on the days it was written off."""
    until = min(last, written_off_by(quarter))
    found: dict[str, Rate] = {}
    for day in clearing_days(connection, policy, quarter, until):
        rows = usage_rows(
            connection,
            quarter=quarter,
            on=day,
            book=f"{policy.province}-centre",
            quarter_alone=True,
        )
        for row in rows:
            if row.direction == RECEIVED and row.cleared:
                rate = Rate(quarter, day, row.rate, row.level, row.level_name)
                found[row.payer] = max(found.get(row.payer, rate), rate, key=_height)
    return found


def _height(rate: Rate) -> tuple:
    """No advance at all is worse than any rate."""
    return (rate.rate is None and rate.level != NORMAL, rate.rate or 0)


def _tasks(due: list[DueRow]) -> list[TaskYear]:
    """The tasks that had a day by now, in the calendar's order."""
    found: dict[str, list[DueRow]] = {}
    for row in due:
        if row.state != "open":
            found.setdefault(row.task, []).append(row)
    return [
        TaskYear(
            task,
            rows[0].name,
            rows[0].who,
            len([row for row in rows if row.state == "done" and not row.late_by]),
            len([row for row in rows if row.state == "done" and row.late_by]),
            len([row for row in rows if row.state == "late"]),
        )
        for task, rows in found.items()
    ]
