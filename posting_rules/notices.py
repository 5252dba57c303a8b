"""Notices (文书): their kinds, the steps that they go, and by which day.

The kinds are data ([[notice_kind]]; guizhou_2017_204.toml explains its words). A
notice is made, issued, confirmed or disputed, and so on to received, as its kind's
steps say; before it is paid it may be withdrawn.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple, Sequence

from ledger.errors import UsageError
from ledger.periods import Month, Quarter, month_of
from posting_rules.calendar import Task, calendar_tasks, deadlines
from posting_rules.policies import Policy, policies
from posting_rules.workdays import SpecialDays, workdays_after, workdays_before

MADE, ISSUED, CONFIRMED, DISPUTED, SUBMITTED, APPROVED, PAID, RECEIVED, WITHDRAWN = (
    *("made", "issued", "confirmed", "disputed", "submitted"),
    *("approved", "paid", "received", "withdrawn"),
)
STATE_NAMES = {
    MADE: "已生成",
    ISSUED: "已下达",
    CONFIRMED: "已确认",
    DISPUTED: "有异议",
    SUBMITTED: "已提交",
    APPROVED: "已审核",
    PAID: "已付款",
    RECEIVED: "已收付款确认",
    WITHDRAWN: "已撤回",
}
STEP_NAMES = {
    MADE: "生成",
    ISSUED: "下达",
    CONFIRMED: "确认",
    DISPUTED: "提出异议",
    SUBMITTED: "提交",
    APPROVED: "审核",
    PAID: "付款",
    RECEIVED: "收付款确认",
    WITHDRAWN: "撤回",
}
ACTS = {  # the commands' words
    "issue": ISSUED,
    "confirm": CONFIRMED,
    "dispute": DISPUTED,
    "submit": SUBMITTED,
    "approve": APPROVED,
    "pay": PAID,
    "receive": RECEIVED,
    "withdraw": WITHDRAWN,
}
WHO_NAMES = {
    "province-agency": "省级经办机构",
    "province-finance": "省级财政部门",
    "city-agency": "市（州）经办机构",
    "city-finance": "市（州）财政部门",
    "county-agency": "县（区）经办机构",
    "county-finance": "县（区）财政部门",
}
PLAN, PAYER = "plan", "payer"  # what a kind may be made `per`
YEAR, QUARTER, CITY, COMES_IN = "year", "quarter", "city", "received"


class Step(NamedTuple):
    """A step of a kind: the state it leads to, whose it is, the calendar's task."""

    state: str
    who: str
    task: str


class Kind(NamedTuple):
    """A kind of notice; see guizhou_2017_204.toml for the words."""

    id: str
    name: str
    per: str
    form: str
    number: str
    cite: str
    steps: tuple[Step, ...]
    first: str = ""
    city_number: str = ""
    also: tuple[str, ...] = ()
    text: str = ""
    text_back: str = ""
    workdays: int = 0
    county_before: int = 0
    back: tuple[Step, ...] = ()

    def of_amount(self, total: Decimal) -> Kind:
        """The kind as its steps are for an amount: below zero the money goes back."""
        if total >= 0 or not self.back:
            return self
        others = {step.state: step for step in self.back}
        steps = tuple(others.get(step.state, step) for step in self.steps)
        return self._replace(steps=steps)

    @property
    def of_plan(self) -> bool:
        return self.per in (PLAN, PAYER)

    def step(self, state: str) -> Step | None:
        return next((step for step in self.steps if step.state == state), None)


@cache
def _kinds(policy_id: str) -> dict[str, Kind]:
    tables = next(p.notice_kinds for p in policies() if p.id == policy_id)
    found = {}
    for table in tables:
        steps = tuple(Step(**step) for step in table["steps"])
        back = tuple(Step(**step) for step in table.get("back", ()))
        also = tuple(table.get("also", ()))
        lists = {"steps": steps, "back": back, "also": also}
        found[table["id"]] = Kind(**{**table, **lists})
    return found


def kinds(policy: Policy) -> dict[str, Kind]:
    """A policy's kinds by id, in the document's order."""
    return _kinds(policy.id)


def kind_named(policy: Policy, id: str) -> Kind:
    """The kind of that id; UsageError where the policy has none."""
    found = kinds(policy).get(id)
    if found is None:
        known = "、".join(f"{kind.id} {kind.name}" for kind in kinds(policy).values())
        raise UsageError(f"没有“{id}”这种文书；有：{known}")
    return found


def titles(form: str) -> dict[str, str]:
    """Kinds' ids by the names that a file of a form may bear, of every policy."""
    return {
        name: kind.id
        for policy in policies()
        for kind in kinds(policy).values()
        if kind.form == form
        for name in (kind.name, *kind.also)
    }


def path(kind: Kind, received: bool) -> list[str]:
    """The states that a notice goes through, in order.

    One of ours begins made; one that came in was issued by whoever sent it.
    """
    states = [step.state for step in kind.steps]
    if received:
        return [ISSUED, *(state for state in states if state != ISSUED)]
    return [MADE, *states]


def following(kind: Kind, state: str, received: bool = False) -> tuple[str, ...]:
    """The states that may follow one: the step that comes next before others.

    What is disputed is issued again, or confirmed after all. A notice is withdrawn
    before its money has left; a confirmed clearing by taking the confirmation back.
    """
    way = path(kind, received)
    if state in (WITHDRAWN, RECEIVED):
        return ()
    if state == DISPUTED:
        again = [ISSUED] if ISSUED in way and not received else []
        return (*again, CONFIRMED, WITHDRAWN)
    at = way.index(state)
    after = way[at + 1 : at + 2]
    if after == [CONFIRMED]:
        after.append(DISPUTED)
    closed = state == PAID or state == CONFIRMED == way[-1]
    return tuple(after if closed else [*after, WITHDRAWN])


def passed(kind: Kind, state: str, wanted: str, received: bool = False) -> bool:
    """Whether a notice in `state` has `wanted` behind it, or stands there."""
    way = path(kind, received)
    if state == wanted:
        return True
    if state in (DISPUTED, WITHDRAWN) or wanted not in way:
        return False
    return way.index(wanted) <= way.index(state)


def who_name(who: str, city: bool = False) -> str:
    """Who does a step, in words; one level lower where a city is the holder."""
    level, _, body = who.partition("-")
    if city:
        level = {"province": "city", "city": "county"}[level]
    return WHO_NAMES[f"{level}-{body}"]


def step_day(
    policy: Policy,
    kind: Kind,
    state: str,
    period: Month | Quarter | int,
    taken: dict[str, date],
    special: SpecialDays | None = None,
    *,
    city: bool = False,
) -> date | None:
    """By which day a step has to be taken; None where no day is set.

    `taken` says on which days the steps so far were. A day that was past when the
    notice was issued counts no more; for the money there are the kind's workdays. A
    county pays its `city` some working days before the city itself has to pay.
    """
    step = kind.step(state)
    if step is None:
        return None
    early = kind.county_before if city and step.who == "city-finance" else 0
    day = _task_day(policy, kind, step, period, taken, special)
    if day and early:
        day = workdays_before(day, early, special)
    issued = taken.get(ISSUED)
    begun = None if state == ISSUED else issued
    if DISPUTED in taken and state in (ISSUED, CONFIRMED):
        begun = taken[DISPUTED]  # what was due before the dispute no longer is
    if day and (begun is None or begun <= day):
        return day
    if issued and kind.workdays and state == PAID:
        return workdays_after(issued, kind.workdays - early, special)
    return None


def _task_day(
    policy: Policy,
    kind: Kind,
    step: Step,
    period: Month | Quarter | int,
    taken: dict[str, date],
    special: SpecialDays | None,
) -> date | None:
    tasks = {task.id: task for task in calendar_tasks(policy.id)}
    task = tasks.get(step.task)
    if task is None:
        return None
    if step.state == RECEIVED:
        return _receipt_day(task, tasks, taken, special)
    after = task.workdays_after or {}
    before = next((s for s in kind.steps if s.task == after.get("task")), None)
    if before and before.state in taken:  # GZ-40: from the day it was submitted
        return workdays_after(taken[before.state], after["n"], special)
    return _day_of(task, tasks, period, special)


def _receipt_day(
    task: Task,
    tasks: dict[str, Task],
    taken: dict[str, date],
    special: SpecialDays | None,
) -> date | None:
    """附件一 三（三）: within the month of the money; the next where it came too late."""
    if PAID not in taken:
        return None
    month = month_of(taken[PAID])
    day = _day_of(task, tasks, month, special)
    if day is not None and day < taken[PAID]:
        return _day_of(task, tasks, month.next, special)
    return day


def _day_of(
    task: Task,
    tasks: dict[str, Task],
    period: Month | Quarter | int,
    special: SpecialDays | None,
) -> date | None:
    """The due day of a task about a period; a month's task of a quarter: its last."""
    if isinstance(period, int):
        first, text = Quarter(period, 1), f"{period:04d}"
    else:
        monthly = task.cycle == "month" and isinstance(period, Quarter)
        about = period.months[-1] if monthly else period
        first, text = about.quarter, str(about)
    return next(
        (
            row.due
            for quarter in (first, first.next)
            for row in deadlines(_with_before(task, tasks), quarter, special)
            if row.task == task.id and row.period == text
        ),
        None,
    )


def _with_before(task: Task, tasks: dict[str, Task]) -> list[Task]:
    """A task with those that its day counts from; the others need no day here."""
    found = [task]
    while before := (found[-1].workdays_after or {}).get("task"):
        found.append(tasks[before])
    return found


def known_steps(states: Sequence[tuple[str, date]]) -> dict[str, date]:
    """The day of each state since the notice was last issued.

    A notice that was brought back (撤销, 退汇) stands where it stood on that day
    before; what came after is as if it never was.
    """
    taken: dict[str, date] = {}
    for state, day in states:
        last = next(reversed(taken), None)
        if state in taken and state != last and (state, last) != (ISSUED, DISPUTED):
            order = list(taken)
            taken = {name: taken[name] for name in order[: order.index(state) + 1]}
            continue
        if state == ISSUED:
            taken = {MADE: taken[MADE]} if MADE in taken else {}
        taken[state] = day
    return taken
