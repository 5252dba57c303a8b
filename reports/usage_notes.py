"""What stands beside a usage rate: quotas that were set, money under way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from ledger.advances.plans import EMERGENCY, ISSUED, LINE, PLAN, QUOTA, SCOPES
from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.schema import QuotaLine, TransferLine
from posting_rules.transfers import RETURN

QUOTA_LINE, TRANSFER = QuotaLine.__table__, TransferLine.__table__
BOUNCE = TRANSFER.alias("bounce")
Cell = tuple[str, str, str]  # payer, 跨省 or 省内, fund


class SetAmount(NamedTuple):
    """What was set for a cell: the last 核定 with its 额度调整, and 紧急调增."""

    regular: Decimal = NOTHING
    urgent: Decimal = NOTHING

    @property
    def whole(self) -> Decimal:
        return self.regular + self.urgent


def quotas(connection: Connection, quarter: Quarter) -> dict[str, Decimal]:
    """By payer: what was set for a quarter."""
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (payer, _, _), amount in set_amounts(connection, quarter).items():
        found[payer] += amount.whole
    return dict(found)


def set_amounts(connection: Connection, quarter: Quarter) -> dict[Cell, SetAmount]:
    """By payer, 范围 and 险种: what F3 and the plans that were issued set.

    核定 takes the place of the 核定 before it; 额度调整 and 紧急调增 are added.
    """
    first: dict[Cell, Decimal] = {}
    added: dict[Cell, Decimal] = defaultdict(lambda: NOTHING)
    urgent: dict[Cell, Decimal] = defaultdict(lambda: NOTHING)
    for _, kind, cell, amount in sorted(_editions(connection, quarter)):
        if kind == QUOTA:
            first[cell] = amount
        elif kind == EMERGENCY:
            urgent[cell] += amount
        else:
            added[cell] += amount
    return {
        cell: SetAmount(first.get(cell, NOTHING) + added[cell], urgent[cell])
        for cell in sorted(first.keys() | added.keys() | urgent.keys())
    }


def last_edition_set(connection: Connection, quarter: Quarter, payers) -> int:
    """The highest 版次 that F3 has for some payers; 0 without any."""
    highest = func.coalesce(func.max(QUOTA_LINE.c.edition), 0)
    return connection.execute(
        select(highest).where(
            QUOTA_LINE.c.quarter == str(quarter),
            QUOTA_LINE.c.region.in_(list(payers)),
            QUOTA_LINE.c.live,
        )
    ).scalar_one()


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
            TRANSFER.c.id.not_in(bounced(on)),
        )
        .group_by(TRANSFER.c.payer, TRANSFER.c.payee)
    )
    return {(payer, payee): own + lower for payer, payee, own, lower in rows}


def bounced(on: date):
    """The transfers that had come back from the bank by a day (X11)."""
    return select(BOUNCE.c.bounces_id).where(
        BOUNCE.c.bounces_id.is_not(None), BOUNCE.c.live, BOUNCE.c.paid_on <= on
    )


def _editions(
    connection: Connection, quarter: Quarter
) -> list[tuple[int, str, Cell, Decimal]]:
    """(版次, 类型, cell, amount): F3's lines, and issued plans without an F3."""
    found, listed = [], set()
    for row in connection.execute(
        select(QUOTA_LINE).where(
            QUOTA_LINE.c.quarter == str(quarter), QUOTA_LINE.c.live
        )
    ):
        listed.add((row.edition, row.region, row.fund))
        for scope, amount in zip(SCOPES, (row.abroad, row.home)):
            cell = (row.region, scope, row.fund)
            found.append((row.edition, row.kind, cell, amount))
    cells = (LINE.c.payer, LINE.c.scope, LINE.c.fund, LINE.c.amount)
    for edition, kind, *cell, amount in connection.execute(
        select(PLAN.c.edition, PLAN.c.kind, *cells)
        .join(LINE, LINE.c.plan_id == PLAN.c.id)
        .where(PLAN.c.quarter == str(quarter), PLAN.c.state == ISSUED)
    ):
        if (edition, cell[0], cell[2]) not in listed:
            found.append((edition, kind, tuple(cell), amount))
    return found
