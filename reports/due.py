"""The calendar of a quarter (期限): what is due, and done, open or late.

The days come from the policy (posting_rules/calendar.py), what was done from the
forms that came in (reports/evidence.py). A task whose doing leaves no trace, or only
in a form that cannot be taken yet, is open, never late.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.periods import Quarter
from posting_rules.calendar import (
    Deadline,
    calendar_tasks,
    deadlines,
    guesswork_years,
    late_by,
    state,
)
from posting_rules.policies import Policy, policy_of
from posting_rules.workdays import SpecialDays, warning
from reports.evidence import NOT_YET, evidence_of

STATE_NAMES = {"done": "已办", "open": "待办", "late": "逾期"}


class DueRow(NamedTuple):
    """One task of one region; `printed` is None where working days are counted."""

    task: str
    name: str
    cite: str
    period: str  # what it deals with: 2017-04, 2017Q1, 2018
    region: str
    region_name: str
    who: str
    printed: date | None
    due: date
    state: str  # done, open, late
    done_on: date | None
    late_by: int  # days
    note: str  # what the forms say, where a word is needed

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]

    def as_json(self) -> dict:
        """The keys of `due --json`."""
        return {
            "task": self.task,
            "cite": self.cite,
            "region": self.region,
            "printed": self.printed and str(self.printed),
            "due": str(self.due),
            "state": self.state,
        }


def due_rows(
    connection: Connection,
    quarter: Quarter,
    on: date,
    special: SpecialDays | None = None,
) -> list[DueRow]:
    """What falls due in a quarter, seen on a day: by due day, then by region."""
    policy = policy_of(settings.province(connection))
    falling = _deadlines(policy, quarter, special)
    if not falling:
        return []
    found = evidence_of(connection, policy, falling)
    rows = []
    for deadline in falling:
        each = [policy.province]
        if deadline.each == "city":
            each = regions.cities(policy.province)
        for region in each:
            done_on, note = found(deadline, region, on)
            if deadline.evidence in NOT_YET:
                deadline = deadline._replace(evidence="")
            rows.append(_row(deadline, region, done_on, note, on))
    return rows


def calendar_warning(
    connection: Connection, quarter: Quarter, special: SpecialDays | None = None
) -> str:
    """What to say about years whose holidays nobody knows yet; "" when all is known."""
    policy = policy_of(settings.province(connection))
    return warning(guesswork_years(_deadlines(policy, quarter, special), special))


def _deadlines(
    policy: Policy, quarter: Quarter, special: SpecialDays | None
) -> list[Deadline]:
    """The policy's deadlines of a quarter from its first day on."""
    tasks = calendar_tasks(policy.id)
    return [
        row for row in deadlines(tasks, quarter, special) if row.due >= policy.from_day
    ]


def _row(
    deadline: Deadline, region: str, done_on: date | None, note: str, on: date
) -> DueRow:
    seen = state(deadline, done_on, on)
    return DueRow(
        task=deadline.task,
        name=deadline.name,
        cite=deadline.cite,
        period=deadline.period,
        region=region,
        region_name=regions.name(region, deadline.due),
        who=deadline.who,
        printed=deadline.printed,
        due=deadline.due,
        state=seen,
        done_on=done_on if seen == "done" else None,
        late_by=late_by(deadline, done_on, on),
        note=note,
    )
