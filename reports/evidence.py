"""What shows that a task of the calendar was done: the words of EVIDENCE, looked up.

Every answer is a day (or None) and a note; days after the one that is asked for do
not count yet.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Callable, Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, and_, func, or_, select

from ledger import regions
from ledger.money import NOTHING, grouped
from ledger.periods import Month, Quarter, month_of, period, quarter_of
from ledger.schema import ClearingLine, Document, QuotaLine, TransferLine
from posting_rules.calendar import Deadline
from posting_rules.policies import Policy

ADVANCES = ("预付金", "紧急调增", "额度调整")
NORMAL = "正常"
CLEARING_MONEY = "清算资金"
NOT_YET = ("province-quota", "plan", "plan-paid")  # forms that come later: F4, F5, X2
CLEARING, DOCUMENT, QUOTA, TRANSFER = (
    ClearingLine.__table__,
    Document.__table__,
    QuotaLine.__table__,
    TransferLine.__table__,
)
Answer = tuple[date | None, str]


class Listed(NamedTuple):
    """Lines of F2 of one period, 范围 and 参保地."""

    period: str
    scope: str
    nature: str
    insured: str
    lines: int
    confirmed: int
    last_confirmed: date | None
    imported: date


class Quotas(NamedTuple):
    """By (quarter, city): what was set, and the day it was imported."""

    amount: dict[tuple[str, str], Decimal]
    imported: dict[tuple[str, str], date]


def evidence_of(
    connection: Connection, policy: Policy, falling: Sequence[Deadline]
) -> Callable[[Deadline, str, date], Answer]:
    """A function that answers for a deadline, a region and the day of asking."""
    quarters = {period(d.period) for d in falling if d.cycle == "quarter"}
    months = {period(d.period) for d in falling if d.cycle == "month"}
    quotas = _quotas(connection, quarters)
    arrivals = _arrivals(connection, policy, quarters)
    lists = _lists(connection, quarters | {month.quarter for month in months})
    payments = _payments(connection, policy, falling)

    def answer(deadline: Deadline, region: str, on: date) -> Answer:
        kind = deadline.evidence
        if kind == "quota":
            return _taken(quotas.imported.get((deadline.period, region)), deadline)
        if kind == "advance-received":
            place = (deadline.period, region)
            return _received(quotas, arrivals.get(place, ()), place, on)
        if kind == "clearing-imported":
            return _taken(_imported(lists, period(deadline.period)), deadline)
        if kind == "clearing-confirmed":
            return _confirmed(lists, period(deadline.period), region)
        if kind == "clearing-paid":
            month = month_of(deadline.due)
            days = [on for nature, on in payments if nature == CLEARING_MONEY]
            return _first(on for on in days if month_of(on) == month), ""
        if kind == "province-advance-paid":
            days = [on for nature, on in payments if nature in ADVANCES]
            return _first(on for on in days if str(on.year) == deadline.period), ""
        return None, ""

    return answer


def _taken(imported: date | None, deadline: Deadline) -> Answer:
    """A form that is there proves its task, also one that was imported later.

    The form has no day of its own: an import after the deadline may be an office
    that only then began to keep its books here.
    """
    return (min(imported, deadline.due) if imported else None), ""


def _received(
    quotas: Quotas, arrivals: Iterable[tuple[date, Decimal]], place: tuple, on: date
) -> Answer:
    """The day on which what was set had arrived; without F3, the first arrival."""
    due = quotas.amount.get(place)
    if due is not None and due <= 0:
        return quotas.imported[place], "核定额不大于零，不用上解"
    arrived = NOTHING
    for day, amount in arrivals:
        if day > on:
            break
        arrived += amount
        if due is None or arrived >= due:
            return day, ""
    if due is None or not arrived:
        return None, ""
    return None, f"已到账{grouped(arrived)}元，核定{grouped(due)}元"


def _imported(lists: Sequence[Listed], asked: Month | Quarter) -> date | None:
    """The day on which a period's lists were all there.

    A month is there with its own 跨省 lines or its quarter's; a quarter with lines
    of its own, or with those of its three months.
    """
    first: dict[str, date] = {}
    abroad = isinstance(asked, Month)
    for row in lists:
        if not abroad or row.scope == "跨省":
            day = first.get(row.period, row.imported)
            first[row.period] = min(day, row.imported)
    whole = first.get(str(asked.quarter))
    if abroad:
        return _first(day for day in (first.get(str(asked)), whole) if day)
    months = [first.get(str(month)) for month in asked.months]
    every = max(months) if all(months) else None
    return _first(day for day in (whole, every) if day)


def _confirmed(lists: Sequence[Listed], asked: Quarter, city: str) -> Answer:
    """The last 确认日期 once no line of the city waits; its list, if it has none.

    补清算 and 冲减 come after the quarter's confirmation and do not move its day.
    """
    periods = {str(asked), *map(str, asked.months)}
    mine = [
        row
        for row in lists
        if row.period in periods and regions.city_of(row.insured) == city
    ]
    if not mine:
        return _imported(lists, asked), ""
    waiting = sum(row.lines - row.confirmed for row in mine)
    if waiting:
        return None, f"还有{waiting}行待确认"
    normal = [row for row in mine if row.nature == NORMAL] or mine
    return max(row.last_confirmed for row in normal), ""


def _quotas(connection: Connection, quarters: Iterable[Quarter]) -> Quotas:
    """核定 alone sets what is due on the 30th; later editions replace earlier."""
    latest: dict[tuple, Decimal] = {}
    imported: dict[tuple, date] = {}
    rows = connection.execute(
        select(QUOTA, DOCUMENT.c.recorded_at)
        .join(DOCUMENT, DOCUMENT.c.id == QUOTA.c.document_id)
        .where(QUOTA.c.quarter.in_([str(q) for q in quarters]), QUOTA.c.live)
        .order_by(QUOTA.c.edition)
    )
    for row in rows:
        place = (row.quarter, row.region)
        day = _day(row.recorded_at)
        imported[place] = min(imported.get(place, day), day)
        if row.kind == "核定":
            latest[*place, row.fund] = row.abroad + row.home
    amount: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for (quarter, region, _), total in latest.items():
        amount[quarter, region] += total
    return Quotas(dict(amount), imported)


def _arrivals(
    connection: Connection, policy: Policy, quarters: Iterable[Quarter]
) -> dict[tuple[str, str], list[tuple[date, Decimal]]]:
    """By (quarter, payer): what arrived at the province, by day.

    A transfer that names no quarter belongs to that of its 付款日期.
    """
    asked = {str(quarter) for quarter in quarters}
    days = [(quarter.first_day, quarter.last_day) for quarter in quarters]
    unnamed = [TRANSFER.c.paid_on.between(*pair) for pair in days]
    rows = connection.execute(
        select(TRANSFER)
        .where(
            TRANSFER.c.live,
            TRANSFER.c.payee == policy.province,
            TRANSFER.c.nature.in_(ADVANCES),
            TRANSFER.c.received_on.is_not(None),
            or_(
                TRANSFER.c.quarter.in_(sorted(asked)),
                and_(TRANSFER.c.quarter == "", or_(*unnamed)),
            ),
        )
        .order_by(TRANSFER.c.received_on, TRANSFER.c.id)
    )
    found: dict[tuple, list] = defaultdict(list)
    for row in rows:
        quarter = row.quarter or str(quarter_of(row.paid_on))
        found[quarter, row.payer].append((row.received_on, row.own + row.lower))
    return found


def _lists(connection: Connection, quarters: Iterable[Quarter]) -> list[Listed]:
    periods = sorted({text for q in quarters for text in (str(q), *map(str, q.months))})
    rows = connection.execute(
        select(
            CLEARING.c.period,
            CLEARING.c.scope,
            CLEARING.c.nature,
            CLEARING.c.insured,
            func.count(),
            func.count(CLEARING.c.confirmed_on),
            func.max(CLEARING.c.confirmed_on),
            func.min(DOCUMENT.c.recorded_at),
        )
        .join(DOCUMENT, DOCUMENT.c.id == CLEARING.c.document_id)
        .where(CLEARING.c.period.in_(periods), CLEARING.c.live)
        .group_by(
            CLEARING.c.period,
            CLEARING.c.scope,
            CLEARING.c.nature,
            CLEARING.c.insured,
        )
    )
    return [Listed(*row[:7], _day(row[7])) for row in rows]


def _payments(
    connection: Connection, policy: Policy, falling: Iterable[Deadline]
) -> list[tuple[str, date]]:
    """(nature, 付款日期) of what the province paid to others in these years."""
    years = {deadline.due.year for deadline in falling}
    rows = connection.execute(
        select(TRANSFER.c.nature, TRANSFER.c.paid_on)
        .distinct()
        .where(
            TRANSFER.c.live,
            TRANSFER.c.payer == policy.province,
            TRANSFER.c.payee != policy.province,
            TRANSFER.c.nature.in_((*ADVANCES, CLEARING_MONEY)),
            TRANSFER.c.paid_on.between(
                date(min(years), 1, 1), date(max(years), 12, 31)
            ),
        )
    )
    return [tuple(row) for row in rows]


def _first(days: Iterable[date]) -> date | None:
    return min(days, default=None)


def _day(recorded_at: str) -> date:
    return date.fromisoformat(recorded_at[:10])
