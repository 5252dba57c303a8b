"""Emergency increases (紧急调增) whose money has not come, seen on a day.

Only transfers (F1) count: what people or a notice's steps say is told beside it. A
transfer that names no notice pays the payer's oldest one of its quarter. 依据：五（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.advances.bounces import not_bounced
from ledger.advances.tables import Notice, NoticeStep
from ledger.money import NOTHING, grouped
from ledger.periods import quarter_of
from ledger.schema import TransferLine
from reports.evidence_advances import URGENT

KIND = "emergency"
NOTICE, STEP, TRANSFER = (
    Notice.__table__,
    NoticeStep.__table__,
    TransferLine.__table__,
)
SAID_PAID = ("paid", "received")


class Unpaid(NamedTuple):
    """An emergency notice whose day has passed and whose money is not all there."""

    region: str
    number: str
    quarter: str
    due: date
    note: str


def unpaid_emergencies(connection: Connection, on: date) -> list[Unpaid]:
    """By the day on which they were due."""
    named, unnamed = _arrived(connection, on)
    states = _states(connection, on)
    rows = connection.execute(
        select(NOTICE)
        .where(NOTICE.c.kind == KIND, NOTICE.c.due_day < on)
        .order_by(NOTICE.c.due_day, NOTICE.c.number)
    )
    found = []
    for row in rows:
        state = states.get(row.id, "withdrawn")  # not yet made on that day
        if state == "withdrawn":
            continue
        there = named[row.region, row.number]
        pool = (row.region, row.period)
        more = max(min(row.total - there, unnamed[pool]), NOTHING)
        unnamed[pool] -= more
        if there + more < row.total:
            note = _note(there + more, row.total, state)
            found.append(Unpaid(row.region, row.number, row.period, row.due_day, note))
    return found


def _note(there: Decimal, total: Decimal, state: str) -> str:
    parts = []
    if there:
        parts.append(f"已到账{grouped(there)}元，应到{grouped(total)}元")
    if state in SAID_PAID:
        parts.append("已登记，没有到账" if not there else "已登记，没有到足")
    return "；".join(parts)


def _arrived(connection: Connection, on: date) -> tuple[dict, dict]:
    """By payer and notice, and by payer and quarter: what had arrived by a day."""
    named: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    unnamed: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    rows = connection.execute(
        select(TRANSFER).where(
            TRANSFER.c.live,
            TRANSFER.c.nature == URGENT,
            TRANSFER.c.received_on <= on,
            not_bounced(TRANSFER),
        )
    )
    for row in rows:
        amount = row.own + row.lower
        if row.notice:
            named[row.payer, row.notice] += amount
        else:
            quarter = row.quarter or str(quarter_of(row.paid_on))
            unnamed[row.payer, quarter] += amount
    return named, unnamed


def _states(connection: Connection, on: date) -> dict[int, str]:
    """Each emergency notice's last step by a day."""
    rows = connection.execute(
        select(STEP.c.notice_id, STEP.c.state)
        .join(NOTICE, NOTICE.c.id == STEP.c.notice_id)
        .where(NOTICE.c.kind == KIND, STEP.c.on_day <= on)
        .order_by(STEP.c.notice_id, STEP.c.serial)
    )
    return {row.notice_id: row.state for row in rows}
