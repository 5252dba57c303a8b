"""What shows that a task of the calendar was done: steps, forms, somebody's word.

In this order: the steps of the notices that go with the task; a form with a day of its
own (到账日期, 确认日期); somebody's word (`due --done`); the day on which a form was
imported, which may be long after. Days after the one asked for do not count yet.
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection

from ledger.advances.task_marks import MarkRow, marks
from ledger.periods import Quarter
from posting_rules.calendar import (
    Deadline,
    Task,
    calendar_tasks,
    due_before,
    steps_of,
)
from posting_rules.policies import Policy
from reports.evidence_forms import RECEIPTS, Answer, Asked, forms_of, years_of
from reports.evidence_notices import Notices, notices_of
from reports.evidence_slips import Arrival


def evidence_of(
    connection: Connection,
    policy: Policy,
    falling: Sequence[Deadline],
    arrived: Sequence[Arrival] = (),
) -> Asked:
    """A function that answers for a deadline, a region and the day of asking."""
    shown = notices_of(connection, policy.province, years_of(falling))
    steps = steps_of(policy.notice_kinds)
    tasks = {task.id: task for task in calendar_tasks(policy.id)}
    words = marks(connection, (deadline.period for deadline in falling))
    of_forms = forms_of(connection, policy, falling, shown, arrived)

    def answer(deadline: Deadline, region: str, on: date) -> Answer:
        by_step = _by_steps(deadline, region, on, shown, steps, tasks)
        by_form = of_forms(deadline, region, on)
        word = _said(words.get((deadline.task, deadline.period, region)))
        of_day = by_form.exact and _seen(by_form, on)
        for known, there in (
            (by_step, _seen(by_step, on)),
            (by_form, of_day),
            (word, _seen(word, on)),
            (by_form, _seen(by_form, on)),
        ):
            if there:
                return known
        return _undone(by_step, by_form)

    return answer


def submitted_days(
    connection: Connection,
    policy: Policy,
    tasks: Sequence[Task],
    quarter: Quarter,
    on: date,
) -> dict[tuple[str, str], date]:
    """(task, period): when the tasks that another one counts from were done, by a day.

    Known from the steps of their notices or from somebody's word. 依据：附件一 三（一）
    """
    after = [task.workdays_after or {} for task in tasks]
    bases = {each["task"] for each in after if "task" in each}
    years = (quarter.year - 1, quarter.year)
    shown = notices_of(connection, policy.province, years)
    steps = steps_of(policy.notice_kinds)
    months = [f"{year:04d}-{month:02d}" for year in years for month in range(1, 13)]
    words = marks(connection, months)
    found = {}
    for task in bases:
        for month in months:
            day, _, _ = shown.day(steps.get(task, {}), month, "", on, on)
            word = words.get((task, month, policy.province))
            day = day or (word and word.done_on)
            if day and day <= on:
                found[task, month] = day
    return found


def _seen(answer: Answer | None, on: date) -> bool:
    return bool(answer and answer.done_on and answer.done_on <= on)


def _said(word: MarkRow | None) -> Answer | None:
    if word is None or word.done_on is None:
        return None
    note = f"{word.by}登记已办" + (f"：{word.note}" if word.note else "")
    return Answer(word.done_on, note)


def _undone(by_step: Answer | None, by_form: Answer) -> Answer:
    """Nothing is done yet; what waits is said, and what would show it counts."""
    if by_step is None:
        return by_form
    notes = [each.note for each in (by_form, by_step) if each.note]
    return Answer(by_form.done_on, "；".join(notes))


def _by_steps(
    deadline: Deadline,
    region: str,
    on: date,
    shown: Notices,
    steps: dict[str, dict[str, str]],
    tasks: dict[str, Task],
) -> Answer | None:
    """What the notices of a task say; None where there are none."""
    if deadline.evidence == RECEIPTS:
        after = due_before(tasks[deadline.task], deadline)
        day, waiting, count = shown.receipts(after, deadline.due, on)
    else:
        kinds = steps.get(deadline.task, {})
        of_city = region if deadline.each == "city" else ""
        asked = (kinds, deadline.period, of_city, on, deadline.due)
        day, waiting, count = shown.day(*asked)
    if not count:
        return None
    note = f"{count}份文书中{waiting}份未办到" if waiting and count > 1 else ""
    return Answer(day, note)
