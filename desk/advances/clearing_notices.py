"""A city's clearing notices follow their lines as they stand.

清算明细 and 清算拨付通知书 are confirmed when of their lines nothing waits but what is
disputed and nothing is a draft, disputed when the city says so of one, and issued again
when that is so no more: taken back, rejected, reversed. 依据：附件一 三（二）2。
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection

from desk.taking import Desk
from ledger.advances import notice_sources, notices
from ledger.advances.clearing_standing import Touched, standing
from ledger.advances.notice_sources import ids_in
from ledger.advances.notices import NoticeRow
from ledger.periods import period
from posting_rules.notices import CITY, CONFIRMED, DISPUTED, ISSUED, kinds

FOLLOWING = (ISSUED, DISPUTED, CONFIRMED)  # states that the lines decide


class Act:
    """What was done to lines on a day; their notices are found by them."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        lines: Sequence,
        on: date,
    ):
        self.connection, self.desk, self.on = connection, desk, on
        self.ids = {line.id for line in lines}
        periods = {str(line.period) for line in lines}
        self.quarters = sorted({str(period(text).quarter) for text in periods})

    def dispute(self, reason: str) -> None:
        for row, _ in self._of(ISSUED):
            self._step(row, DISPUTED, reason, self.on)

    def follow(self, reason: str = "") -> None:
        """Bring each notice to where its lines stand; `reason` is the act's.

        It is confirmed on the last 确认日期 of its lines, no step before the one that
        it follows.
        """
        for row, ids in self._of(*FOLLOWING):
            stand = standing(self.connection, ids)
            last = notices.steps(self.connection, row.id)[-1].on_day
            if row.state == CONFIRMED and not stand.stays:
                self._step(row, ISSUED, reason or stand.words, max(self.on, last))
            elif row.state != CONFIRMED and stand.agreed:
                left = f"有异议的{stand.disputed}行除外" if stand.disputed else ""
                told = "；".join(filter(None, (reason, left)))
                self._step(row, CONFIRMED, told, max(stand.last_day, last))

    def _of(self, *states: str) -> list[tuple[NoticeRow, list[int]]]:
        """The notices in some states that say one of the lines; all their lines."""
        found = []
        for row in of_cities(self.connection, self.desk, self.quarters):
            ids = ids_in(row.source_lines) if row.state in states else []
            if not self.ids.isdisjoint(ids):
                found.append((row, ids))
        return found

    def _step(self, row: NoticeRow, state: str, reason: str, on: date) -> None:
        by, at = self.desk.actor
        notices.take_step(self.connection, row.id, state, on, reason, "", by, at)


def follow(
    connection: Connection,
    desk: Desk,
    lines: Sequence[Touched],
    on: date,
    reason: str = "",
) -> None:
    """What was approved, rejected or reversed touched some lines: see Act.follow."""
    if lines:
        Act(connection, desk, lines, on).follow(reason)


def adopt(connection: Connection, desk: Desk, quarters: Sequence[str]) -> None:
    """A notice whose lines were reversed says the same lines that came in anew."""
    for row in of_cities(connection, desk, quarters):
        if row.state not in FOLLOWING:
            continue
        ids = ids_in(row.source_lines)
        anew = notice_sources.came_again(connection, ids)
        if anew:
            runs = notice_sources.runs(anew.get(id, id) for id in ids)
            notices.amend(connection, row.id, source_lines=runs)


def of_cities(
    connection: Connection, desk: Desk, quarters: Sequence[str]
) -> list[NoticeRow]:
    """The clearing notices of some quarters."""
    per_city = [kind.id for kind in kinds(desk.policy).values() if kind.per == CITY]
    return [
        row
        for kind in per_city
        for quarter in sorted(quarters)
        for row in notices.notices(connection, kind, quarter)
    ]
