"""Suspensions (暂停直接结算服务) as the database keeps them: decided by a person.

A region is suspended in [from_day, until_day); the row of a decision is only ever
completed, by its lifting. 依据：黔人社厅通〔2017〕204号 五（一）
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from ledger.advances.tables import Suspension
from ledger.database import next_id

SUSPENSION = Suspension.__table__


class SuspensionRow(NamedTuple):
    """A decision, and what was said when it was lifted ("" while it stands)."""

    id: int
    region: str
    from_day: date
    until_day: date | None  # no longer suspended on that day
    reason: str
    document: str
    by: str
    at: str
    lift_reason: str
    lift_document: str
    lifted_by: str
    lifted_at: str

    def holds(self, on: date) -> bool:
        """Whether the region is suspended on a day."""
        return self.touches(on, on)

    def known(self, on: date) -> SuspensionRow:
        """The decision as it was on a day: not lifted, where that came later."""
        if self.until_day is None or self.until_day <= on:
            return self
        return self._replace(
            until_day=None, lift_reason="", lift_document="", lifted_by="", lifted_at=""
        )

    def touches(self, first_day: date, last_day: date) -> bool:
        """Whether it is suspended on some day of a span, both ends included."""
        until = self.until_day
        kept = until is None or self.from_day < until
        return kept and self.from_day <= last_day and (not until or first_day < until)


def suspensions(
    connection: Connection, region: str | None = None
) -> list[SuspensionRow]:
    """Every decision that was ever made, by day, then in the order of making."""
    query = select(*(SUSPENSION.c[name] for name in SuspensionRow._fields))
    if region is not None:
        query = query.where(SUSPENSION.c.region == region)
    rows = connection.execute(query.order_by(SUSPENSION.c.from_day, SUSPENSION.c.id))
    return [SuspensionRow(*row) for row in rows]


def start(
    connection: Connection,
    region: str,
    from_day: date,
    reason: str,
    document: str,
    by: str,
    at: str,
) -> int:
    """Record a decision; its id."""
    id = next_id(connection, SUSPENSION)
    words = dict.fromkeys(SuspensionRow._fields[-4:], "")
    connection.execute(
        insert(SUSPENSION).values(
            id=id,
            region=region,
            from_day=from_day,
            until_day=None,
            reason=reason,
            document=document,
            by=by,
            at=at,
            **words,
        )
    )
    return id


def lift(
    connection: Connection,
    id: int,
    until_day: date,
    reason: str,
    document: str,
    by: str,
    at: str,
) -> None:
    """Complete a decision by its lifting."""
    connection.execute(
        update(SUSPENSION)
        .where(SUSPENSION.c.id == id)
        .values(
            until_day=until_day,
            lift_reason=reason,
            lift_document=document,
            lifted_by=by,
            lifted_at=at,
        )
    )
