"""特殊困难登记簿: who is paid out inside the province although that has ended.

One row a verified hardship (G7), with how it stands on a day and what was paid on it.
依据：攀枝花市医疗保障局2022年4月20日通知 三、附件2 三
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from ledger.money import NOTHING
from ledger.people.filings import Exceptional, exceptional
from ledger.people.masks import masked_id, masked_name
from ledger.people.outflows import PAYOUT, Outflow, between
from ledger.periods import period
from posting_rules.payouts import NOT_YET, VALID, hardship_state

TITLES = (
    "姓名",
    "个人编号",
    "备案类型",
    "范围",
    "起始日期",
    "特殊困难原因",
    "核实机构",
    "核实日期",
    "有效期至",
    "状态",
    "已划转次数",
    "已划转金额",
)


class ExceptionRow(NamedTuple):
    """A hardship: name and id are masked unless asked whole.

    `state`: 有效, 已到期, 未生效 on the day; a filing that a later one of its kind
    replaced is 已更换. `paid` in yuan, without what came back.
    """

    name: str
    person_id: str
    kind: str
    scope: str
    from_day: date
    hardship: str
    agency: str
    verified_on: date
    valid_until: date
    state: str
    payouts: int
    paid: Decimal


REPLACED = "已更换"


def rows(
    connection: Connection, region: str, on: date, unmasked: bool = False
) -> list[ExceptionRow]:
    """The register of a region as it stands on a day, in the order of 起始日期."""
    filings = exceptional(connection, region)
    paid = [
        outflow
        for outflow in between(connection, region, date.min, on)
        if outflow.kind == PAYOUT and not outflow.returned
    ]
    return [_row(filing, filings, paid, on, unmasked) for filing in filings]


def _row(
    filing: Exceptional,
    filings: list[Exceptional],
    paid: list[Outflow],
    on: date,
    unmasked: bool,
) -> ExceptionRow:
    own = [
        outflow.amount
        for outflow in paid
        if outflow.person_id == filing.person_id
        and outflow.scope == filing.scope
        and _covers(filing, filings, period(outflow.month).last_day)
    ]
    return ExceptionRow(
        filing.name if unmasked else masked_name(filing.name),
        filing.person_id if unmasked else masked_id(filing.person_id),
        *filing[2:],
        state=_state(filing, filings, on),
        payouts=len(own),
        paid=sum(own, NOTHING),
    )


def _covers(filing: Exceptional, filings: list[Exceptional], on: date) -> bool:
    """Whether a payout of that day went out on this filing."""
    return _state(filing, filings, on) == VALID


def _state(filing: Exceptional, filings: list[Exceptional], on: date) -> str:
    """As the run of that day sees it; before 起始日期 it is not yet in force."""
    if on < filing.from_day:
        return NOT_YET
    for other in filings:
        same = (other.person_id, other.kind) == (filing.person_id, filing.kind)
        if same and filing.from_day < other.from_day <= on:
            return REPLACED
    return hardship_state(filing.hardship, filing.verified_on, filing.valid_until, on)
