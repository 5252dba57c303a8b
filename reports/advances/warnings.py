"""Warnings (预警) as states with history: when a payer turned yellow or red, and back.

Nothing is kept but what people noted: the history is read from the voucher lines by
业务日期, with the same counting as the usage rate (reports/usage.py), in one query a
quarter for all books. A quarter is looked at from its first day to the last of the
month after it, by when its clearing is written off (附件一 三（二）3). 依据：五（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Callable, Iterable, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions, settings
from ledger.advances.warnings import NoteRow, notes
from ledger.money import NOTHING
from ledger.periods import Quarter, quarter_of
from ledger.vouchers import signed
from posting_rules.policies import Policy, policy_of
from reports.seen import written_off_by
from reports.usage import NORMAL, RED, level_name, rate_and_level
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


class Warned(NamedTuple):
    """A time at one warning level; `until` is the day it ended, None while it stands.

    `notes` were said while it lasted.
    """

    book: str
    payer: str
    payer_name: str
    direction: str
    quarter: Quarter
    level: str
    level_name: str
    since: date
    until: date | None
    advance: Decimal  # as on the first day, like cleared and rate
    cleared: Decimal
    rate: Fraction | None
    notes: list[NoteRow]

    @property
    def open(self) -> bool:
        """It stands and nobody took note."""
        return self.until is None and not self.notes


def quarters_watched(on: date) -> list[Quarter]:
    """The quarter of a day and, while it is being written off, the one before it."""
    now = quarter_of(on)
    before = quarter_of(now.first_day - timedelta(days=1))
    return [before, now] if on <= written_off_by(before) else [now]


def warnings(
    connection: Connection,
    quarters: Iterable[Quarter],
    on: date,
    book: str | None = None,
) -> list[Warned]:
    """Every warning of some quarters, seen on a day.

    First the reds that stand and of which nobody took note, then the other open ones,
    then by day.
    """
    asked = list(quarters)
    said: dict[tuple, list[NoteRow]] = defaultdict(list)
    for note in notes(connection, map(str, asked)):
        place = (note.quarter, note.book, note.direction, note.payer)
        if note.on_day <= on:
            said[place].append(note)
    found = []
    for quarter in asked:
        for place, turned in turns(connection, quarter, on, book).items():
            words = said.get((str(quarter), *place), [])
            found += _warned(place, quarter, turned, words, on)
    return sorted(found, key=_urgency)


def _urgency(row: Warned) -> tuple:
    rank = 0 if row.open and row.level == RED else 1 if row.open else 2
    return (rank, row.until is not None, row.since, row.book, row.payer)


def _warned(
    place: tuple[str, str, str],
    quarter: Quarter,
    turned: list[Turn],
    words: list[NoteRow],
    on: date,
) -> list[Warned]:
    """The warnings of one payer; a note goes to the one that its day lies in.

    Vouchers of an earlier day may have moved a warning since: then a note goes to the
    last one of its level.
    """
    book, direction, payer = place
    ends = [turn.on for turn in turned[1:]] + [None]
    found = [
        Warned(
            book=book,
            payer=payer,
            payer_name=regions.name(payer, on),
            direction=direction,
            quarter=quarter,
            level=turn.level,
            level_name=turn.level_name,
            since=turn.on,
            until=end,
            advance=turn.advance,
            cleared=turn.cleared,
            rate=turn.rate,
            notes=[],
        )
        for turn, end in zip(turned, ends)
        if turn.level != NORMAL
    ]
    for word in words:
        same = [row for row in found if row.level == word.level]
        within = [
            row
            for row in same
            if row.since <= word.since and (row.until is None or word.since < row.until)
        ]
        for row in (within or same)[-1:]:
            row.notes.append(word)
    return found


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
