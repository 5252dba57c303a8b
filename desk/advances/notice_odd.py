"""What is odd about transfers that name notices, told when they are imported.

Nothing is refused: the money has moved. `check` says the same of what stands.
"""

from __future__ import annotations

from typing import Iterable, Sequence

from sqlalchemy import Connection, select

from desk.advances.notices import named, period_of
from ledger.advances import bank_accounts, notices
from ledger.advances.clearing_payments import CLEARING_MONEY
from ledger.advances.notice_payments import LINE, Payment, of_nature
from ledger.database import slices
from ledger.money import grouped
from ledger.periods import Month, Quarter
from posting_rules.notices import (
    COMES_IN,
    ISSUED,
    MADE,
    WITHDRAWN,
)
from posting_rules.policies import Policy
from reports.advances.notice_money import Case, overpaid

BACK = (
    "如属重复付款，请办理退回（资金性质“退回”，写明通知书编号）；"
    "如前一笔已退汇，登记退汇后即消除"
)


def odd(case: Case, serials: set[str]) -> list[str]:
    """What some transfers have that their notice does not expect."""
    row, told = case.row, []
    mine = [payment for payment in case.standing if payment.serial in serials]
    if mine and row.state in (MADE, WITHDRAWN):
        word = "尚未下达" if row.state == MADE else "已经撤回"
        told.append(f"{named(row)}{word}，而划拨单写有它的编号")
    elif mine and not case.whole and case.kind.per != COMES_IN:
        told.append(
            f"{named(row)}为{grouped(row.total)}元，已划拨{grouped(case.moved)}元，"
            f"尚差{grouped(row.total - case.moved)}元"
        )
    if mine and case.surplus:
        told.append(
            f"多付：{named(row)}{case.surplus_words}，"
            f"{_before(case.serials, serials)}。{BACK}"
        )
    for payment in case.strangers:
        if payment.serial in serials:
            told.append(
                f"流水号{payment.serial}的付款方或收款方与{named(row)}不符，没有登记付款"
            )
    for number in sorted({payment.payee_account for payment in mine} - {""}):
        if row.payee_account and row.total > 0 and number != row.payee_account:
            told.append(
                f"{named(row)}的收款账号是{bank_accounts.masked(row.payee_account)}，"
                f"划拨单写作{bank_accounts.masked(number)}，请核对"
            )
    told += _early(case, mine) if mine else []
    return list(dict.fromkeys(told))


def _before(every: Sequence[str], now: set[str]) -> str:
    """The transfers of before, and those that came in now."""
    first = "、".join(serial for serial in every if serial not in now)
    last = "、".join(serial for serial in every if serial in now)
    return (f"此前流水号{first}，" if first else "") + f"本次流水号{last}"


def _joined(payments: Iterable[Payment]) -> str:
    return "、".join(dict.fromkeys(payment.serial for payment in payments))


def _early(case: Case, mine: Sequence[Payment]) -> list[str]:
    """Paid before its steps were taken, before its issue, or for another quarter."""
    told, row = [], case.row
    quarter = _quarter(row.period)
    for other in sorted({payment.quarter for payment in mine} - {"", quarter}):
        if quarter:
            told.append(f"{named(row)}是{quarter}的，划拨单的所属季度是{other}，请核对")
    issued = [step.on_day for step in case.steps if step.state == ISSUED]
    early = [p for p in mine if issued and p.paid_on < issued[0]]
    if early and row.origin != notices.RECEIVED:
        told.append(
            f"{named(row)}于{issued[0]}下达，流水号{_joined(early)}的付款日期在这之前，请核对"
        )
    return told


def _quarter(period: str) -> str:
    found = period_of(period)
    if isinstance(found, Month):
        return str(found.quarter)
    return str(found) if isinstance(found, Quarter) else ""


def odd_money(
    connection: Connection, policy: Policy, known: Sequence[Case], serials: set[str]
) -> list[str]:
    """清算资金 beyond what is owed, and 通知书编号 that nobody knows here."""
    told = []
    money = {each.serial for each in of_nature(connection, CLEARING_MONEY)}
    for one in [] if money.isdisjoint(serials) else overpaid(connection, policy, known):
        if not serials.isdisjoint(one.serials):
            told.append(f"多付：{one.words}，{_before(one.serials, serials)}。{BACK}")
    return told + _unknown(connection, serials)


def _unknown(connection: Connection, serials: set[str]) -> list[str]:
    """Numbers that no notice bears, where notices are kept at all."""
    known = {row.number for row in notices.notices(connection)}
    if not known:
        return []
    rows: list = []
    for part in slices(sorted(serials)):
        rows += connection.execute(
            select(LINE.c.id, LINE.c.notice).where(
                LINE.c.live, LINE.c.notice != "", LINE.c.serial.in_(part)
            )
        )
    unknown = {number: None for _, number in sorted(rows) if number not in known}
    if not unknown:
        return []
    first = "、".join(f"“{number}”" for number in list(unknown)[:3])
    more = f"等{len(unknown)}个" if len(unknown) > 3 else ""
    return [f"通知书编号{first}{more}在本账套没有文书，没有登记付款，请核对"]
