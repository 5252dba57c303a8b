"""The calendar (期限) of a policy: which task is due when, and done, open or late.

The tasks are data (guizhou_2017_204.toml explains its words). Whether a
task was done is for the caller to find out: `evidence` says where to look.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from ledger.periods import Month, Quarter, period
from posting_rules.workdays import (
    SpecialDays,
    nth_workday,
    shifted,
    unknown_years,
    workdays_after,
)

# For the deadline's period and, where it has one, its city. A notice's step that
# names the task (steps of [[notice_kind]]) goes before any of them; somebody's word
# (due --done) before the day of an import.
EVIDENCE = {
    "": "leaves no trace but a notice's step",
    "quota": "F3 of the quarter names the city; the day it was imported",
    "province-quota": "F4 of the year; the day it was imported",
    "plan": "F5 of the quarter; the day it was imported",
    "plan-paid": "F1 520000 to 520000, 省内, of the quarter; its first 到账日期",
    "advance-received": "F1 预付金 of the quarter from the city; its 到账日期",
    "province-advance-paid": "F1 with every province that F4 of the year names",
    "clearing-imported": "F2 of the period (a month: 跨省); the day it was imported",
    "clearing-confirmed": "F2, all of the city's lines; their last 确认日期",
    "clearing-paid": "F1 清算资金 to other provinces in the due day's month; 付款日期",
    "receipts": "every notice that was paid since the day before is received",
    "bank-slip": "F6 with the arrival's line; the day it was imported",
}
WHO = ("province-agency", "province-finance", "city-agency", "city-finance", "bank")
CYCLE_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Task(NamedTuple):
    """What has to be done again and again, and how its day is counted."""

    id: str
    name: str
    cite: str
    cycle: str  # month, quarter, year or event
    who: str
    each: str  # city or province
    evidence: str
    about: str = ""  # or previous
    month: int = 1
    day: int | None = None
    workday: int | None = None
    workdays_after: dict | None = None  # {task or event, n}
    shift: bool | None = None
    short: str = ""  # its name in few words


class Deadline(NamedTuple):
    """One task of one period; `each` says for how many regions it stands."""

    task: str
    name: str
    cite: str
    cycle: str
    period: str  # what it deals with: 2017-04, 2017Q1, 2018; an event's day
    who: str
    each: str  # city: a row for every city; province: a row
    printed: date | None  # as the document counts; None where it counts workdays
    due: date  # the day that counts; itself still in time
    evidence: str  # a key of EVIDENCE


Happened = Mapping[tuple[str, str], date]  # (task, period): the day it was done


def deadlines(
    tasks: Iterable[Task],
    quarter: Quarter,
    special: SpecialDays | None = None,
    happened: Happened = MappingProxyType({}),
) -> list[Deadline]:
    """What falls due in a quarter, by day, then in the document's order.

    A month's later steps fall into the next month, so a quarter begins with the
    rest of the month before it: 2017Q2 has the payment of the 2017-03 list and
    leaves that of 2017-06 to 2017Q3. What counts from another task's doing counts
    from the day that `happened` has for it, else from its due day (GZ-40: 收到后).
    Tasks of an event have no day here.
    """
    by_id = {task.id: task for task in tasks}
    months = [_later(quarter.months[0], ahead) for ahead in range(-12, 3)]
    found = [
        _deadline(task, start, by_id, special, happened)
        for task in by_id.values()
        if task.cycle != "event"
        for start in months
        if (start.number - 1) % CYCLE_MONTHS[task.cycle] == 0
    ]
    falling = [row for row in found if quarter.first_day <= row.due <= quarter.last_day]
    return sorted(falling, key=lambda row: row.due)


def after_event(
    task: Task, happened: date, special: SpecialDays | None = None
) -> Deadline:
    """The deadline that an event sets, such as the bank slip after an arrival."""
    assert task.cycle == "event", f"{task.id} waits for no event"

    due = workdays_after(happened, task.workdays_after["n"], special)
    return _row(task, str(happened), None, due)


def due_before(
    task: Task, deadline: Deadline, special: SpecialDays | None = None
) -> date:
    """The day that counted for the same task a month earlier."""
    assert task.cycle == "month", f"{task.id} does not come round by month"

    start = _later(period(deadline.period), -1)
    return _deadline(task, start, {task.id: task}, special, {}).due


def state(deadline: Deadline, done_on: date | None, on: date) -> str:
    """done, open or late, seen on the day `on`.

    What leaves no trace is open until someone says that it is done, never late.
    """
    if done_on is not None and done_on <= on:
        return "done"
    return "late" if deadline.evidence and on > deadline.due else "open"


def late_by(deadline: Deadline, done_on: date | None, on: date) -> int:
    """Days past the due day on which it was done or, not done, is still missing."""
    seen = state(deadline, done_on, on)
    if seen == "open":
        return 0
    return max(0, ((done_on if seen == "done" else on) - deadline.due).days)


def guesswork_years(
    rows: Iterable[Deadline], special: SpecialDays | None = None
) -> list[int]:
    """The years of which nobody knows the holidays; see `workdays.warning`."""
    return unknown_years([row.due for row in rows], special)


def steps_of(kinds: Iterable[Mapping]) -> dict[str, dict[str, str]]:
    """By task: the kinds of notice that show it, each with the step that ends it.

    `kinds` are a policy's [[notice_kind]] tables; of two steps of one task the later
    one counts.
    """
    found: dict[str, dict[str, str]] = {}
    for kind in kinds:
        for step in kind["steps"]:
            if step["task"]:
                found.setdefault(step["task"], {})[kind["id"]] = step["state"]
    return found


def calendar_tasks(name: str) -> list[Task]:
    """The tasks of one of this package's TOML files, checked."""
    return list(_tasks(name))


@cache
def _tasks(name: str) -> tuple[Task, ...]:
    text = (files("posting_rules") / f"{name}.toml").read_text("utf-8")
    return tuple(read_tasks(tomllib.loads(text)["task"]))


def read_tasks(tables: Iterable[dict]) -> list[Task]:
    tasks = [Task(**table) for table in tables]
    ids = {task.id for task in tasks}
    assert len(ids) == len(tasks), "two tasks of one id"
    for task in tasks:
        _check(task, ids)
    return tasks


def _check(task: Task, ids: set[str]) -> None:
    counts = [task.day, task.workday, task.workdays_after]
    after = task.workdays_after or {}
    assert sum(count is not None for count in counts) == 1, f"{task.id}: count once"
    assert (task.day is None) == (task.shift is None), f"{task.id}: shift or not?"
    assert task.cycle in (*CYCLE_MONTHS, "event"), f"{task.id}: cycle {task.cycle}"
    assert (task.cycle == "event") == ("event" in after), f"{task.id}: which event?"
    assert not after or "event" in after or after["task"] in ids, f"{task.id}: after?"
    assert task.who in WHO, f"{task.id}: who {task.who}"
    assert task.each in ("city", "province"), f"{task.id}: each {task.each}"
    assert task.evidence in EVIDENCE, f"{task.id}: evidence {task.evidence}"
    assert task.about in ("", "previous"), f"{task.id}: about {task.about}"


def _deadline(
    task: Task,
    start: Month,
    by_id: dict[str, Task],
    special: SpecialDays | None,
    happened: Happened,
) -> Deadline:
    """A task in the cycle whose first month is `start`."""
    month = _later(start, task.month - 1)
    printed = None
    if task.day:
        printed = date(month.year, month.number, min(task.day, month.last_day.day))
        due = shifted(printed, special) if task.shift else printed
    elif task.workday:
        due = nth_workday(task.workday, month.first_day, special)
    else:
        after = task.workdays_after
        before = _deadline(by_id[after["task"]], start, by_id, special, happened)
        base = happened.get((before.task, before.period), before.due)
        due = workdays_after(base, after["n"], special)
    length = CYCLE_MONTHS[task.cycle]
    subject = _later(start, -length) if task.about else start
    return _row(task, _written(subject, task.cycle), printed, due)


def _row(task: Task, period: str, printed: date | None, due: date) -> Deadline:
    return Deadline(
        task=task.id,
        name=task.name,
        cite=task.cite,
        cycle=task.cycle,
        period=period,
        who=task.who,
        each=task.each,
        printed=printed,
        due=due,
        evidence=task.evidence,
    )


def _written(start: Month, cycle: str) -> str:
    if cycle == "year":
        return f"{start.year:04d}"
    return str(start.quarter if cycle == "quarter" else start)


def _later(month: Month, months: int) -> Month:
    number = month.year * 12 + month.number - 1 + months
    return Month(number // 12, number % 12 + 1)
