"""Whether a confirmed clearing was paid for; if so, its confirmation stands.

Only a payment of the day of confirmation or later rests on it: the province pays other
provinces by the month, also where its cities confirm by the quarter.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, NoReturn, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.advances import notices
from ledger.advances.clearing_payments import Payment, payments
from ledger.advances.notices import NoticeRow
from ledger.advances.waiting_lines import Confirmed
from ledger.errors import BookError
from ledger.periods import period
from posting_rules.notices import COMES_IN, PAID, RECEIVED, kinds
from posting_rules.policies import Policy


class Cleared(NamedTuple):
    """What is to be taken back: since when, by other province and by city, and the
    periods that a notice of it may bear."""

    abroad: dict[str, date]
    cities: dict[str, date]
    periods: set[str]


def check_unpaid(
    connection: Connection, policy: Policy, lines: Sequence[Confirmed]
) -> None:
    """BookError where clearing money, or a payment notice, paid for some lines."""
    if not lines:
        return
    cleared = _cleared(policy, lines)
    bearing = [
        kind.id
        for kind in kinds(policy).values()
        if kind.per == COMES_IN and kind.step(PAID)
    ]
    for payment in payments(connection, min(cleared.cities.values())):
        if _pays(connection, policy, payment, cleared, bearing):
            _refuse(
                f"{payment.paid_on}已向{regions.name(payment.payee)}付清算资金"
                f"（流水号{payment.serial}）"
            )
    for kind in bearing:
        for text in sorted(cleared.periods):
            for row in notices.notices(connection, kind, text):
                _check_notice(connection, row, cleared)


def _cleared(policy: Policy, lines: Sequence[Confirmed]) -> Cleared:
    abroad, cities, periods = {}, {}, set()
    for line in lines:
        for first, place in (
            (abroad, regions.province_of(line.place)),
            (cities, regions.city_of(line.insured)),
        ):
            first[place] = min(line.confirmed_on, first.get(place, date.max))
        periods.add(line.period)
    abroad.pop(policy.province, None)
    for one in list(map(period, periods)):
        periods |= {str(one.quarter), *map(str, one.months)}
    return Cleared(abroad, cities, periods)


def _pays(
    connection: Connection,
    policy: Policy,
    payment: Payment,
    cleared: Cleared,
    bearing: Sequence[str],
) -> bool:
    """Whether money paid for what was cleared: to a province of it after its day, or
    (X16) by a city of it for the quarter. A notice of another period speaks for it."""
    if regions.province_of(payment.payer) != policy.province:
        return False
    if regions.province_of(payment.payee) == policy.province:
        first = cleared.cities.get(regions.city_of(payment.payer))
        about = payment.quarter in ("", *cleared.periods)
    else:
        first = cleared.abroad.get(regions.province_of(payment.payee))
        row = notices.numbered(connection, payment.notice) if payment.notice else None
        about = not row or row.kind not in bearing or row.period in cleared.periods
    return about and first is not None and first <= payment.paid_on


def _check_notice(connection: Connection, row: NoticeRow, cleared: Cleared) -> None:
    """A payment notice that was paid after the confirmation keeps it."""
    if row.state not in (PAID, RECEIVED):
        return
    days = [s.on_day for s in notices.steps(connection, row.id) if s.state == PAID]
    lines = notices.lines(connection, row.id)
    named = {regions.province_of(line.region) for line in lines}
    firsts = [day for place, day in cleared.abroad.items() if place in named]
    if days and firsts and min(firsts) <= days[-1]:
        _refuse(f"{row.number}已于{days[-1]}付款")


def _refuse(paid: str) -> NoReturn:
    raise BookError(f"{paid}，清算已付款，不能撤回确认；差错请用“补清算”或“冲减”更正")
