"""What stands beside a usage rate: quotas that were set, money under way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, or_, select

from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.schema import QuotaLine, TransferLine
from posting_rules.transfers import RETURN

QUOTA, TRANSFER = QuotaLine.__table__, TransferLine.__table__


def quotas(connection: Connection, quarter: Quarter) -> dict[str, Decimal]:
    """By payer: what F3 set for a quarter, each 险种 by its latest edition."""
    latest: dict[tuple[str, str], Decimal] = {}
    rows = connection.execute(
        select(QUOTA.c.region, QUOTA.c.fund, QUOTA.c.abroad, QUOTA.c.home)
        .where(QUOTA.c.quarter == str(quarter), QUOTA.c.live)
        .order_by(QUOTA.c.edition)
    )
    for row in rows:
        latest[row.region, row.fund] = row.abroad + row.home
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (region, _), amount in latest.items():
        found[region] += amount
    return dict(found)


def under_way(connection: Connection, on: date) -> dict[tuple[str, str], Decimal]:
    """By (payer, payee): advances that had left by `on` and not arrived (X15)."""
    rows = connection.execute(
        select(
            TRANSFER.c.payer,
            TRANSFER.c.payee,
            func.sum(TRANSFER.c.own, type_=TRANSFER.c.own.type),
            func.sum(TRANSFER.c.lower, type_=TRANSFER.c.lower.type),
        )
        .where(
            TRANSFER.c.live,
            TRANSFER.c.nature != RETURN,
            TRANSFER.c.paid_on <= on,
            or_(TRANSFER.c.received_on.is_(None), TRANSFER.c.received_on > on),
        )
        .group_by(TRANSFER.c.payer, TRANSFER.c.payee)
    )
    return {(payer, payee): own + lower for payer, payee, own, lower in rows}
