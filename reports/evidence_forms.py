"""What the forms show of the calendar's tasks, kind by kind of evidence."""

from __future__ import annotations

from datetime import date
from typing import Callable, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger.periods import month_of, period
from posting_rules.calendar import Deadline
from posting_rules.policies import Policy
from reports import evidence_advances as advances
from reports import evidence_lists as lists
from reports.advances.waiting import disputes
from reports.evidence_notices import Notices
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


def forms_of(
    connection: Connection,
    policy: Policy,
    falling: Sequence[Deadline],
    shown: Notices,
    arrived: Sequence[Arrival],
) -> Asked:
    """What the forms alone say of each kind of evidence."""
    quarters = {period(d.period) for d in falling if d.cycle == "quarter"}
    months = {period(d.period) for d in falling if d.cycle == "month"}
    years = years_of(falling)
    kinds = {
        **_of_advances(connection, policy, quarters, shown),
        **_of_plans(connection, policy, quarters),
        **_of_provinces(connection, policy, years),
        **_of_lists(connection, quarters | {month.quarter for month in months}),
        "bank-slip": _of_slips(arrived),
        RECEIPTS: lambda *_: Answer(None, traced=False),
        "": lambda *_: Answer(None, traced=False),
    }

    def answer(deadline: Deadline, region: str, on: date) -> Answer:
        return kinds[deadline.evidence](deadline, region, on)

    return answer


def years_of(falling: Sequence[Deadline]) -> set[int]:
    """The years of the periods and days of deadlines."""
    years = {deadline.due.year for deadline in falling}
    return years | {int(deadline.period[:4]) for deadline in falling}


def _of_advances(
    connection: Connection, policy: Policy, quarters: set, shown: Notices
) -> dict[str, Asked]:
    """quota, advance-received: F3, F1."""
    if not quarters:
        return {}
    set_ = advances.editions(connection, quarters)
    arrivals = advances.arrivals(connection, policy, quarters)

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

    return {"quota": quota, "advance-received": received}


def _of_plans(
    connection: Connection, policy: Policy, quarters: set
) -> dict[str, Asked]:
    """plan, plan-paid: F5, F1."""
    if not quarters:
        return {}
    plans = advances.plans(connection, quarters)
    payments = advances.plan_payments(connection, policy, quarters)

    def plan(deadline, region, on):
        _, imported = plans.get(deadline.period, (None, None))
        return taken(imported, deadline)

    def plan_paid(deadline, region, on):
        planned, _ = plans.get(deadline.period, (None, None))
        amounts = payments.get(deadline.period, [])
        return Answer(*advances.plan_paid(amounts, planned, on))

    return {"plan": plan, "plan-paid": plan_paid}


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
    standing = disputes(connection, lists.periods_of(quarters)) if quarters else []

    def imported(deadline, region, on):
        return taken(lists.imported_on(listed, period(deadline.period)), deadline)

    def confirmed(deadline, region, on):
        quarter = period(deadline.period)
        day, note = lists.confirmed_on(listed, quarter, region)
        kept = [row for row in standing if lists.is_of(row, quarter, region)]
        if kept and day is None:
            note += f"；另有{len(kept)}行有异议"
        return Answer(day, note + lists.named(kept))

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
