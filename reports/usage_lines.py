"""The voucher lines behind usage rates, and where in a rate each one counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    Connection,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from ledger import settings
from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.schema import Book, Voucher, VoucherLine
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.policies import Policy
from posting_rules.transfers import TO_PROVINCES, WITHIN

MADE_GOOD = TO_PROVINCES  # X6 takes back the clearing that it pays
CLEARED_BY = (CLEARING, *WITHIN)  # X16 takes back the clearing of its own quarter
BOOK, VOUCHER, LINE = Book.__table__, Voucher.__table__, VoucherLine.__table__


class Counted:
    """What a line is for a quarter's rate."""

    ADVANCE = "advance"
    CLEARED = "cleared"  # for a period of the quarter
    EARLIER = "earlier"  # for a period before it
    MADE_GOOD = "made-good"  # X6
    LATER = "later"  # of a later quarter: not counted


def sums(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    on: date,
    *,
    book: str | None = None,
    quarter_alone: bool = False,
) -> list:
    """Approved lines on the holdings' subjects up to `on`, summed.

    Columns: book_id, kind, subject, detail, fund, scope, side, what, amount.
    """
    query = (
        select(
            VOUCHER.c.book_id,
            BOOK.c.kind,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            VOUCHER.c.scope,
            LINE.c.side,
            what_counts(connection, quarter, on, quarter_alone).label("what"),
            func.sum(LINE.c.amount, type_=LINE.c.amount.type).label("amount"),
        )
        .select_from(VOUCHER)
        .join(BOOK, BOOK.c.id == VOUCHER.c.book_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(counted_lines(policy), *counted_vouchers(on, book))
        .group_by(
            VOUCHER.c.book_id,
            BOOK.c.kind,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            VOUCHER.c.scope,
            LINE.c.side,
            "what",
        )
    )
    return connection.execute(query).all()


def counts(direction: str, what: str, debit: Decimal) -> tuple[Decimal, ...]:
    """What an amount (debit plus, credit minus) adds to advance, cleared, earlier.

    received: what was cleared for the quarter is above the line, all else below.
    paid: what was cleared and not yet made good by X6 is above it.
    """
    if what == Counted.LATER:
        return NOTHING, NOTHING, NOTHING
    if direction == "paid":
        advance = what == Counted.ADVANCE
        return (debit, NOTHING, NOTHING) if advance else (NOTHING, -debit, NOTHING)
    if what == Counted.CLEARED:
        return NOTHING, debit, NOTHING
    return -debit, NOTHING, debit if what == Counted.EARLIER else NOTHING


def counted_lines(policy: Policy):
    """A condition on voucher lines: on the subjects that their book holds."""
    return or_(
        *(
            and_(BOOK.c.kind == holding.book, LINE.c.subject.in_(holding.subjects))
            for holding in policy.holdings
        )
    )


def counted_vouchers(on: date, book: str | None) -> list:
    """Conditions on vouchers: approved, and happened by `on`."""
    return [
        VOUCHER.c.number.is_not(None),
        VOUCHER.c.occurred_on <= on,
        VOUCHER.c.book_id == book if book else true(),
    ]


def what_counts(
    connection: Connection, quarter: Quarter, on: date, quarter_alone: bool = False
):
    """What a voucher counts as; periods compare as text (2017Q2 < 2017Q3).

    X16 counts as the clearing that it pays, with its opposite sign: of the quarter
    it takes back clearing, of an earlier one it gives back advance.
    `quarter_alone` leaves out advances of later quarters, whatever the setting says.
    """
    asked = literal(str(quarter))
    clearing = VOUCHER.c.event.in_(CLEARED_BY)
    by_quarter = settings.value(connection, "usage-advances", on) == "quarter"
    left_out = VOUCHER.c.quarter > asked if by_quarter or quarter_alone else false()
    return case(
        (clearing & (VOUCHER.c.quarter == asked), Counted.CLEARED),
        (clearing & (VOUCHER.c.quarter < asked), Counted.EARLIER),
        (clearing, Counted.LATER),
        (VOUCHER.c.event == MADE_GOOD, Counted.MADE_GOOD),
        (left_out, Counted.LATER),
        else_=Counted.ADVANCE,
    )
