"""A city's clearing notices follow what it says of their lines.

清算明细 and 清算拨付通知书 of a quarter are confirmed when nothing of it waits but what
is disputed, disputed when the city says so, and issued again when its confirmation is
taken back. 依据：附件一 三（二）2。
"""

from __future__ import annotations

from datetime import date
from typing import Iterable

from sqlalchemy import Connection

from desk.taking import Desk
from ledger.advances import notices
from ledger.advances.notices import NoticeRow
from ledger.periods import Quarter
from posting_rules.notices import CITY, CONFIRMED, DISPUTED, ISSUED, kinds
from reports.advances.waiting import stands


def confirmed(
    connection: Connection,
    desk: Desk,
    region: str,
    quarters: Iterable[Quarter],
    on: date,
) -> None:
    """Confirm the notices of which no line waits any more but disputed ones."""
    for quarter in quarters:
        rows = _of(connection, desk, region, quarter, (ISSUED, DISPUTED))
        if not rows:
            continue
        by_city = {stand.region: stand for stand in stands(connection, quarter, region)}
        for row in rows:
            stand = by_city.get(row.region)
            if stand is None or stand.waiting.lines:
                continue
            left = stand.disputed.lines
            reason = f"有异议的{left}行除外" if left else ""
            _step(connection, desk, row, CONFIRMED, on, reason)


def disputed(
    connection: Connection,
    desk: Desk,
    region: str,
    quarters: Iterable[Quarter],
    on: date,
    reason: str,
    cities: Iterable[str],
) -> None:
    """The notices of some cities are disputed, where they are not confirmed yet."""
    wanted = set(cities)
    for quarter in quarters:
        for row in _of(connection, desk, region, quarter, (ISSUED,)):
            if row.region in wanted:
                _step(connection, desk, row, DISPUTED, on, reason)


def taken_back(
    connection: Connection,
    desk: Desk,
    region: str,
    quarters: Iterable[Quarter],
    on: date,
    reason: str,
    cities: Iterable[str],
) -> None:
    """The notices of some cities wait for their confirmation again."""
    wanted = set(cities)
    for quarter in quarters:
        for row in _of(connection, desk, region, quarter, (CONFIRMED,)):
            if row.region in wanted:
                _step(connection, desk, row, ISSUED, on, f"撤回确认：{reason}")


def _of(
    connection: Connection,
    desk: Desk,
    region: str,
    quarter: Quarter,
    states: tuple[str, ...],
) -> list[NoticeRow]:
    per_city = [kind.id for kind in kinds(desk.policy).values() if kind.per == CITY]
    return [
        row
        for kind in per_city
        for row in notices.notices(connection, kind, str(quarter), region or None)
        if row.state in states
    ]


def _step(
    connection: Connection,
    desk: Desk,
    row: NoticeRow,
    state: str,
    on: date,
    reason: str,
) -> None:
    by, at = desk.actor
    notices.take_step(connection, row.id, state, on, reason, "", by, at)
