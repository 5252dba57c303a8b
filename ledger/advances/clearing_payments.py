"""Payments of clearing money (清算资金, F1), as far as they left and did not bounce."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.schema import TransferLine

TRANSFER = TransferLine.__table__
CLEARING_MONEY = "清算资金"


class Payment(NamedTuple):
    """One purpose's part of a bank transfer; `notice` is 通知书编号 as printed."""

    paid_on: date
    payer: str
    payee: str
    quarter: str
    notice: str
    serial: str


def payments(connection: Connection, since: date) -> list[Payment]:
    """What was paid on a day or after it, in the order of days."""
    bounced = select(TRANSFER.c.bounces_id).where(
        TRANSFER.c.live, TRANSFER.c.bounces_id.is_not(None)
    )
    rows = connection.execute(
        select(*(TRANSFER.c[name] for name in Payment._fields))
        .where(
            TRANSFER.c.live,
            TRANSFER.c.nature == CLEARING_MONEY,
            TRANSFER.c.paid_on >= since,
            TRANSFER.c.id.not_in(bounced),
        )
        .order_by(TRANSFER.c.paid_on, TRANSFER.c.id)
    )
    return [Payment(*row) for row in rows]
