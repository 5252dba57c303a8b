"""The days on which a payer's warning level turned: the usage rate, day by day.

One query a quarter for all books: voucher lines summed by 业务日期 and by what they
count as (reports/usage_lines.py), then added up in the order of days. 跨省 and 省内 are
one: the level is over all money of a payer. 依据：五（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Callable, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import settings
from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.vouchers import signed
from posting_rules.policies import Policy, policy_of
from reports.seen import written_off_by
from reports.usage import NORMAL, level_name, rate_and_level
from reports.usage_lines import (
    BOOK,
    CLEARED_BY,
    LINE,
    VOUCHER,
    Counted,
    counted_lines,
    counted_vouchers,
    counts,
    what_counts,
)

READING = "usage-advances"
BY_RECEIPT, BY_QUARTER = "received", "quarter"
Sums = tuple[Decimal, Decimal]  # advance, cleared


class Turn(NamedTuple):
    """A day on which a payer's level became another one, and the money behind it."""

    on: date
    level: str
    level_name: str
    advance: Decimal
    cleared: Decimal
    rate: Fraction | None


def turns(
    connection: Connection, quarter: Quarter, on: date, book: str | None = None
) -> dict[tuple[str, str, str], list[Turn]]:
    """By (book, direction, payer): the days on which the level turned, up to a day.

    Before the quarter every payer is normal; those who stay so are left out. What
    happened before it counts on its first day.
    """
    policy = policy_of(settings.province(connection))
    last = min(on, written_off_by(quarter))
    if last < quarter.first_day:
        return {}
    reading = settings.dated(connection, READING)
    changes = _reading_days(connection, quarter.first_day, last)
    found = {}
    moves = _moves(connection, policy, quarter, last, book)
    for place, days in sorted(moves.items()):
        turned = _turns(policy, quarter.first_day, days, changes, reading)
        if turned:
            found[place] = turned
    return found


def _turns(
    policy: Policy,
    first_day: date,
    days: dict[date, dict[str, Sums]],
    changes: set[date],
    reading: Callable[[date], str],
) -> list[Turn]:
    """The turns of one payer from what each day added under either reading."""
    sums = {key: [NOTHING, NOTHING] for key in (BY_RECEIPT, BY_QUARTER)}
    level = NORMAL
    found = []
    for day in sorted({first_day, *days, *changes}):
        for key, added in days.get(day, {}).items():
            sums[key] = [total + part for total, part in zip(sums[key], added)]
        if day < first_day:
            continue
        advance, cleared = sums[reading(day)]
        rate, now = rate_and_level(policy.warnings, advance, cleared)
        if now != level:
            name = level_name(policy, now)
            found.append(Turn(day, now, name, advance, cleared, rate))
            level = now
    return found


def _moves(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    last: date,
    book: str | None,
) -> dict[tuple[str, str, str], dict[date, dict[str, Sums]]]:
    """By (book, direction, payer) and day: what it adds to advance and cleared.

    Under each reading of setting usage-advances. 跨省 and 省内 are one: the level is
    over all money of a payer.
    """
    directions = {
        (holding.book, subject): holding.direction
        for holding in policy.holdings
        for subject in holding.subjects
    }
    found: dict = defaultdict(lambda: defaultdict(dict))
    for row in _lines(connection, policy, quarter, last, book):
        direction = directions[row.kind, row.subject]
        debit = signed(row.side, row.amount)
        day = found[row.book_id, direction, row.detail][row.occurred_on]
        for reading in (BY_RECEIPT, BY_QUARTER):
            advance, cleared, _ = counts(direction, _what(row, reading), debit)
            before = day.get(reading, (NOTHING, NOTHING))
            day[reading] = (before[0] + advance, before[1] + cleared)
    return found


def _what(row, reading: str) -> str:
    """What a line counts as; by receipt, advances of later quarters are advances."""
    if (
        reading == BY_RECEIPT
        and row.what == Counted.LATER
        and row.event not in CLEARED_BY
    ):
        return Counted.ADVANCE
    return row.what


def _lines(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    last: date,
    book: str | None,
) -> list:
    """Lines on the holdings' subjects, summed by day and by what they count as.

    `what` is that of the reading by which advances of later quarters do not count.
    """
    keys = (
        VOUCHER.c.book_id,
        BOOK.c.kind,
        LINE.c.subject,
        LINE.c.detail,
        LINE.c.side,
        VOUCHER.c.occurred_on,
        VOUCHER.c.event,
    )
    return connection.execute(
        select(
            *keys,
            what_counts(connection, quarter, last, quarter_alone=True).label("what"),
            func.sum(LINE.c.amount, type_=LINE.c.amount.type).label("amount"),
        )
        .select_from(VOUCHER)
        .join(BOOK, BOOK.c.id == VOUCHER.c.book_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(counted_lines(policy), *counted_vouchers(last, book))
        .group_by(*keys, "what")
    ).all()


def _reading_days(connection: Connection, first_day: date, last: date) -> set[date]:
    """The days of a span on which setting usage-advances changed."""
    return {
        row.from_day
        for row in settings.rows(connection)
        if row.name == READING
        and row.from_day is not None
        and first_day <= row.from_day <= last
    }
