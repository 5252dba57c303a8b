"""Whether a confirmed clearing was paid for; if so, its confirmation stands.

Only a payment of the day of confirmation or later rests on it: the province pays other
provinces by the month, also where its cities confirm by the quarter.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.advances import notices
from ledger.advances.clearing_payments import Payment, payments
from ledger.advances.waiting_lines import Confirmed
from ledger.errors import BookError
from posting_rules.notices import COMES_IN, PAID, RECEIVED, kinds
from posting_rules.policies import Policy


def check_unpaid(
    connection: Connection, policy: Policy, lines: Sequence[Confirmed]
) -> None:
    """BookError where clearing money, or a payment notice, paid for some lines."""
    periods = {line.period for line in lines}
    abroad = _first_days(
        (regions.province_of(line.place), line.confirmed_on)
        for line in lines
        if regions.province_of(line.place) != policy.province
    )
    cities = _first_days(
        (regions.city_of(line.insured), line.confirmed_on) for line in lines
    )
    if not lines:
        return
    asked = [kind.id for kind in kinds(policy).values() if _asks_for_money(kind)]
    for payment in payments(connection, min(cities.values())):
        if _other_period(connection, payment, asked, periods):
            continue
        out = regions.province_of(payment.payee) != policy.province
        first = abroad.get(regions.province_of(payment.payee))
        if not out:
            first = cities.get(regions.city_of(payment.payer))
        ours = regions.province_of(payment.payer) == policy.province
        if ours and first and payment.paid_on >= first:
            _refuse(
                f"{payment.paid_on}已向{regions.name(payment.payee)}付清算资金"
                f"（流水号{payment.serial}）"
            )
    _check_notices(connection, asked, periods, abroad)


def _check_notices(
    connection: Connection,
    asked: Iterable[str],
    periods: Iterable[str],
    abroad: dict[str, date],
) -> None:
    """The payment notices of other provinces that were paid after the confirmation."""
    for kind in asked:
        for period in sorted(periods):
            for row in notices.notices(connection, kind, period):
                paid = [
                    s.on_day
                    for s in notices.steps(connection, row.id)
                    if s.state == PAID
                ]
                of = {
                    regions.province_of(line.region)
                    for line in notices.lines(connection, row.id)
                }
                firsts = [abroad[province] for province in of if province in abroad]
                if row.state in (PAID, RECEIVED) and paid and firsts:
                    if paid[-1] >= min(firsts):
                        _refuse(f"{row.number}已于{paid[-1]}付款")


def _asks_for_money(kind) -> bool:
    return kind.per == COMES_IN and kind.step(PAID) is not None


def _other_period(
    connection: Connection,
    payment: Payment,
    asked: Sequence[str],
    periods: set[str],
) -> bool:
    """Whether a payment's notice says that it paid for another period."""
    if not payment.notice:
        return False
    row = notices.numbered(connection, payment.notice)
    return row is not None and row.kind in asked and row.period not in periods


def _first_days(pairs: Iterable[tuple[str, date]]) -> dict[str, date]:
    first: dict[str, date] = {}
    for place, day in pairs:
        first[place] = min(day, first.get(place, day))
    return first


def _refuse(paid: str) -> None:
    raise BookError(f"{paid}，清算已付款，不能撤回确认；差错请用“补清算”或“冲减”更正")
