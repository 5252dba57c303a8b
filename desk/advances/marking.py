"""`yibao due --done`: somebody says that a task of the calendar was done, or was not.

Forms and notices show most tasks by themselves; a word stands where they are silent.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances.words import words
from ledger import regions, settings
from ledger.advances.task_marks import add_mark, marks
from ledger.database import Home
from ledger.errors import SourceError, UsageError
from ledger.periods import Month, Quarter
from ledger.periods import period as read_period
from ledger.postings import Actor
from posting_rules.calendar import Task, calendar_tasks
from posting_rules.policies import policy_of

ALL = "all"
EXAMPLES = {"month": "2018-01", "quarter": "2018Q1", "year": "2018"}


class Marked(NamedTuple):
    """What became of a word; `status`: marked, already, checked."""

    status: str
    task: Task
    period: str
    regions: list[str]  # those whose state it changed
    done_on: date | None


def mark(
    home: Home,
    actor: Actor,
    task: str,
    period: str,
    places: Sequence[str],
    done_on: date | None,
    note: str = "",
    *,
    dry_run: bool = False,
) -> Marked:
    """Say of a task, a period and regions on which day it was done; None: it was not.

    `places` may be ("all",) and, for a task of the province, empty. What is said
    already in these words is not said again.
    """
    note = words(note, "说明") if note.strip() else ""
    with home.writing(keep=not dry_run) as connection:
        policy = policy_of(settings.province(connection))
        found = _task(policy.id, task)
        period = _period(found, period, policy.from_day)
        if done_on is not None:
            _check_day(done_on, policy.from_day, actor.on)
            _check_begun(found, period, done_on)
        asked = _regions(connection, found, places)
        last = marks(connection, [period])
        changed = []
        for region in asked:
            before = last.get((task, period, region))
            said = (before.done_on, before.note) if before else (None, "")
            if said == (done_on, note) or not (said[0] or done_on):
                continue
            add_mark(
                connection, task, period, region, done_on, note, actor.by, actor.at
            )
            changed.append(region)
    status = "already" if not changed else "checked" if dry_run else "marked"
    return Marked(status, found, period, changed, done_on)


def _task(policy: str, name: str) -> Task:
    tasks = calendar_tasks(policy)
    for task in tasks:
        if task.id == name:
            return task
    known = "、".join(f"{task.id}（{task.name}）" for task in tasks)
    raise UsageError(f"没有“{name}”这个事项；事项有：{known}")


def _period(task: Task, text: str, from_day: date) -> str:
    """The period as the calendar writes it; UsageError when it is not the task's."""
    if task.cycle == "event":
        try:
            found: date = date.fromisoformat(text)
        except ValueError:
            raise UsageError(
                f"“{text}”不是到账日期；{task.id}的 --period 写作 2018-01-26"
            ) from None
        return str(found)
    kinds = {"month": Month, "quarter": Quarter}
    if task.cycle == "year":
        if len(text) == 4 and text.isascii() and text.isdigit() and int(text):
            return text
    else:
        try:
            found = read_period(text)
        except SourceError:
            found = None
        if isinstance(found, kinds[task.cycle]):
            return str(found)
    raise UsageError(
        f"“{text}”不是{task.id}的期间；应写作{EXAMPLES[task.cycle]}"
        f"（{task.name}，{from_day.year}年起）"
    )


def _check_day(done_on: date, from_day: date, today: date) -> None:
    if done_on > today:
        raise UsageError(f"{done_on}还没有到；--on 应为已办的那一天，不晚于{today}")
    if done_on < from_day:
        raise UsageError(f"{done_on}早于文件的适用日{from_day}；请核对 --on")


def _check_begun(task: Task, text: str, done_on: date) -> None:
    """Nothing is done for a period that has not begun."""
    if task.cycle == "event":
        first_day = date.fromisoformat(text)
    elif task.cycle == "year":
        first_day = date(int(text), 1, 1)
    else:
        first_day = read_period(text).first_day
    if done_on < first_day:
        raise UsageError(
            f"{done_on}早于{text}的第一天{first_day}，不会已办；"
            "请核对 --period 和 --on（已办的那一天）"
        )


def _regions(connection: Connection, task: Task, places: Sequence[str]) -> list[str]:
    province = settings.province(connection)
    cities = regions.cities(province)
    known = cities
    if task.each == "province":
        known = [province]
    elif task.cycle == "event":
        known = [*cities, province]
    if tuple(places) == (ALL,) or (not places and task.each == "province"):
        return known
    if not places:
        raise UsageError(
            f"{task.id}每个市州各办一次；请用 --region 代码，全部市州用 --region {ALL}"
        )
    for place in places:
        if place not in known:
            raise UsageError(f"{task.id}没有地区“{place}”；应为{'、'.join(known)}之一")
    return list(dict.fromkeys(places))
