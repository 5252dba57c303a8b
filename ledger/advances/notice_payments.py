"""The transfers (F1) that name a notice in 通知书编号."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, Iterator, NamedTuple

from sqlalchemy import Connection, func, select

from ledger.advances.tables import Notice
from ledger.database import slices
from ledger.schema import Posting, TransferLine

LINE, POSTING = TransferLine.__table__, Posting.__table__
NOTICE = Notice.__table__
RETURN = "退回"


class Payment(NamedTuple):
    """A line of a transfer; `bounced` is the day on which the bank sent it back."""

    payer: str
    payee: str
    nature: str
    amount: Decimal
    paid_on: date
    received_on: date | None
    payee_account: str
    serial: str
    quarter: str
    bounced: date | None
    bounced_serial: str

    @property
    def counted(self) -> Decimal:
        """What it moved from payer to payee; a return moved it back."""
        return -self.amount if self.nature == RETURN else self.amount


def payments(connection: Connection) -> dict[str, list[Payment]]:
    """Every live transfer that names a notice of this home, by its number, by day.

    The bank's returns (X11) are no transfers of their own here; what is a draft still
    (待审核) has not moved.
    """
    found: dict[str, list[Payment]] = defaultdict(list)
    named = LINE.c.notice.in_(select(NOTICE.c.number))
    for number, payment in _payments(connection, named):
        found[number].append(payment)
    return dict(found)


def of_nature(connection: Connection, nature: str) -> list[Payment]:
    """Every live transfer of a 资金性质, whether it names a notice or not."""
    return [payment for _, payment in _payments(connection, LINE.c.nature == nature)]


def transfer_serials(connection: Connection, posting_ids: Iterable[int]) -> set[str]:
    """The serials of the transfers that some postings made."""
    found: set[str] = set()
    for part in slices(posting_ids):
        made = LINE.c.paid_posting_id.in_(part) | LINE.c.received_posting_id.in_(part)
        found |= set(connection.execute(select(LINE.c.serial).where(made)).scalars())
    return found


def _payments(connection: Connection, where) -> Iterator[tuple[str, Payment]]:
    back = LINE.alias("back")
    bounces = {
        row.bounces_id: (row.paid_on, row.serial)
        for row in connection.execute(
            select(back.c.bounces_id, back.c.paid_on, back.c.serial).where(
                back.c.bounces_id.is_not(None),
                back.c.live,
                _leg(back).not_in(_drafts()),
            )
        )
    }
    rows = connection.execute(
        select(LINE)
        .where(
            where,
            LINE.c.live,
            LINE.c.bounces_id.is_(None),
            _leg(LINE).not_in(_drafts()),
        )
        .order_by(LINE.c.paid_on, LINE.c.id)
    )
    drafts = set(connection.execute(_drafts()).scalars())
    for row in rows:
        waits = row.received_posting_id in drafts
        day, serial = bounces.get(row.id, (None, ""))
        yield row.notice, Payment(
            row.payer,
            row.payee,
            row.nature,
            row.own + row.lower,
            row.paid_on,
            None if waits else row.received_on,
            row.payee_account,
            row.serial,
            row.quarter,
            day,
            serial,
        )


def _leg(table):
    """The posting by which a line's money left, or else came; 0 where there is none."""
    return func.coalesce(table.c.paid_posting_id, table.c.received_posting_id, 0)


def _drafts():
    """The postings that wait for a second person."""
    return select(POSTING.c.id).where(POSTING.c.state == "draft")
