"""The calendar of a quarter (期限): what is due, and done, open or late.

The days come from the policy (posting_rules/calendar.py), what was done from notices,
forms and people's words (reports/evidence.py). A task whose doing left no trace that
could be missing is open, never late.
"""

from __future__ import annotations

from datetime import date
from typing import Collection, Iterable, NamedTuple

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.periods import Quarter
from posting_rules.calendar import (
    Deadline,
    after_event,
    calendar_tasks,
    deadlines,
    guesswork_years,
    late_by,
    state,
)
from posting_rules.policies import Policy, policy_of
from posting_rules.workdays import SpecialDays, warning
from reports.evidence import evidence_of, submitted_days
from reports.evidence_forms import Answer
from reports.evidence_slips import Arrival, arrivals_of

WHO_NAMES = {
    "province-agency": "省级经办机构",
    "province-finance": "省级财政部门",
    "city-agency": "市州经办机构",
    "city-finance": "市州财政部门",
    "bank": "开户银行",
}
NOTICE = "notice"  # the evidence of a task that only a notice's steps show
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

    @property
    def told(self) -> bool:
        """Whether a page tells it: what an event set, and was done, is no news."""
        return self.state != "done" or len(self.period) != len("2018-01-26")

    def as_json(self) -> dict:
        """The keys of `due --json`."""
        return {
            "task": self.task,
            "cite": self.cite,
            "region": self.region,
            "printed": self.printed and str(self.printed),
            "due": str(self.due),
            "state": self.state,
            "name": self.name,
            "region_name": self.region_name,
            "period": self.period,
            "who": self.who,
            "done_on": self.done_on and str(self.done_on),
            "late_by": self.late_by,
            "note": self.note,
        }


def due_rows(
    connection: Connection,
    quarter: Quarter,
    on: date,
    special: SpecialDays | None = None,
    only: Collection[str] = (),
) -> list[DueRow]:
    """What falls due in a quarter, seen on a day: by due day, then by region.

    `only` names the tasks that are asked for; empty asks for all.
    """
    policy = policy_of(settings.province(connection))
    falling = _deadlines(connection, policy, quarter, on, special, only)
    arrived = []
    if not only:
        arrived = arrivals_of(connection, policy, quarter)
        falling += _slips(policy, quarter, on, special, arrived)
    if not falling:
        return []
    found = evidence_of(connection, policy, falling, arrived)
    rows = []
    for deadline in sorted(falling, key=lambda each: each.due):
        for region in _regions(policy, deadline, arrived):
            answer = found(deadline, region, on)
            if deadline.cycle == "event" and _forgotten(deadline, answer, on):
                continue
            trace = (deadline.evidence or NOTICE) if answer.traced else ""
            shown = deadline._replace(evidence=trace)
            rows.append(_row(shown, region, answer.done_on, answer.note, on))
    return rows


def calendar_warning(
    connection: Connection, quarter: Quarter, special: SpecialDays | None = None
) -> str:
    """What to say about years whose holidays nobody knows yet; "" when all is known."""
    policy = policy_of(settings.province(connection))
    falling = deadlines(calendar_tasks(policy.id), quarter, special)
    return warning(guesswork_years(falling, special))


def _deadlines(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    on: date,
    special: SpecialDays | None,
    only: Collection[str],
) -> list[Deadline]:
    """The policy's deadlines of a quarter from its first day on."""
    tasks = calendar_tasks(policy.id)
    happened = submitted_days(connection, policy, tasks, quarter, on)
    return [
        row
        for row in deadlines(tasks, quarter, special, happened)
        if row.due >= policy.from_day and (not only or row.task in only)
    ]


def _slips(
    policy: Policy,
    quarter: Quarter,
    on: date,
    special: SpecialDays | None,
    arrived: Iterable[Arrival],
) -> list[Deadline]:
    """A deadline for every day on which money arrived somewhere."""
    found = [
        after_event(task, day, special)
        for task in calendar_tasks(policy.id)
        if task.cycle == "event"
        for day in sorted({each.on for each in arrived if each.on <= on})
    ]
    return [row for row in found if quarter.first_day <= row.due <= quarter.last_day]


def _forgotten(deadline: Deadline, answer: Answer, on: date) -> bool:
    """An event whose day has passed and of which nothing could ever show."""
    return not (answer.traced or answer.done_on) and on > deadline.due


def _regions(
    policy: Policy, deadline: Deadline, arrived: Iterable[Arrival]
) -> list[str]:
    if deadline.cycle == "event":
        return [each.region for each in arrived if str(each.on) == deadline.period]
    if deadline.each == "city":
        return regions.cities(policy.province)
    return [policy.province]


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
