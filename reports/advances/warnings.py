"""Warnings (预警) as states with history: when a payer turned yellow or red, and back.

Nothing is kept but what people noted: the history is read from the voucher lines by
业务日期 (warning_days.py). A quarter is looked at from its first day to the last of the
month after it, by when its clearing is written off (附件一 三（二）3): a warning that
stands then ends with it (lapsed). 依据：五（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Iterable, NamedTuple

from sqlalchemy import Connection

from ledger import regions
from ledger.advances.warnings import NoteRow, notes
from ledger.periods import Quarter, quarter_of
from reports.advances.warning_days import Turn, turns
from reports.seen import written_off_by
from reports.usage import NORMAL, RED


class Warned(NamedTuple):
    """A time at one warning level; `until` is the day it ended, None while it stands.

    `lapsed`: it ended since the quarter is not looked at any more, and not by money.
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
    lapsed: bool = False

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
    """The warnings of one payer, with their notes."""
    book, direction, payer = place
    last = written_off_by(quarter)
    lapse = last + timedelta(days=1) if on > last else None
    ends = [turn.on for turn in turned[1:]] + [lapse]
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
            lapsed=end is not None and end == lapse,
        )
        for turn, end in zip(turned, ends)
        if turn.level != NORMAL
    ]
    _attach(found, words)
    return found


def _attach(found: list[Warned], words: list[NoteRow]) -> None:
    """Give each note to the warning that its day lies in.

    Vouchers of an earlier day may have moved a warning since: then a note goes to the
    last one of its level.
    """
    for word in words:
        same = [row for row in found if row.level == word.level]
        within = [
            row
            for row in same
            if row.since <= word.since and (row.until is None or word.since < row.until)
        ]
        for row in (within or same)[-1:]:
            row.notes.append(word)
