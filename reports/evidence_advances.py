"""What F3, F1, F4 and F5 show of advances: set, arrived, planned, paid."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Callable, Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, and_, func, or_, select

from ledger.advances.bounces import not_bounced
from ledger.advances.tables import FundingLine, ProvinceQuota
from ledger.money import NOTHING, grouped
from ledger.periods import Quarter, quarter_of
from ledger.schema import Document, QuotaLine, TransferLine
from posting_rules.policies import Policy

NEW, CHANGE, URGENT = "核定", "额度调整", "紧急调增"
REGULAR = ("预付金", CHANGE)  # what is due on the 30th; an emergency has its own day
ADVANCES = (*REGULAR, URGENT)
RETURN, CLEARING_MONEY, AT_HOME = "退回", "清算资金", "省内"
DOCUMENT, QUOTA, TRANSFER = (
    Document.__table__,
    QuotaLine.__table__,
    TransferLine.__table__,
)
FUNDING, PROVINCE_QUOTA = FundingLine.__table__, ProvinceQuota.__table__
Arrivals = list[tuple[date, Decimal]]


class Edition(NamedTuple):
    """A line of F3, and the day on which it was known."""

    kind: str
    fund: str
    amount: Decimal
    document: int
    imported: date


class ToProvince(NamedTuple):
    """Money that went between us and another province on a day."""

    nature: str
    out: bool  # we paid it
    other: str
    on: date


def editions(
    connection: Connection, quarters: Iterable[Quarter]
) -> dict[tuple[str, str], list[Edition]]:
    """By (quarter, city): what F3 set, in the order of 版次."""
    rows = connection.execute(
        select(QUOTA, DOCUMENT.c.recorded_at)
        .join(DOCUMENT, DOCUMENT.c.id == QUOTA.c.document_id)
        .where(QUOTA.c.quarter.in_([str(q) for q in quarters]), QUOTA.c.live)
        .order_by(QUOTA.c.edition, QUOTA.c.id)
    )
    found: dict[tuple, list[Edition]] = defaultdict(list)
    for row in rows:
        found[row.quarter, row.region].append(
            Edition(
                row.kind,
                row.fund,
                row.abroad + row.home,
                row.document_id,
                recorded_day(row.recorded_at),
            )
        )
    return found


def amount_due(
    rows: Iterable[Edition], known: Callable[[Edition], date], due: date
) -> Decimal:
    """What has to be there on the 30th: 核定, and 额度调整 that was known by then.

    A later 核定 of a fund replaces the earlier one, a 额度调整 adds to it with its sign;
    one that takes off counts whenever it comes. 紧急调增 has a day of its own.
    """
    latest: dict[str, Decimal] = {}
    more = NOTHING
    for row in rows:
        if row.kind == NEW:
            latest[row.fund] = row.amount
        elif row.kind == CHANGE and (row.amount < 0 or known(row) <= due):
            more += row.amount
    return sum(latest.values(), more)


def arrivals(
    connection: Connection, policy: Policy, quarters: Iterable[Quarter]
) -> dict[tuple[str, str], Arrivals]:
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
            TRANSFER.c.nature.in_(REGULAR),
            TRANSFER.c.received_on.is_not(None),
            not_bounced(TRANSFER),
            or_(
                TRANSFER.c.quarter.in_(sorted(asked)),
                and_(TRANSFER.c.quarter == "", or_(*unnamed)),
            ),
        )
        .order_by(TRANSFER.c.received_on, TRANSFER.c.id)
    )
    found: dict[tuple, Arrivals] = defaultdict(list)
    for row in rows:
        quarter = row.quarter or str(quarter_of(row.paid_on))
        found[quarter, row.payer].append((row.received_on, row.own + row.lower))
    return found


def arrived_by(
    amounts: Arrivals, due: Decimal | None, on: date
) -> tuple[date | None, str]:
    """The day on which all that was due had arrived; without F3, the first arrival."""
    arrived = NOTHING
    for day, amount in amounts:
        if day > on:
            break
        arrived += amount
        if due is None or arrived >= due:
            return day, ""
    if due is None or not arrived:
        return None, ""
    return None, f"已到账{grouped(arrived)}元，核定{grouped(due)}元"


def to_provinces(
    connection: Connection, policy: Policy, years: Iterable[int]
) -> list[ToProvince]:
    """Transfers between us and other provinces in some years; a bounced one is none."""
    rows = _between_provinces(connection, policy, sorted(years))
    return [
        (
            ToProvince(row.nature, True, row.payee, row.paid_on)
            if row.payer == policy.province
            else ToProvince(
                row.nature, False, row.payer, row.received_on or row.paid_on
            )
        )
        for row in rows
    ]


def _between_provinces(
    connection: Connection, policy: Policy, years: Sequence[int]
) -> list:
    """The lines behind `to_provinces`."""
    bounced = select(TRANSFER.c.bounces_id).where(
        TRANSFER.c.live, TRANSFER.c.bounces_id.is_not(None)
    )
    return connection.execute(
        select(
            TRANSFER.c.nature,
            TRANSFER.c.payer,
            TRANSFER.c.payee,
            TRANSFER.c.paid_on,
            TRANSFER.c.received_on,
        )
        .distinct()
        .where(
            TRANSFER.c.live,
            TRANSFER.c.bounces_id.is_(None),
            TRANSFER.c.id.not_in(bounced),
            or_(
                TRANSFER.c.payer == policy.province,
                TRANSFER.c.payee == policy.province,
            ),
            TRANSFER.c.payer != TRANSFER.c.payee,
            TRANSFER.c.scope == "跨省",
            TRANSFER.c.nature.in_((*ADVANCES, RETURN, CLEARING_MONEY)),
            TRANSFER.c.paid_on.between(
                date(min(years), 1, 1), date(max(years), 12, 31)
            ),
        )
    ).all()


def province_quotas(
    connection: Connection, years: Iterable[int]
) -> dict[int, tuple[set[tuple[str, str]], date]]:
    """By year: the (province, 方向) that F4 changes, and the day of its import."""
    rows = connection.execute(
        select(PROVINCE_QUOTA, DOCUMENT.c.recorded_at)
        .join(DOCUMENT, DOCUMENT.c.id == PROVINCE_QUOTA.c.document_id)
        .where(PROVINCE_QUOTA.c.year.in_(sorted(years)), PROVINCE_QUOTA.c.live)
    )
    found: dict[int, tuple[set, date]] = {}
    for row in rows:
        day = recorded_day(row.recorded_at)
        changed, first = found.get(row.year, (set(), day))
        if row.change:
            changed.add((row.province, row.direction))
        found[row.year] = (changed, min(first, day))
    return found


def exchanged(
    year: str, changed: set | None, transfers: Iterable[ToProvince]
) -> tuple[date | None, str]:
    """The day on which the year's advances had gone to and come from every province.

    付款 is what we pay them (or they give back), 收款 what they pay us. Without F4 the
    first payment of the year is it.
    """
    first: dict[tuple[str, str], date] = {}
    for row in sorted(transfers, key=lambda row: row.on):
        if row.nature == CLEARING_MONEY or str(row.on.year) != year:
            continue
        ours = row.out != (row.nature == RETURN)
        first.setdefault((row.other, "付款" if ours else "收款"), row.on)
    if not changed:
        days = [day for (_, direction), day in first.items() if direction == "付款"]
        return min(days, default=None), ""
    missing = changed - first.keys()
    if missing:
        done = len(changed) - len(missing)
        return None, f"{len(changed)}笔中已收付{done}笔" if done else ""
    return max(first[place] for place in changed), ""


def plans(
    connection: Connection, quarters: Iterable[Quarter]
) -> dict[str, tuple[Decimal, date]]:
    """By quarter: the total of F5 and the day of its import."""
    amount = FUNDING.c.at_home + FUNDING.c.elsewhere
    rows = connection.execute(
        select(
            FUNDING.c.quarter,
            func.sum(amount, type_=FUNDING.c.at_home.type),
            func.min(DOCUMENT.c.recorded_at),
        )
        .join(DOCUMENT, DOCUMENT.c.id == FUNDING.c.document_id)
        .where(FUNDING.c.quarter.in_([str(q) for q in quarters]), FUNDING.c.live)
        .group_by(FUNDING.c.quarter)
    )
    return {quarter: (total, recorded_day(at)) for quarter, total, at in rows}


def plan_payments(
    connection: Connection, policy: Policy, quarters: Iterable[Quarter]
) -> dict[str, Arrivals]:
    """By quarter: X2 by day, which may be paid month by month (GZ-10); none that
    bounced."""
    rows = connection.execute(
        select(TRANSFER)
        .where(
            TRANSFER.c.live,
            TRANSFER.c.payer == policy.province,
            TRANSFER.c.payee == policy.province,
            TRANSFER.c.scope == AT_HOME,
            TRANSFER.c.nature == "预付金",
            not_bounced(TRANSFER),
            TRANSFER.c.paid_on >= min(q.first_day for q in quarters),
        )
        .order_by(TRANSFER.c.paid_on, TRANSFER.c.id)
    )
    found: dict[str, Arrivals] = defaultdict(list)
    for row in rows:
        quarter = row.quarter or str(quarter_of(row.paid_on))
        found[quarter].append((row.received_on or row.paid_on, row.own + row.lower))
    return found


def plan_paid(
    amounts: Arrivals, planned: Decimal | None, on: date
) -> tuple[date | None, str]:
    """The day of a plan's first payment; what is still to come is in the note."""
    days = [day for day, _ in amounts if day <= on]
    paid = sum((amount for day, amount in amounts if day <= on), NOTHING)
    if not days or planned is None or paid >= planned:
        return min(days, default=None), ""
    return min(days), f"已划转{grouped(paid)}元，计划{grouped(planned)}元"


def recorded_day(recorded_at: str) -> date:
    """The day of a moment as documents keep it."""
    return date.fromisoformat(recorded_at[:10])
