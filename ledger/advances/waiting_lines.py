"""Clearing lines (F2) that wait for their 确认日期, and how they come to and leave it.

A line waits while it is live and has no 确认日期. It is confirmed by a form or by the
command; a confirmation that is taken back, or whose draft is rejected, lets it wait
again, where a reversed or rejected form frees it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, select, update

from ledger import regions
from ledger.advances import clearing_words
from ledger.database import slices
from ledger.periods import Month, Quarter, period
from ledger.schema import ClearingLine, Document, Posting

LINE, POSTING, DOCUMENT = (
    ClearingLine.__table__,
    Posting.__table__,
    Document.__table__,
)
TAKE_BACK = "take-back|"  # begins the unit of a posting that takes a confirmation back


class Waiting(NamedTuple):
    """A line that waits, as far as a posting needs it."""

    sheet: str
    row: int
    id: int
    document_id: int
    list_number: str
    period: Month | Quarter
    scope: str
    insured: str
    place: str
    fund: str
    amount: Decimal
    disputed: bool
    confirmed_on: date | None = None


def texts(of: Month | Quarter) -> list[str]:
    """The periods that are confirmed with one: a quarter, and its months."""
    return list(dict.fromkeys([str(of), *map(str, of.months)]))


def payers(region: str) -> list[str]:
    """The 参保地 for which a city, or 省本级, confirms."""
    if regions.level(region) == "own":
        return [region]
    return [*regions.counties(region), regions.own_people(region)]


def earlier(connection: Connection, before: date) -> list[str]:
    """The periods that ended before a day and still have lines that wait."""
    waits = select(LINE.c.period).distinct().where(_waits())
    kept = connection.execute(waits).scalars()
    return sorted(text for text in kept if period(text).last_day < before)


def waiting(
    connection: Connection,
    periods: Sequence[str],
    region: str = "",
    list_number: str = "",
) -> list[Waiting]:
    """The lines of some periods that wait, in the order of their documents."""
    if not periods:
        return []
    fields = Waiting._fields[:-2]
    query = (
        select(*(LINE.c[name] for name in fields))
        .where(_waits(), LINE.c.period.in_(periods), *chosen(region, list_number))
        .order_by(LINE.c.id)
    )
    read = {text: period(text) for text in periods}
    disputed = set(connection.execute(clearing_words.disputed()).scalars())
    at = fields.index("period")
    return [
        Waiting(*row[:at], read[row[at]], *row[at + 1 :], row.id in disputed)
        for row in connection.execute(query)
    ]


class Confirmed(NamedTuple):
    """A line that is confirmed; `posting_id` None where its net made no voucher."""

    id: int
    posting_id: int | None
    period: str
    scope: str
    insured: str
    place: str
    amount: Decimal
    confirmed_on: date


def confirmed(
    connection: Connection,
    periods: Sequence[str],
    region: str = "",
    list_number: str = "",
) -> list[Confirmed]:
    """The lines of some periods, or confirmed in them, that are confirmed."""
    said = clearing_words.confirmed_in(periods)
    query = (
        select(*(LINE.c[name] for name in Confirmed._fields))
        .where(
            LINE.c.live,
            LINE.c.confirmed_on.is_not(None),
            LINE.c.period.in_(periods) | LINE.c.id.in_(said),
            *chosen(region, list_number),
        )
        .order_by(LINE.c.id)
    )
    return [Confirmed(*row) for row in connection.execute(query)]


def beside(
    connection: Connection, posting_ids: Iterable[int], periods: Sequence[str]
) -> list[Confirmed]:
    """The lines of some postings that are of other periods than these."""
    rows: list[Confirmed] = []
    for part in slices(sorted(posting_ids)):
        query = (
            select(*(LINE.c[name] for name in Confirmed._fields))
            .where(
                LINE.c.posting_id.in_(part),
                LINE.c.live,
                LINE.c.period.not_in(periods),
            )
            .order_by(LINE.c.id)
        )
        rows += [Confirmed(*row) for row in connection.execute(query)]
    return rows


def documents(connection: Connection, ids: Iterable[int]) -> list:
    """id, name, sha256 of the documents that lines come from, in order."""
    rows = []
    for part in slices(sorted(set(ids))):
        rows += connection.execute(
            select(DOCUMENT.c.id, DOCUMENT.c.name, DOCUMENT.c.sha256)
            .where(DOCUMENT.c.id.in_(part))
            .order_by(DOCUMENT.c.id)
        ).all()
    return rows


def confirm(
    connection: Connection, line_ids: Iterable[int], on: date, posting_id: int | None
) -> None:
    """Give lines their 确认日期 and the posting that it made."""
    for part in slices(line_ids):
        connection.execute(
            update(LINE)
            .where(LINE.c.id.in_(part))
            .values(confirmed_on=on, posting_id=posting_id)
        )


def wait_again(connection: Connection, line_ids: Iterable[int]) -> None:
    """Take back the 确认日期 of lines."""
    for part in slices(line_ids):
        connection.execute(_again().where(LINE.c.id.in_(part)))


def free_postings(connection: Connection, posting_ids: Sequence[int]) -> None:
    """What rejected or reversed postings had taken: lines of a confirmation that was
    taken back, or made by command and rejected, wait again; others are free."""
    taken_back = select(POSTING.c.reverses_id).where(
        POSTING.c.reverses_id.in_(posting_ids),
        POSTING.c.state != "rejected",
        POSTING.c.unit.startswith(TAKE_BACK),
    )
    connection.execute(_again().where(LINE.c.posting_id.in_(taken_back)))
    rejected = select(POSTING.c.id).where(
        POSTING.c.id.in_(posting_ids), POSTING.c.state == "rejected"
    )
    connection.execute(
        _again().where(
            LINE.c.posting_id.in_(rejected),
            LINE.c.completed_by_id.is_(None),
            LINE.c.id.in_(clearing_words.ever_confirmed()),
        )
    )
    connection.execute(
        update(LINE).where(LINE.c.posting_id.in_(posting_ids)).values(live=False)
    )


def _again():
    return update(LINE).values(confirmed_on=None, posting_id=None, completed_by_id=None)


def _waits():
    return LINE.c.live & LINE.c.confirmed_on.is_(None)


def chosen(region: str, list_number: str) -> list:
    """Conditions on lines: those of a region, of a list; "" is all."""
    conditions = []
    if region:
        conditions.append(LINE.c.insured.in_(payers(region)))
    if list_number:
        conditions.append(LINE.c.list_number == list_number)
    return conditions
