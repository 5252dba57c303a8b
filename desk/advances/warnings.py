"""`yibao warning note`: somebody takes note of a payer's yellow or red."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from desk.advances.words import words
from ledger import books, regions
from ledger.advances.warnings import NoteRow, add_note
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.periods import Quarter
from ledger.postings import Actor
from reports.advances.warnings import Warned, warnings


class Noted(NamedTuple):
    """What became of a note; `status`: noted, already, checked."""

    status: str
    warning: Warned


def note(
    home: Home,
    actor: Actor,
    book: str,
    payer: str,
    quarter: Quarter,
    text: str,
    on: date,
    *,
    dry_run: bool = False,
) -> Noted:
    """Take note of the payer's warning that stands on a day, else of its last one.

    BookError where the payer had no warning in that quarter by then.
    """
    text = words(text, "说明")
    with home.writing(keep=not dry_run) as connection:
        books.require(connection, book)
        found = [
            row
            for row in warnings(connection, [quarter], on, book)
            if row.payer == payer
        ]
        if not found:
            raise BookError(_nothing(book, payer, quarter, on))
        row = max(found, key=lambda each: (each.until is None, each.since))
        if any((each.note, each.by) == (text, actor.by) for each in row.notes):
            return Noted("already", row)
        add_note(connection, _row(row, actor, text, on))
    return Noted("checked" if dry_run else "noted", row)


def _row(warned: Warned, actor: Actor, text: str, on: date) -> NoteRow:
    return NoteRow(
        id=0,
        book=warned.book,
        payer=warned.payer,
        direction=warned.direction,
        quarter=str(warned.quarter),
        level=warned.level,
        since=warned.since,
        on_day=on,
        note=text,
        by=actor.by,
        at=actor.at,
    )


def _nothing(book: str, payer: str, quarter: Quarter, on: date) -> str:
    if regions.today_code(payer) != payer:
        raise UsageError(f"“{payer}”不是付款方代码；例如贵阳市是 520100")
    return (
        f"{regions.name(payer)}{quarter}截至{on}在{book}没有预警，没有登记；"
        "yibao warning list 列出全部预警"
    )
