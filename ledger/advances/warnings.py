"""Notes of warnings: who took note of a payer's yellow or red, and what they said."""

from __future__ import annotations

from datetime import date
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, insert, select

from ledger.advances.tables import WarningNote
from ledger.database import next_id

NOTE = WarningNote.__table__


class NoteRow(NamedTuple):
    """Said on `on_day` of a payer that had turned to `level` on the day `since`."""

    id: int
    book: str
    payer: str
    direction: str
    quarter: str
    level: str
    since: date
    on_day: date
    note: str
    by: str
    at: str


def notes(connection: Connection, quarters: Iterable[str]) -> list[NoteRow]:
    """The notes of some quarters, in the order in which they were said."""
    rows = connection.execute(
        select(*(NOTE.c[name] for name in NoteRow._fields))
        .where(NOTE.c.quarter.in_(sorted(set(quarters))))
        .order_by(NOTE.c.id)
    )
    return [NoteRow(*row) for row in rows]


def add_note(connection: Connection, note: NoteRow) -> None:
    """Keep a note; its id is given here, whatever it holds."""
    values = {**note._asdict(), "id": next_id(connection, NOTE)}
    connection.execute(insert(NOTE).values(values))
