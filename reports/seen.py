"""The day on which a quarter is looked at, when nobody asks for another.

The current quarter is seen today. A past one is seen as its clearing left it: on the
last 确认日期 of its periods until the end of the next quarter's first month, by which
the annex has it written off (附件一 三（二）3). A late 补清算 would otherwise move the day
into a time when the next quarter's advances are there.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select

from ledger.periods import Quarter, month_of, quarter_of
from ledger.schema import Voucher
from posting_rules.clearings import EVENT as CLEARING

VOUCHER = Voucher.__table__


def seen_on(
    connection: Connection, quarter: Quarter, today: date, book: str | None = None
) -> date:
    """The day for one book, or for all of them."""
    if quarter >= quarter_of(today):
        return today
    query = select(func.max(VOUCHER.c.occurred_on)).where(
        VOUCHER.c.event == CLEARING,
        VOUCHER.c.number.is_not(None),
        VOUCHER.c.quarter == str(quarter),
        VOUCHER.c.occurred_on <= written_off_by(quarter),
    )
    if book:
        query = query.where(VOUCHER.c.book_id == book)
    return min(connection.execute(query).scalar() or quarter.last_day, today)


def written_off_by(quarter: Quarter) -> date:
    """The last day of the month after a quarter."""
    return month_of(quarter.next.first_day).last_day
