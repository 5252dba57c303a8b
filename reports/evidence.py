"""What shows that a task of the calendar was done: steps, forms, somebody's word.

In this order: the steps of the notices that go with the task; a form with a day of its
own (到账日期, 确认日期); somebody's word (`due --done`); the day on which a form was
imported, which may be long after. Days after the one asked for do not count yet.
Where money has to move only the transfers count: a word or a step without money is
told, and the task is not done.
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

ARRIVED = "advance-received"
MONEY = (ARRIVED, "plan-paid", "province-advance-paid", "clearing-paid")


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
        if deadline.evidence in MONEY:
            return _of_money(deadline, by_step, by_form, word, on)
        of_day = by_form.exact and _seen(by_form, on)
        for known, there in (
            (by_step, _seen(by_step, on)),
            (by_form, of_day),
            (word, _seen(word, on)),
            (by_form, _seen(by_form, on)),
        ):
            if there:
                return _with_note(known, by_form)
        return _undone(by_step, by_form)

    return answer


def _of_money(
    deadline: Deadline,
    by_step: Answer | None,
    by_form: Answer,
    word: Answer | None,
    on: date,
) -> Answer:
    """The day on which the money moved; what is only said of it is a note.

    Where the steps name several notices their last day counts, but for an advance:
    that is there when it has arrived.
    """
    if _seen(by_form, on):
        by_notices = _seen(by_step, on) and deadline.evidence != ARRIVED
        return by_step if by_notices else by_form
    if not (_seen(by_step, on) or _seen(word, on)):
        return _undone(by_step, by_form)
    missing = "没有到账" if deadline.evidence == ARRIVED else "没有付款的划拨单"
    who = f"（{word.note}）" if _seen(word, on) else ""
    parts = [by_form.note, f"已登记，{missing}{who}"]
    note = "；".join(part for part in parts if part)
    return Answer(by_form.done_on, note)


def _with_note(known: Answer, by_form: Answer) -> Answer:
    """What shows a task as done, with what its form adds: lines in dispute."""
    if known.note or not by_form.note or by_form.done_on is None:
        return known
    return known._replace(note=by_form.note)


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
