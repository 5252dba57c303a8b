"""Marks of the calendar: somebody's word that a task was done, or not after all.

Marks are only added; of one task, period and region the last one counts.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, func, insert, select

from ledger.advances.tables import TaskMark

MARK = TaskMark.__table__


class MarkRow(NamedTuple):
    """A word about a task; `done_on` None takes the word before it back."""

    task: str
    period: str
    region: str
    serial: int
    done_on: date | None
    note: str
    by: str
    at: str


def marks(connection: Connection, periods: Iterable[str]) -> dict[tuple, MarkRow]:
    """By (task, period, region): the last word of these periods."""
    rows = connection.execute(
        select(*(MARK.c[name] for name in MarkRow._fields))
        .where(MARK.c.period.in_(sorted(set(periods))))
        .order_by(MARK.c.serial)
    )
    return {tuple(row[:3]): MarkRow(*row) for row in rows}


def add_mark(
    connection: Connection,
    task: str,
    period: str,
    region: str,
    done_on: date | None,
    note: str,
    by: str,
    at: str,
) -> None:
    """Say it; the caller holds the writer's lock."""
    place = (MARK.c.task == task, MARK.c.period == period, MARK.c.region == region)
    last = select(func.coalesce(func.max(MARK.c.serial), 0)).where(*place)
    connection.execute(
        insert(MARK).values(
            task=task,
            period=period,
            region=region,
            serial=connection.execute(last).scalar() + 1,
            done_on=done_on,
            note=note,
            by=by,
            at=at,
        )
    )
