"""What shows that a task of the calendar was done: steps, forms, somebody's word.

In this order: the steps of the notices that go with the task; a form with a day of its
own (到账日期, 确认日期); somebody's word (`due --done`); the day on which a form was
imported, which may be long after. Days after the one asked for do not count yet.
"""

from __future__ import annotations

from datetime import date
from typing import Callable, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger.advances.task_marks import MarkRow, marks
from ledger.periods import Quarter, month_of, period
from posting_rules.calendar import (
    Deadline,
    Task,
    calendar_tasks,
    due_before,
    steps_of,
)
from posting_rules.policies import Policy
from reports import evidence_advances as advances
from reports import evidence_lists as lists
from reports.evidence_notices import Notices, notices_of
from reports.evidence_slips import Arrival

RECEIPTS = "receipts"


class Answer(NamedTuple):
    """What is known of a task; `exact`: its day is its own, not that of an import.

    `traced`: were it done, it would show; only so can it be late.
    """

    done_on: date | None
    note: str = ""
    traced: bool = True
    exact: bool = True


Asked = Callable[[Deadline, str, date], Answer]


def evidence_of(
    connection: Connection,
    policy: Policy,
    falling: Sequence[Deadline],
    arrived: Sequence[Arrival] = (),
) -> Asked:
    """A function that answers for a deadline, a region and the day of asking."""
    shown = notices_of(connection, policy.province, _years(falling))
    steps = steps_of(policy.notice_kinds)
    tasks = {task.id: task for task in calendar_tasks(policy.id)}
    words = marks(connection, (deadline.period for deadline in falling))
    of_forms = _forms(connection, policy, falling, shown, arrived)

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


def _years(falling: Sequence[Deadline]) -> set[int]:
    """The years of the periods and days of deadlines."""
    years = {deadline.due.year for deadline in falling}
    return years | {int(deadline.period[:4]) for deadline in falling}


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


def _forms(
    connection: Connection,
    policy: Policy,
    falling: Sequence[Deadline],
    shown: Notices,
    arrived: Sequence[Arrival],
) -> Asked:
    """What the forms alone say of each kind of evidence."""
    quarters = {period(d.period) for d in falling if d.cycle == "quarter"}
    months = {period(d.period) for d in falling if d.cycle == "month"}
    years = _years(falling)
    kinds = {
        **_of_advances(connection, policy, quarters, shown),
        **_of_provinces(connection, policy, years),
        **_of_lists(connection, quarters | {month.quarter for month in months}),
        "bank-slip": _of_slips(arrived),
        RECEIPTS: lambda *_: Answer(None, traced=False),
        "": lambda *_: Answer(None, traced=False),
    }

    def answer(deadline: Deadline, region: str, on: date) -> Answer:
        return kinds[deadline.evidence](deadline, region, on)

    return answer


def _of_advances(
    connection: Connection, policy: Policy, quarters: set, shown: Notices
) -> dict[str, Asked]:
    """quota, advance-received, plan, plan-paid: F3, F1, F5."""
    if not quarters:
        return {}
    set_ = advances.editions(connection, quarters)
    arrivals = advances.arrivals(connection, policy, quarters)
    plans = advances.plans(connection, quarters)
    payments = advances.plan_payments(connection, policy, quarters)

    def quota(deadline, region, on):
        rows = set_.get((deadline.period, region), ())
        issued = [shown.issued(row.document, on) for row in rows]
        if any(issued):
            return Answer(min(day for day in issued if day))
        return taken(min((row.imported for row in rows), default=None), deadline)

    def received(deadline, region, on):
        place = (deadline.period, region)
        rows = set_.get(place, ())

        def known(row):
            return shown.issued(row.document, on) or row.imported

        due = None
        if any(row.kind == advances.NEW for row in rows):
            due = advances.amount_due(rows, known, deadline.due)
        if due is not None and due <= 0:
            day = min(known(row) for row in rows)
            return Answer(min(day, deadline.due), "核定额不大于零，不用上解")
        return Answer(*advances.arrived_by(arrivals.get(place, []), due, on))

    def plan(deadline, region, on):
        _, imported = plans.get(deadline.period, (None, None))
        return taken(imported, deadline)

    def plan_paid(deadline, region, on):
        planned, _ = plans.get(deadline.period, (None, None))
        amounts = payments.get(deadline.period, [])
        return Answer(*advances.plan_paid(amounts, planned, on))

    return {
        "quota": quota,
        "advance-received": received,
        "plan": plan,
        "plan-paid": plan_paid,
    }


def _of_provinces(
    connection: Connection, policy: Policy, years: set[int]
) -> dict[str, Asked]:
    """province-quota, province-advance-paid, clearing-paid: F4, F1."""
    quotas = advances.province_quotas(connection, years)
    transfers = advances.to_provinces(connection, policy, years)

    def quota(deadline, region, on):
        _, imported = quotas.get(int(deadline.period), (None, None))
        return taken(imported, deadline)

    def paid(deadline, region, on):
        changed, _ = quotas.get(int(deadline.period), (None, None))
        by_now = [row for row in transfers if row.on <= on]
        return Answer(*advances.exchanged(deadline.period, changed, by_now))

    def cleared(deadline, region, on):
        month = month_of(deadline.due)
        days = [
            row.on
            for row in transfers
            if row.out
            and row.nature == advances.CLEARING_MONEY
            and month_of(row.on) == month
        ]
        return Answer(min(days, default=None))

    return {
        "province-quota": quota,
        "province-advance-paid": paid,
        "clearing-paid": cleared,
    }


def _of_lists(connection: Connection, quarters: set) -> dict[str, Asked]:
    """clearing-imported, clearing-confirmed: F2."""
    listed = lists.lists_of(connection, quarters) if quarters else []

    def imported(deadline, region, on):
        return taken(lists.imported_on(listed, period(deadline.period)), deadline)

    def confirmed(deadline, region, on):
        day, note = lists.confirmed_on(listed, period(deadline.period), region)
        return Answer(day, note)

    return {"clearing-imported": imported, "clearing-confirmed": confirmed}


def _of_slips(arrived: Sequence[Arrival]) -> Asked:
    by_place = {(str(each.on), each.region): each for each in arrived}

    def slip(deadline, region, on):
        found = by_place[deadline.period, region]
        if found.slip:
            return taken(found.slip, deadline)
        note = (
            f"{found.lines}笔到账，{found.missing}笔没有对账单" if found.lines else ""
        )
        return Answer(None, note if found.statements else "", found.statements)

    return slip


def taken(imported: date | None, deadline: Deadline) -> Answer:
    """A form that is there proves its task, also one that was imported later.

    The form has no day of its own: an import after the deadline may be an office
    that only then began to keep its books here.
    """
    day = min(imported, deadline.due) if imported else None
    return Answer(day, exact=False)
