"""A city's clearing notices follow what it says of their lines.

清算明细 and 清算拨付通知书 are confirmed when none of their lines waits but disputed ones,
disputed when the city says so of one, and issued again when the confirmation of one is
taken back. 依据：附件一 三（二）2。
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection

from desk.taking import Desk
from ledger.advances import notices, waiting_lines
from ledger.advances.notice_sources import ids_in
from ledger.advances.notices import NoticeRow
from ledger.periods import period
from posting_rules.notices import CITY, CONFIRMED, DISPUTED, ISSUED, kinds


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

    def confirm(self) -> None:
        """Confirm the notices of which nothing waits any more but disputed lines."""
        for row, ids in self._of(ISSUED, DISPUTED):
            waits = waiting_lines.waiting_of(self.connection, ids)
            if all(waits.values()):
                reason = f"有异议的{len(waits)}行除外" if waits else ""
                self._step(row, CONFIRMED, reason)

    def dispute(self, reason: str) -> None:
        for row, _ in self._of(ISSUED):
            self._step(row, DISPUTED, reason)

    def take_back(self, reason: str) -> None:
        for row, _ in self._of(CONFIRMED):
            self._step(row, ISSUED, f"撤回确认：{reason}")

    def _of(self, *states: str) -> list[tuple[NoticeRow, list[int]]]:
        """The notices in some states that say one of the lines; all their lines."""
        policy = self.desk.policy
        per_city = [kind.id for kind in kinds(policy).values() if kind.per == CITY]
        found = []
        for kind in per_city:
            for quarter in self.quarters:
                for row in notices.notices(self.connection, kind, quarter):
                    ids = ids_in(row.source_lines) if row.state in states else []
                    if not self.ids.isdisjoint(ids):
                        found.append((row, ids))
        return found

    def _step(self, row: NoticeRow, state: str, reason: str) -> None:
        by, at = self.desk.actor
        notices.take_step(self.connection, row.id, state, self.on, reason, "", by, at)
