"""What F7 paid for treatment away from home, and whose money other provinces' part of
it and of X2 was: source lines added up, for `check`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from ledger.advances.tables import AwayPayment, ProvinceShare
from ledger.money import NOTHING
from ledger.schema import Posting, TransferLine

AWAY, SHARE, TRANSFER, POSTING = (
    AwayPayment.__table__,
    ProvinceShare.__table__,
    TransferLine.__table__,
    Posting.__table__,
)
RETURN = "退回"


class Away(NamedTuple):
    """Lines of F7 of one fund added up."""

    fund: str
    at_home: Decimal
    elsewhere: Decimal


class ProvincePart(NamedTuple):
    """Another province's part of X2 (form F1) or X5 (F7); below zero: it came back."""

    form: str
    fund: str
    province: str
    amount: Decimal


def away_lines(connection: Connection, on: date) -> list[Away]:
    sums = [
        func.sum(AWAY.c[name], type_=AWAY.c[name].type) for name in Away._fields[1:]
    ]
    rows = connection.execute(
        select(AWAY.c.fund, *sums)
        .join(POSTING, POSTING.c.id == AWAY.c.posting_id)
        .where(*_paid_away(on))
        .group_by(AWAY.c.fund)
    )
    return [Away(*row) for row in rows]


def province_parts(connection: Connection, on: date) -> list[ProvincePart]:
    """The parts of posted lines up to a day."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: NOTHING)
    for nature, *key, amount in connection.execute(_of_transfers(on)):
        sums["F1", *key] += -amount if nature == RETURN else amount
    for *key, amount in connection.execute(_of_payments(on)):
        sums["F7", *key] += amount
    return [ProvincePart(*key, amount) for key, amount in sums.items()]


def funding_posted(on: date):
    """Whether a transfer's line has its posting (of the leg that X2 posts) by a day.

    For a query that joins `POSTING` to it by `funding_leg`.
    """
    back = TRANSFER.c.nature == RETURN
    return and_(
        TRANSFER.c.live,
        POSTING.c.state == "approved",
        or_(
            and_(~back, TRANSFER.c.paid_on <= on),
            and_(back, TRANSFER.c.received_on <= on),
        ),
    )


def funding_leg():
    """The posting of an X2 line: paid, or for a return received."""
    back = TRANSFER.c.nature == RETURN
    return or_(
        and_(~back, POSTING.c.id == TRANSFER.c.paid_posting_id),
        and_(back, POSTING.c.id == TRANSFER.c.received_posting_id),
    )


def _of_transfers(on: date):
    keys = TRANSFER.c.nature, TRANSFER.c.fund, SHARE.c.province
    return (
        select(*keys, func.sum(SHARE.c.amount, type_=SHARE.c.amount.type))
        .select_from(SHARE)
        .join(TRANSFER, and_(SHARE.c.form == "F1", SHARE.c.line_id == TRANSFER.c.id))
        .join(POSTING, funding_leg())
        .where(funding_posted(on))
        .group_by(*keys)
    )


def _of_payments(on: date):
    keys = AWAY.c.fund, SHARE.c.province
    return (
        select(*keys, func.sum(SHARE.c.amount, type_=SHARE.c.amount.type))
        .select_from(SHARE)
        .join(AWAY, and_(SHARE.c.form == "F7", SHARE.c.line_id == AWAY.c.id))
        .join(POSTING, POSTING.c.id == AWAY.c.posting_id)
        .where(*_paid_away(on))
        .group_by(*keys)
    )


def _paid_away(on: date) -> list:
    return [AWAY.c.live, POSTING.c.state == "approved", AWAY.c.paid_on <= on]
