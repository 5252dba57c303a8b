"""A year of the centre's money, by month and by payer, from voucher lines alone.

Only approved vouchers count, on their 业务日期. 依据：五（二）、（三）；附件一 三
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.money import NOTHING
from ledger.periods import Month, Quarter
from ledger.schema import ClearingLine, Posting, Voucher, VoucherLine
from ledger.vouchers import signed
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.policies import Policy

VOUCHER, LINE = Voucher.__table__, VoucherLine.__table__
CLEARED, POSTING = ClearingLine.__table__, Posting.__table__
BANK = "财政专户存款——异地就医结算中心"
CITIES = "暂收款——各市、州"
OPENING = "opening"
# What moves the centre's bank account, by event; the rest is told as 其他.
FROM_CITIES = ("city-to-province", "province-to-centre")
FROM_OTHERS = ("from-other-province", "clearing-from-other-province")
TO_OTHERS = ("to-other-province", "clearing-to-other-province")
TO_INSTITUTIONS = ("funding",)


class MonthFlow(NamedTuple):
    """A month of the centre's bank account; outgoing amounts are above zero."""

    month: Month
    from_cities: Decimal
    from_others: Decimal
    to_others: Decimal
    to_institutions: Decimal
    other: Decimal  # interest, fees, what came back or went back; signed
    balance: Decimal  # at the month's end

    @property
    def income(self) -> Decimal:
        return self.from_cities + self.from_others

    @property
    def payment(self) -> Decimal:
        return self.to_others + self.to_institutions


class PayerMoney(NamedTuple):
    """A payer's advance over the year, as the centre holds it."""

    opened: Decimal
    paid: Decimal  # less what was given back
    cleared: Decimal

    @property
    def closed(self) -> Decimal:
        return self.opened + self.paid - self.cleared


class PlaceCost(NamedTuple):
    """What was written off in the year for treatment in a place."""

    place: str
    name: str
    visits: int
    amount: Decimal


def month_flows(
    connection: Connection, policy: Policy, months: Iterable[Month], on: date
) -> list[MonthFlow]:
    """Month by month, from the balance before the first; later months are left out."""
    months = [month for month in months if month.first_day <= on]
    sums: dict[Month, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    balance = NOTHING
    for row in _moved(connection, policy, BANK, on):
        amount = signed(row.side, row.amount)
        month = Month(row.day.year, row.day.month)
        if month < months[0] or row.event == OPENING:
            balance += amount
        else:
            sums[month][_told(row.event)] += amount
    flows = []
    for month in months:
        each = sums[month]
        balance += sum(each.values(), NOTHING)
        flows.append(
            MonthFlow(
                month,
                NOTHING + each["from_cities"],
                NOTHING + each["from_others"],
                -each["to_others"] + NOTHING,
                -each["to_institutions"] + NOTHING,
                NOTHING + each["other"],
                balance,
            )
        )
    return flows


def payer_money(
    connection: Connection, policy: Policy, first: date, on: date
) -> dict[str, PayerMoney]:
    """By payer: what was held, paid and cleared in [first, on]."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [NOTHING] * 3)
    for row in _moved(connection, policy, CITIES, on):
        at = 2 if row.event == CLEARING else 1
        if row.day < first or row.event == OPENING:
            at = 0
        amount = signed(row.side, row.amount)
        sums[row.detail][at] += amount if at == 2 else -amount
    return {payer: PayerMoney(*each) for payer, each in sums.items()}


def cleared_by_scope(
    connection: Connection, policy: Policy, first: date, on: date
) -> dict[str, Decimal]:
    """By 范围: what was written off at the centre in [first, on]."""
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for row in _moved(connection, policy, CITIES, on):
        if row.event == CLEARING and row.day >= first:
            sums[row.scope] += signed(row.side, row.amount)
    return dict(sums)


def clearing_days(
    connection: Connection, policy: Policy, quarter: Quarter, until: date
) -> list[date]:
    """The days on which clearing of a quarter was written off, up to a day."""
    rows = connection.execute(
        select(VOUCHER.c.occurred_on)
        .distinct()
        .where(
            VOUCHER.c.book_id == _centre(policy),
            VOUCHER.c.event == CLEARING,
            VOUCHER.c.quarter == str(quarter),
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.occurred_on <= until,
        )
    ).scalars()
    return sorted(rows)


def places(
    connection: Connection, scope: str, first: date, on: date
) -> list[PlaceCost]:
    """Where the people went whose cost was written off in [first, on], most first.

    跨省 by province, 省内 by the place of the list.
    """
    rows = connection.execute(
        select(
            CLEARED.c.place,
            func.sum(CLEARED.c.visits),
            func.sum(CLEARED.c.amount, type_=CLEARED.c.amount.type),
        )
        .join(POSTING, POSTING.c.id == CLEARED.c.posting_id)
        .where(
            CLEARED.c.live,
            CLEARED.c.scope == scope,
            POSTING.c.state == "approved",
            CLEARED.c.confirmed_on >= first,
            CLEARED.c.confirmed_on <= on,
        )
        .group_by(CLEARED.c.place)
    )
    sums: dict[str, list] = defaultdict(lambda: [0, NOTHING])
    for place, visits, amount in rows:
        kept = sums[regions.province_of(place) if scope == "跨省" else place]
        kept[0] += int(visits or 0)
        kept[1] += amount
    found = [
        PlaceCost(place, regions.name(place, on), *each) for place, each in sums.items()
    ]
    return sorted(found, key=lambda row: (-row.amount, row.place))


def _moved(connection: Connection, policy: Policy, subject: str, on: date) -> list:
    """day, event, scope, detail, side, amount on one of the centre's subjects."""
    keys = (
        VOUCHER.c.occurred_on.label("day"),
        VOUCHER.c.event,
        VOUCHER.c.scope,
        LINE.c.detail,
        LINE.c.side,
    )
    return connection.execute(
        select(*keys, func.sum(LINE.c.amount, type_=LINE.c.amount.type).label("amount"))
        .select_from(VOUCHER)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == _centre(policy),
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.occurred_on <= on,
            LINE.c.subject == subject,
        )
        .group_by(*keys)
    ).all()


def _told(event: str) -> str:
    named = {
        "from_cities": FROM_CITIES,
        "from_others": FROM_OTHERS,
        "to_others": TO_OTHERS,
        "to_institutions": TO_INSTITUTIONS,
    }
    return next((name for name, events in named.items() if event in events), "other")


def _centre(policy: Policy) -> str:
    return f"{policy.province}-centre"
